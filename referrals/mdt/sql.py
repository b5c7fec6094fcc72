"""What the database keeps of MDT records: held only with every profession it needs, and then as it was."""

INSTALL = """
create function public.mdt_true_meeting() returns trigger language plpgsql as $true$
begin
  if tg_op = 'DELETE' or old.state <> 'planned' then
    raise exception 'an MDT record is not taken away, a held one not changed'
      using errcode = 'restrict_violation';
  end if;
  if new.state = 'held' and (cardinality(new.required) = 0 or exists (
    select from unnest(new.required) as needed (profession)
    where not exists (
      select from public.mdt_seat s
      where s.meeting_id = new.id and s.profession = needed.profession and s.voided_at is null)
  )) then
    raise exception 'an MDT is held with every profession it needs' using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger mdt_true_meeting before update or delete on public.mdt_mdtmeeting
  for each row execute function public.mdt_true_meeting();
create function public.mdt_true_seat() returns trigger language plpgsql as $true$
begin
  if not exists (
    select from public.mdt_mdtmeeting m where m.id = new.meeting_id and m.state = 'planned'
  ) then
    raise exception 'who took part is entered before the meeting is recorded'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $true$;
create trigger mdt_true_seat before insert or update on public.mdt_seat
  for each row execute function public.mdt_true_seat();
"""
REMOVE = """
drop trigger mdt_true_seat on public.mdt_seat;
drop trigger mdt_true_meeting on public.mdt_mdtmeeting;
drop function public.mdt_true_seat();
drop function public.mdt_true_meeting();
"""
