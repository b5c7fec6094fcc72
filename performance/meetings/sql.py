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
# What was decided, by which votes, and who was there to decide it.
DECIDED = """
create or replace function public.meetings_decided(its bigint) returns text stable language sql as $said$
  select md5(coalesce(jsonb_agg(jsonb_build_array(
      r.number, r.text, r.state, r.owner_id, r.institution_id, r.department_id, r.due_on,
      (select jsonb_object_agg(v.verdict, v.n) from (
         select d.verdict, count(*) as n from public.approvals_decision d
          where d.approval_id = r.approval_id group by d.verdict) v),
      (select jsonb_agg(jsonb_build_array(o.document, o.decided_on) order by o.id)
         from public.approvals_outsidedecision o where o.approval_id = r.approval_id and o.correct)
    ) order by r.number), '[]')::text || coalesce((
      select jsonb_agg(jsonb_build_array(a.seat_id, a.presence) order by a.seat_id)
        from public.meetings_attendance a where a.meeting_id = its)::text, ''))
  from public.meetings_resolution r where r.meeting_id = its
$said$;
"""
MINUTES = (
    DECIDED
    + """
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
)
DROP_MINUTES = """
create or replace trigger meetings_keep_minutes before insert or update or delete on public.meetings_minutes
  for each row execute function public.meetings_keep_signed();
drop function public.meetings_keep_minutes();
drop function public.meetings_decided(bigint);
"""

# Who is not recorded as present has no part in what a meeting decides, and who voted stays recorded as
# present: a verdict holds the entry of its voter until COMMIT.
PRESENT = """
create function public.meetings_keep_present() returns trigger language plpgsql as $there$
declare its bigint;
begin
  select r.meeting_id into its from public.approvals_approval a
    join public.meetings_resolution r on r.id = a.about_id
   where a.id = new.approval_id and a.kind = 'meeting.resolution';
  if its is null then return new; end if;
  perform 1 from public.meetings_attendance t join public.meetings_seat s on s.id = t.seat_id
    where t.meeting_id = its and t.presence = 'present' and s.user_id = new.user_id for share of t;
  if not found then
    raise exception 'who is not recorded as present does not vote' using errcode = 'restrict_violation';
  end if;
  return new;
end $there$;
create trigger meetings_keep_present before insert on public.approvals_decision
  for each row execute function public.meetings_keep_present();
create function public.meetings_keep_voter() returns trigger language plpgsql as $there$
begin
  if tg_op = 'UPDATE' and (new.meeting_id, new.seat_id) is distinct from (old.meeting_id, old.seat_id) then
    raise exception 'who was asked stays' using errcode = 'restrict_violation';
  end if;
  if old.presence = 'present' and (tg_op = 'DELETE' or new.presence <> 'present') and exists (
    select from public.meetings_resolution r
      join public.approvals_approval a on a.id = r.approval_id and a.state <> 'withdrawn'
      join public.approvals_decision d on d.approval_id = a.id
      join public.meetings_seat s on s.id = old.seat_id and s.user_id = d.user_id
     where r.meeting_id = old.meeting_id) then
    raise exception 'who voted was present' using errcode = 'restrict_violation';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  return new;
end $there$;
create trigger meetings_keep_voter before update or delete on public.meetings_attendance
  for each row execute function public.meetings_keep_voter();
create function public.meetings_keep_put() returns trigger language plpgsql as $there$
begin
  if new.state <> 'draft' and (tg_op = 'INSERT' or old.state = 'draft') and not exists (
    select from public.meetings_meeting m where m.id = new.meeting_id and m.state = 'held') then
    raise exception 'who came is recorded before a resolution is put to the vote'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $there$;
create trigger meetings_keep_put before insert or update on public.meetings_resolution
  for each row execute function public.meetings_keep_put();
"""
DROP_PRESENT = """
drop trigger meetings_keep_put on public.meetings_resolution;
drop trigger meetings_keep_voter on public.meetings_attendance;
drop trigger meetings_keep_present on public.approvals_decision;
drop function public.meetings_keep_put();
drop function public.meetings_keep_voter();
drop function public.meetings_keep_present();
"""
