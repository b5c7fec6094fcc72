"""What the database keeps of meetings and tasks: what was signed never changes, nothing is done unchecked."""

from __future__ import annotations

from django.db import connection


def decided(meeting: int) -> str:
    """The digest of what a meeting has decided by now, as a version of its minutes keeps it."""
    with connection.cursor() as cursor:
        cursor.execute("select public.meetings_decided(%s)", [meeting])
        return str(cursor.fetchone()[0])


# Everything the signed minutes speak of: the rows of these tables that belong to the meeting.
KEPT = ("agendaitem", "attendance", "resolution", "minutes")

_MEETING = """
create function public.meetings_keep_signed() returns trigger language plpgsql as $kept$
declare its record;
begin
  if tg_op = 'DELETE' then its := old; else its := new; end if;
  if exists (select from public.meetings_meeting m where m.id = its.meeting_id and m.state = 'signed') then
    raise exception 'the minutes are signed: nothing of the meeting changes'
      using errcode = 'restrict_violation';
  end if;
  return its;
end $kept$;
create function public.meetings_keep_meeting() returns trigger language plpgsql as $kept$
begin
  if old.state = 'signed' then
    raise exception 'the minutes are signed: nothing of the meeting changes'
      using errcode = 'restrict_violation';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  if new.state = 'signed' and not exists (
    select from public.meetings_minutes n where n.meeting_id = new.id
      and n.chair_id is not null and n.secretary_id is not null
      and n.number = (select max(o.number) from public.meetings_minutes o where o.meeting_id = new.id)
  ) then
    raise exception 'chair and secretary have not signed the newest minutes'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $kept$;
create trigger meetings_keep_meeting before update or delete on public.meetings_meeting
  for each row execute function public.meetings_keep_meeting();
"""
_TASK = """
create function public.meetings_keep_task() returns trigger language plpgsql as $kept$
begin
  if new.state = 'done' and not exists (
    select from public.meetings_taskanswer a where a.task_id = new.id and a.accepted
  ) then
    raise exception 'a task is done when another person has accepted its answer'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $kept$;
create trigger meetings_keep_task before insert or update on public.meetings_task
  for each row execute function public.meetings_keep_task();
"""
INSTALL = (
    _MEETING
    + "".join(
        f"create trigger meetings_keep_{table} before insert or update or delete on public.meetings_{table} "
        "for each row execute function public.meetings_keep_signed();\n"
        for table in KEPT
    )
    + _TASK
)
REMOVE = (
    "".join(f"drop trigger meetings_keep_{table} on public.meetings_{table};\n" for table in KEPT)
    + """
drop trigger meetings_keep_task on public.meetings_task;
drop trigger meetings_keep_meeting on public.meetings_meeting;
drop function public.meetings_keep_task();
drop function public.meetings_keep_meeting();
drop function public.meetings_keep_signed();
"""
)

# A corrigendum comes after the signatures, replaces the version that stands and is signed like it; nobody
# signs a version that is not the newest or says something else than what was decided. A version written
# before its digest was kept is renewed first.
MINUTES = """
create function public.meetings_decided(its bigint) returns text stable language sql as $said$
  select md5(coalesce(jsonb_agg(jsonb_build_array(
      r.number, r.text, r.state, r.owner_id, r.institution_id, r.department_id, r.due_on,
      (select jsonb_object_agg(v.verdict, v.n) from (
         select d.verdict, count(*) as n from public.approvals_decision d
          where d.approval_id = r.approval_id group by d.verdict) v),
      (select jsonb_agg(jsonb_build_array(o.document, o.decided_on) order by o.id)
         from public.approvals_outsidedecision o where o.approval_id = r.approval_id and o.correct)
    ) order by r.number), '[]')::text)
  from public.meetings_resolution r where r.meeting_id = its
$said$;
create function public.meetings_keep_minutes() returns trigger language plpgsql as $kept$
declare its text;
begin
  if tg_op = 'DELETE' then
    raise exception 'minutes are written once' using errcode = 'restrict_violation';
  end if;
  select m.state into its from public.meetings_meeting m where m.id = new.meeting_id for share;
  if tg_op = 'INSERT' then
    new.decided := public.meetings_decided(new.meeting_id);
    if coalesce(new.chair_id, new.secretary_id) is not null then
      raise exception 'minutes are signed after they are written' using errcode = 'restrict_violation';
    end if;
    if new.corrects_id is null and its is distinct from 'signed' then return new; end if;
    if new.corrects_id is null then
      raise exception 'the minutes are signed: nothing of the meeting changes'
        using errcode = 'restrict_violation';
    end if;
    if its is distinct from 'signed' or new.corrects_id is distinct from (
        select n.id from public.meetings_minutes n where n.meeting_id = new.meeting_id
           and n.chair_id is not null and n.secretary_id is not null order by n.number desc limit 1) then
      raise exception 'a corrigendum corrects the signed minutes that stand'
        using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if (its = 'signed') is distinct from (new.corrects_id is not null) then
    raise exception 'the minutes are signed: nothing of the meeting changes'
      using errcode = 'restrict_violation';
  end if;
  if new.number < (select max(n.number) from public.meetings_minutes n where n.meeting_id = new.meeting_id)
     or new.decided is distinct from public.meetings_decided(new.meeting_id)
     or exists (select from public.meetings_resolution r
                 where r.meeting_id = new.meeting_id and r.state in ('draft', 'put')) then
    raise exception 'the minutes say something else than the meeting: the newest version is signed'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $kept$;
create or replace trigger meetings_keep_minutes before insert or update or delete on public.meetings_minutes
  for each row execute function public.meetings_keep_minutes();
"""
DROP_MINUTES = """
create or replace trigger meetings_keep_minutes before insert or update or delete on public.meetings_minutes
  for each row execute function public.meetings_keep_signed();
drop function public.meetings_keep_minutes();
drop function public.meetings_decided(bigint);
"""
