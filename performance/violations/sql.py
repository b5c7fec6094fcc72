"""What the database keeps of violation cases: heard first, uninvolved people, a vote, nothing rewritten."""

KEEP_CASE = """
create or replace function public.violations_keep() returns trigger language plpgsql as $keep$
begin
  if tg_op = 'DELETE' or old.state in ('closed', 'dropped') then
    raise exception 'a case is not taken away, an ended one not changed' using errcode = 'restrict_violation';
  end if;
  if (new.number, new.institution_id, new.source, new.source_id, new.source_mark, new.opened_by_id,
      new.opened_at, new.person_id, new.happened_on)
     is distinct from
     (old.number, old.institution_id, old.source, old.source_id, old.source_mark, old.opened_by_id,
      old.opened_at, old.person_id, old.happened_on)
     or (old.state <> 'identified' and (new.kind, new.title, new.facts) is distinct from
         (old.kind, old.title, old.facts))
     or (old.warned_at is not null and
         (new.warning, new.warned_by_id, new.warned_at) is distinct from
         (old.warning, old.warned_by_id, old.warned_at))
     -- The time to state a view runs anew, never shorter, when new evidence is told.
     or (old.warned_at is not null and
         (new.due_at, new.notified_at) is distinct from (old.due_at, old.notified_at) and not coalesce(
           new.state = 'warned' and new.notified_at >= coalesce(old.notified_at, old.warned_at)
           and new.due_at >= old.due_at and new.due_at > new.notified_at, false))
     -- What was said stays; on new evidence more is said below it.
     or (old.stated_at is not null and
         (new.statement, new.statement_file_id, new.stated_by_id, new.stated_at) is distinct from
         (old.statement, old.statement_file_id, old.stated_by_id, old.stated_at) and not coalesce(
           old.state = 'warned' and new.state = 'heard' and starts_with(new.statement, old.statement)
           and (old.statement_file_id is null or new.statement_file_id = old.statement_file_id), false))
     or (old.state in ('found', 'decided') and new.state <> 'heard' and
         (new.attempt, new.violated, new.finding, new.found_by_id, new.found_at, new.approval_id)
         is distinct from
         (old.attempt, old.violated, old.finding, old.found_by_id, old.found_at, old.approval_id)) then
    raise exception 'what was said and done in a case stays' using errcode = 'restrict_violation';
  end if;
  if new.state = 'warned' and old.state = 'identified' and not exists (
    select from public.violations_evidence e where e.violation_id = new.id) then
    raise exception 'a warning rests on evidence' using errcode = 'restrict_violation';
  end if;
  if new.state = 'found' and old.state <> 'found' then
    if old.state = 'warned' and new.found_at < new.due_at then
      raise exception 'nobody is found guilty unheard' using errcode = 'restrict_violation';
    end if;
    if exists (
      select from public.violations_evidence e
       where e.violation_id = new.id and e.added_at > coalesce(new.notified_at, new.warned_at)
         and not public.violations_of_the_place(e.added_by_id, new.institution_id)) then
      raise exception 'new evidence is answered before a finding' using errcode = 'restrict_violation';
    end if;
    if public.violations_of_the_place(new.found_by_id, new.institution_id) then
      raise exception 'a finding is of somebody uninvolved' using errcode = 'restrict_violation';
    end if;
    if exists (
      select from public.alliance_membership x join public.alliance_membership y on y.user_id = x.user_id
      where x.id = new.found_by_id and y.id = new.opened_by_id) then
      raise exception 'who opened a case does not find' using errcode = 'restrict_violation';
    end if;
    if new.violated <> exists (
      select from public.violations_penalty p where p.violation_id = new.id and p.attempt = new.attempt) then
      raise exception 'a violation has what follows, none has nothing' using errcode = 'restrict_violation';
    end if;
  end if;
  if new.state = 'decided' and old.state <> 'decided' and (
    public.violations_of_the_place(new.decided_by_id, new.institution_id) or not exists (
      select from public.approvals_approval v
      where v.id = new.approval_id and v.state = 'approved' and v.about_id = new.id)) then
    raise exception 'a case is decided by the vote of uninvolved people' using errcode = 'restrict_violation';
  end if;
  if new.state = 'closed' and exists (
    select from public.violations_penalty p
    where p.violation_id = new.id and p.attempt = new.attempt and p.carried_at is null) then
    raise exception 'a case is closed when everything is carried out' using errcode = 'restrict_violation';
  end if;
  return new;
end $keep$;
"""
# The table of what is tolerated is data: the database reads the parameter in force on the day of the finding.
KEEP_ZERO = """
create function public.violations_keep_zero() returns trigger language plpgsql as $zero$
declare
  few int;
  bound numeric;
begin
  if tg_op = 'INSERT' then
    if new.person_id is not null and not exists (
      select from public.alliance_membership m
      where m.id = new.person_id and m.institution_id = new.institution_id) then
      raise exception 'the person belongs to the institution' using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if new.state <> 'found' or old.state = 'found' then
    return new;
  end if;
  select (p.value ->> new.kind)::int into few from public.alliance_parameter p
    where p.alliance_id = new.alliance_id and p.key = 'violation.tolerated' and p.level = ''
      and p.from_date <= (new.found_at at time zone 'Asia/Shanghai')::date
    order by p.from_date desc limit 1;
  if few is null then
    return new;
  end if;
  if exists (
    select from public.violations_penalty p
    where p.violation_id = new.id and p.attempt = new.attempt and p.measure = 'warning')
    and (select count(*) from public.violations_penalty p
         join public.violations_violation v on v.id = p.violation_id and v.attempt = p.attempt
         where p.measure = 'warning' and v.institution_id = new.institution_id and v.kind = new.kind
           and v.state in ('decided', 'closed') and v.id <> new.id) >= few then
    raise exception 'nothing of this kind is let off with a warning' using errcode = 'restrict_violation';
  end if;
  select (p.value ->> 'min')::numeric into bound from public.alliance_parameter p
    where p.alliance_id = new.alliance_id and p.key = 'violation.deduct.' || new.kind and p.level = ''
      and p.from_date <= (new.found_at at time zone 'Asia/Shanghai')::date
    order by p.from_date desc limit 1;
  if exists (
    select from public.violations_penalty p
    where p.violation_id = new.id and p.attempt = new.attempt and p.measure = 'deduct' and p.percent < bound)
  then
    raise exception 'nothing of this kind is deducted less' using errcode = 'restrict_violation';
  end if;
  return new;
end $zero$;
create trigger violations_keep_zero before insert or update on public.violations_violation
  for each row execute function public.violations_keep_zero();
"""
REMOVE_ZERO = """
drop trigger violations_keep_zero on public.violations_violation;
drop function public.violations_keep_zero();
"""
# Who opened a case or belongs to the institution has no part in deciding it; who found, none in its document.
KEEP_APART = """
create function public.violations_keep_apart() returns trigger language plpgsql as $apart$
begin
  if new.state <> 'decided' or old.state = 'decided' then
    return new;
  end if;
  if exists (
    select from public.approvals_decision d
      join public.alliance_membership m on m.id = d.membership_id
      join public.alliance_membership o on o.id = new.opened_by_id
     where d.approval_id = new.approval_id and d.verdict <> 'recused'
       and (m.user_id = o.user_id or public.violations_of_the_place(m.id, new.institution_id)))
  or exists (
    select from public.approvals_outsidedecision p
      join public.alliance_membership m on m.id in (p.entered_by_id, p.checked_by_id)
      join public.alliance_membership o on o.id in (new.opened_by_id, new.found_by_id)
     where p.approval_id = new.approval_id and p.correct
       and (m.user_id = o.user_id or public.violations_of_the_place(m.id, new.institution_id))) then
    raise exception 'a case is decided by the vote of uninvolved people' using errcode = 'restrict_violation';
  end if;
  return new;
end $apart$;
create trigger violations_keep_apart before update on public.violations_violation
  for each row execute function public.violations_keep_apart();
"""
REMOVE_APART = """
drop trigger violations_keep_apart on public.violations_violation;
drop function public.violations_keep_apart();
"""
INSTALL = (
    """
create function public.violations_of_the_place(m bigint, place bigint) returns boolean
language sql stable as $place$
  select exists (
    select from public.alliance_membership x join public.alliance_membership y on y.user_id = x.user_id
    where x.id = m and y.institution_id = place)
$place$;
"""
    + KEEP_CASE
    + """
create trigger violations_keep before update or delete on public.violations_violation
  for each row execute function public.violations_keep();
create function public.violations_keep_part() returns trigger language plpgsql as $part$
declare
  c record;
begin
  select * into c from public.violations_violation where id = new.violation_id;
  if tg_table_name = 'violations_evidence' then
    if c.state not in ('identified', 'warned', 'heard') then
      raise exception 'evidence comes before the finding' using errcode = 'restrict_violation';
    end if;
  elsif tg_op = 'INSERT' then
    if c.state not in ('warned', 'heard') or new.attempt <> c.attempt + 1 or new.carried_at is not null then
      raise exception 'a penalty is proposed with its finding' using errcode = 'restrict_violation';
    end if;
  elsif c.state <> 'decided' or new.attempt <> c.attempt then
    raise exception 'only what was decided is carried out' using errcode = 'restrict_violation';
  end if;
  return new;
end $part$;
create trigger violations_keep_evidence before insert on public.violations_evidence
  for each row execute function public.violations_keep_part();
create trigger violations_keep_penalty before insert or update on public.violations_penalty
  for each row execute function public.violations_keep_part();
"""
)
REMOVE = """
drop trigger violations_keep_penalty on public.violations_penalty;
drop trigger violations_keep_evidence on public.violations_evidence;
drop trigger violations_keep on public.violations_violation;
drop function public.violations_keep_part();
drop function public.violations_keep();
drop function public.violations_of_the_place(bigint, bigint);
"""
