"""What the database keeps of tolerance cases: reviewers are not involved, and only a decision exempts."""

INSTALL = """
create function public.tolerance_true_case() returns trigger language plpgsql as $true$
begin
  if tg_op = 'DELETE' or old.state in ('decided', 'withdrawn') then
    raise exception 'a tolerance case is not taken away, a decided one not changed'
      using errcode = 'restrict_violation';
  end if;
  if (new.institution_id, new.person_id, new.opened_by_id, new.kind, new.happened_on, new.what, new.case_id)
     is distinct from
     (old.institution_id, old.person_id, old.opened_by_id, old.kind, old.happened_on, old.what, old.case_id)
     or old.statement <> '' and new.statement <> old.statement then
    raise exception 'what happened and what was stated stay as they were'
      using errcode = 'restrict_violation';
  end if;
  if new.state = 'decided' and (new.outcome <> new.proposed_outcome or not exists (
    select from public.approvals_approval a
    where a.id = new.approval_id and a.kind = 'tolerance.case' and a.state = 'approved'
      and a.about_kind = 'tolerance.tolerancecase' and a.about_id = new.id
  )) then
    raise exception 'a tolerance case is decided by its approval alone' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger tolerance_true_case before update or delete on public.tolerance_tolerancecase
  for each row execute function public.tolerance_true_case();

create function public.tolerance_true_reviewer() returns trigger language plpgsql as $true$
begin
  if tg_op = 'INSERT' and exists (
    select from public.tolerance_tolerancecase c
      join public.alliance_membership m on m.id = new.member_id
      left join public.alliance_membership p on p.id = c.person_id
      left join public.alliance_membership o on o.id = c.opened_by_id
    where c.id = new.case_id and (
      m.user_id in (p.user_id, o.user_id)
      or m.department_id is not null and m.department_id in (c.department_id, p.department_id)
      or c.state not in ('open', 'review'))
  ) then
    raise exception 'a reviewer is not the person, not who opened it, not of the department'
      using errcode = 'restrict_violation';
  end if;
  if tg_op = 'UPDATE' and new.opinion is not null and not exists (
    select from public.tolerance_tolerancecase c where c.id = new.case_id and c.state = 'review'
  ) then
    raise exception 'an opinion is given while the case is reviewed' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger tolerance_true_reviewer before insert or update on public.tolerance_reviewer
  for each row execute function public.tolerance_true_reviewer();

create function public.tolerance_true_exemption() returns trigger language plpgsql as $true$
begin
  if not exists (
    select from public.tolerance_tolerancecase c
      left join public.performance_clawbackshare s on s.id = new.share_id
      left join public.performance_consequence q on q.id = new.consequence_id
    where c.id = new.case_id and c.state = 'decided' and c.outcome in ('main', 'partly')
      and c.institution_id = coalesce(s.institution_id, q.institution_id)
  ) then
    raise exception 'only a decision that covers the case exempts what the institution bears'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger tolerance_true_exemption before insert on public.tolerance_exemption
  for each row execute function public.tolerance_true_exemption();
"""
REMOVE = """
drop trigger tolerance_true_exemption on public.tolerance_exemption;
drop trigger tolerance_true_reviewer on public.tolerance_reviewer;
drop trigger tolerance_true_case on public.tolerance_tolerancecase;
drop function public.tolerance_true_exemption();
drop function public.tolerance_true_reviewer();
drop function public.tolerance_true_case();
"""
