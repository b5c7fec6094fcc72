"""What the database keeps of tolerance cases: reviewers are not involved, and only a decision exempts."""

TRUE_CASE = """
create or replace function public.tolerance_true_case() returns trigger language plpgsql as $true$
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
  if old.state = 'proposed' and new.state in ('proposed', 'decided')
     and (new.proposed_outcome, new.percent) is distinct from (old.proposed_outcome, old.percent)
     or old.state = 'review' and new.state = 'proposed' and new.proposed_outcome = 'partly'
     and new.percent is null then
    raise exception 'what is put to the vote says how much it covers, and stays'
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
"""
_CASE = """
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
"""
# While an exemption is marked, nothing is taken of the person.
TRUE_EXEMPTION = """
create or replace function public.tolerance_true_exemption() returns trigger language plpgsql as $true$
begin
  perform pg_advisory_xact_lock(hashtext('performance.deduction'), s.staff_id::integer)
     from public.performance_clawbackshare s where s.id = new.share_id and s.staff_id is not null;
  if not exists (
    select from public.tolerance_tolerancecase c
      left join public.performance_clawbackshare s on s.id = new.share_id
      left join public.performance_consequence q on q.id = new.consequence_id
    where c.id = new.case_id and c.state = 'decided' and c.outcome in ('main', 'partly')
      and c.institution_id = coalesce(s.institution_id, q.institution_id)
      and (s.id is null or
        (c.case_id is null and s.bearer <> 'institution' or c.case_id = (
          select l.case_id from public.performance_statementline l where l.id = s.line_id))
        and (s.bearer = 'institution'
          or s.bearer = 'person' and exists (
            select from public.alliance_staff t join public.alliance_membership m on m.id = c.person_id
            where t.id = s.staff_id and t.user_id = m.user_id)
          or s.bearer = 'department' and (s.department_id = c.department_id or s.department_id = (
            select m.department_id from public.alliance_membership m where m.id = c.person_id))))
  ) then
    raise exception 'only a decision that covers the case and its party exempts what the institution bears'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
"""
_EXEMPTION = """
create trigger tolerance_true_exemption before insert on public.tolerance_exemption
  for each row execute function public.tolerance_true_exemption();
"""
INSTALL = TRUE_CASE + _CASE + TRUE_EXEMPTION + _EXEMPTION
REMOVE = """
drop trigger tolerance_true_exemption on public.tolerance_exemption;
drop trigger tolerance_true_reviewer on public.tolerance_reviewer;
drop trigger tolerance_true_case on public.tolerance_tolerancecase;
drop function public.tolerance_true_exemption();
drop function public.tolerance_true_reviewer();
drop function public.tolerance_true_case();
"""

# How much of a share a decision exempts: all of it, or the decided percentage, half-up; 0 where none does.
# What a correction of it moves follows from that and from what was borne; the person concerned neither makes
# it nor agrees to it.
INSTALL_RELIEF = """
create function public.tolerance_new_case() returns trigger language plpgsql as $true$
begin
  raise exception 'a tolerance case begins with its evidence' using errcode = 'restrict_violation';
end $true$;
create trigger tolerance_new_case before insert on public.tolerance_tolerancecase
  for each row when (new.state <> 'open') execute function public.tolerance_new_case();

create function public.tolerance_exempted(an_alliance bigint, a_share bigint) returns bigint
language sql stable as $true$
  select coalesce((select case c.outcome when 'main' then s.fen
                          else round(s.fen * coalesce(c.percent, 0) / 100) end
    from public.tolerance_exemption x
    join public.tolerance_tolerancecase c on c.alliance_id = x.alliance_id and c.id = x.case_id
    join public.performance_clawbackshare s on s.alliance_id = x.alliance_id and s.id = x.share_id
   where x.alliance_id = an_alliance and x.share_id = a_share), 0)::bigint
$true$;

create function public.tolerance_true_relief() returns trigger language plpgsql as $true$
declare share record; exempt bigint; borne bigint;
begin
  if tg_op = 'INSERT' then
    select s.id, s.bearer, s.fen, k.month, k.state, p.user_id, m.user_id as maker into share
      from public.tolerance_exemption x
      join public.performance_clawbackshare s on s.alliance_id = x.alliance_id and s.id = x.share_id
      join public.performance_clawback k on k.alliance_id = s.alliance_id and k.id = s.clawback_id
      join public.alliance_membership m on m.id = new.made_by_id
      left join public.alliance_staff p on p.alliance_id = s.alliance_id and p.id = s.staff_id
     where x.alliance_id = new.alliance_id and x.id = new.exemption_id;
    exempt := public.tolerance_exempted(new.alliance_id, share.id);
    borne := case share.bearer when 'department' then share.fen else coalesce((
      select sum(d.fen) from public.performance_paydeduction d
       where d.alliance_id = new.alliance_id and d.share_id = share.id), 0) end;
    if new.state <> 'draft' or share.id is null or share.bearer = 'institution'
       or share.state <> 'posted' or share.month <> new.month
       or share.user_id = share.maker or new.exempt_fen <> exempt
       or new.back_fen <> greatest(0, borne - (share.fen - exempt)) then
      raise exception 'an exemption gives back what the decision covers of a share in the books'
        using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.state = 'posted' and (not exists (
      select from public.approvals_approval a where a.id = new.approval_id and a.kind = 'tolerance.relief'
        and a.state = 'approved' and a.about_kind = 'tolerance.relief' and a.about_id = new.id)
    or exists (
      select from public.ledger_ledgerjournal j
        join public.alliance_membership m on m.id in (j.posted_by_id, j.confirmed_by_id)
        join public.tolerance_exemption x on x.alliance_id = new.alliance_id and x.id = new.exemption_id
        join public.performance_clawbackshare s on s.alliance_id = x.alliance_id and s.id = x.share_id
        join public.alliance_staff p on p.alliance_id = s.alliance_id and p.id = s.staff_id
       where j.alliance_id = new.alliance_id and j.id = new.journal_id and m.user_id = p.user_id)) then
    raise exception 'a correction of an exemption is in the books by two people not concerned by it'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger tolerance_true_relief before insert or update on public.tolerance_relief
  for each row execute function public.tolerance_true_relief();
create trigger performance_keep_booked before update or delete on public.tolerance_relief
  for each row execute function public.performance_keep_booked();
"""
REMOVE_RELIEF = """
drop trigger tolerance_new_case on public.tolerance_tolerancecase;
drop function public.tolerance_new_case();
drop trigger performance_keep_booked on public.tolerance_relief;
drop trigger tolerance_true_relief on public.tolerance_relief;
drop function public.tolerance_true_relief();
drop function public.tolerance_exempted(bigint, bigint);
"""
