"""What the database keeps of meetings and tasks: what was signed never changes, nothing is done unchecked."""

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
