"""SQL of equipment: the triggers that keep bookings out of outages, also when both come at once.

Functions run with the rights of whoever writes and name tables with their schema. Two writers about one
device take turns by the lock on its row, which foreign keys of other rows do not wait for. The exclusion
constraint of bookings stands at the model. Source: N32, walls.md section 1 (ranges are for constraints,
look-ups use plain times).
"""

from __future__ import annotations

BOOKING = """
create or replace function public.equipment_admit_booking() returns trigger language plpgsql as $equipment$
begin
  perform from public.equipment_device d
    where d.alliance_id = new.alliance_id and d.id = new.device_id for no key update;
  if exists (
    select from public.equipment_outage o
     where o.alliance_id = new.alliance_id and o.device_id = new.device_id and o.lifted_at is null
       and o.starts_at < new.ends_at and o.ends_at > new.starts_at) then
    raise exception 'the device is out of order in the time of this booking'
      using errcode = 'check_violation', constraint = 'equipment_booking_outside_outages';
  end if;
  return new;
end $equipment$;
create trigger equipment_admit_booking before insert or update of starts_at, ends_at, device_id
  on public.equipment_booking for each row when (new.state = 'booked')
  execute function public.equipment_admit_booking();
"""

OUTAGE = """
create or replace function public.equipment_admit_outage() returns trigger language plpgsql as $equipment$
begin
  perform from public.equipment_device d
    where d.alliance_id = new.alliance_id and d.id = new.device_id for no key update;
  if exists (
    select from public.equipment_booking b
     where b.alliance_id = new.alliance_id and b.device_id = new.device_id and b.state = 'booked'
       and b.starts_at < new.ends_at and b.ends_at > new.starts_at) then
    raise exception 'bookings stand in the time of this outage'
      using errcode = 'check_violation', constraint = 'equipment_outage_beside_bookings';
  end if;
  return new;
end $equipment$;
create trigger equipment_admit_outage before insert or update of starts_at, ends_at, device_id, lifted_at
  on public.equipment_outage for each row when (new.lifted_at is null)
  execute function public.equipment_admit_outage();
"""

INSTALL = BOOKING + OUTAGE
REMOVE = """
drop trigger equipment_admit_booking on public.equipment_booking;
drop trigger equipment_admit_outage on public.equipment_outage;
drop function public.equipment_admit_booking();
drop function public.equipment_admit_outage();
"""

# What is in the books stays as it is: a posted clearing, its lines, what it settled.
POSTED = """
create or replace function public.equipment_keep_clearing() returns trigger language plpgsql as $equipment$
begin
  if old.state = 'posted' then
    raise exception 'a posted clearing stays as it is' using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $equipment$;
create trigger equipment_keep_clearing before update or delete on public.equipment_clearing
  for each row execute function public.equipment_keep_clearing();
create or replace function public.equipment_keep_line() returns trigger language plpgsql as $equipment$
declare
  row record;
begin
  row := case tg_op when 'DELETE' then old else new end;
  if exists (
    select from public.equipment_clearing c
     where c.alliance_id = row.alliance_id and c.id = row.clearing_id and c.state = 'posted') then
    raise exception 'a posted clearing stays as it is' using errcode = 'restrict_violation';
  end if;
  return row;
end $equipment$;
create trigger equipment_keep_line before insert or update or delete on public.equipment_clearingline
  for each row execute function public.equipment_keep_line();
create trigger equipment_keep_cleared before insert or update or delete on public.equipment_cleareduse
  for each row execute function public.equipment_keep_line();
"""
UNPOSTED = """
drop trigger equipment_keep_clearing on public.equipment_clearing;
drop trigger equipment_keep_line on public.equipment_clearingline;
drop trigger equipment_keep_cleared on public.equipment_cleareduse;
drop function public.equipment_keep_clearing();
drop function public.equipment_keep_line();
"""
