"""What the database keeps of violation cases: heard first, uninvolved people, a vote, nothing rewritten."""

KEEP_CASE = """
create or replace function public.violations_keep() returns trigger language plpgsql as $keep$
begin
  if tg_op = 'DELETE' or old.state in ('closed', 'dropped') then
    raise exception 'a case is not taken away, an ended one not changed' using errcode = 'restrict_violation';
  end if;
  if (new.number, new.institution_id, new.source, new.source_id, new.source_mark, new.opened_by_id,
      new.opened_at)
     is distinct from
     (old.number, old.institution_id, old.source, old.source_id, old.source_mark, old.opened_by_id,
      old.opened_at)
     or (old.state <> 'identified' and (new.kind, new.title, new.facts) is distinct from
         (old.kind, old.title, old.facts))
     or (old.warned_at is not null and
         (new.warning, new.warned_by_id, new.warned_at, new.due_at) is distinct from
         (old.warning, old.warned_by_id, old.warned_at, old.due_at))
     or (old.stated_at is not null and
         (new.statement, new.statement_file_id, new.stated_by_id, new.stated_at) is distinct from
         (old.statement, old.statement_file_id, old.stated_by_id, old.stated_at))
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
    if new.stated_at is null and new.found_at < new.due_at then
      raise exception 'nobody is found guilty unheard' using errcode = 'restrict_violation';
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
