"""SQL of entitlement sheets: a confirmed one is the sum of its lines, a pool made of it pays just that."""

from __future__ import annotations

# A confirmed sheet is its lines, and a person has one award of a kind and month.
KEEP = """
create or replace function public.performance_keep_entitlement() returns trigger language plpgsql as $pay$
begin
  if new.confirmed_by_id is not null and old.confirmed_by_id is null then
    if new.set_aside_at is not null then
      raise exception 'a sheet that was set aside is not confirmed' using errcode = 'check_violation';
    end if;
    if new.fen is distinct from (select sum(l.fen) from performance_entitlementline l
        where l.alliance_id = new.alliance_id and l.sheet_id = new.id) then
      raise exception 'the lines do not add up to the sheet' using errcode = 'check_violation';
    end if;
    if exists (select from performance_entitlementline l
        join performance_entitlementline other on other.alliance_id = l.alliance_id
             and other.staff_id = l.staff_id and other.sheet_id <> l.sheet_id
        join performance_entitlement e on e.alliance_id = other.alliance_id and e.id = other.sheet_id
       where l.alliance_id = new.alliance_id and l.sheet_id = new.id and e.kind = new.kind
         and e.month = new.month and e.confirmed_by_id is not null) then
      raise exception 'a person has one award of a kind and month' using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $pay$;
"""
INSTALL = f"""
{KEEP}
create trigger performance_keep_entitlement before update on public.performance_entitlement
  for each row execute function public.performance_keep_entitlement();

create function public.performance_late_entitlement() returns trigger language plpgsql as $pay$
begin
  if exists (select from performance_entitlement e
      where e.alliance_id = new.alliance_id and e.id = new.sheet_id
        and (e.confirmed_by_id is not null or e.set_aside_at is not null)) then
    raise exception 'a decided sheet takes no further line' using errcode = 'restrict_violation';
  end if;
  return new;
end $pay$;
create trigger performance_late_entitlement before insert on public.performance_entitlementline
  for each row execute function public.performance_late_entitlement();

create function public.performance_pool_of_entitlement() returns trigger language plpgsql as $pay$
begin
  if new.entitlement_id is not null and not exists (
      select from performance_entitlement e
       where e.alliance_id = new.alliance_id and e.id = new.entitlement_id and e.confirmed_by_id is not null
         and e.fen = new.fen and e.month = new.month) then
    raise exception 'a pool pays a confirmed sheet of its month to the fen' using errcode = 'check_violation';
  end if;
  return new;
end $pay$;
create trigger performance_pool_of_entitlement before insert on public.performance_paypool
  for each row execute function public.performance_pool_of_entitlement();
"""
# Who confirms a sheet is told what the source accounts hold and what sheets are to be paid of them.
ASKED = """
create function public.performance_asked_entitlement() returns trigger language plpgsql as $pay$
begin
  if new.held_fen is null or new.wanted_fen is null then
    raise exception 'a sheet is confirmed beside what the source accounts hold'
      using errcode = 'check_violation';
  end if;
  return new;
end $pay$;
create trigger performance_asked_entitlement before update on public.performance_entitlement
  for each row when (new.confirmed_by_id is not null and old.confirmed_by_id is null)
  execute function public.performance_asked_entitlement();
"""
# A sheet says what is paid once, and what is borne is paid by no pool; what institutions keep ends at them.
ONLY_PAID = """
drop trigger performance_asked_entitlement on public.performance_entitlement;
create trigger performance_asked_entitlement before update on public.performance_entitlement
  for each row when (new.confirmed_by_id is not null and old.confirmed_by_id is null
                     and new.kind <> 'overspend')
  execute function public.performance_asked_entitlement();
create or replace function public.performance_pool_of_entitlement() returns trigger language plpgsql as $pay$
begin
  if new.entitlement_id is not null and not exists (
      select from performance_entitlement e
       where e.alliance_id = new.alliance_id and e.id = new.entitlement_id and e.confirmed_by_id is not null
         and e.fen = new.fen and e.month = new.month) then
    raise exception 'a pool pays a confirmed sheet of its month to the fen' using errcode = 'check_violation';
  end if;
  if exists (select from performance_entitlement e
      where e.alliance_id = new.alliance_id and e.id = new.entitlement_id
        and (e.kind = 'overspend' or e.kind = 'surplus_other' and new.persons)) then
    raise exception 'an overspend is paid by no pool, the part of institutions ends at them'
      using errcode = 'check_violation';
  end if;
  return new;
end $pay$;
"""
# What a team owes is carried from confirmed sheet to confirmed sheet, and a sheet that pays nothing says who
# owes.
CARRY = """
create function public.performance_carry_owed() returns trigger language plpgsql as $pay$
begin
  perform pg_advisory_xact_lock(hashtext('performance.entitlement_owed'), new.alliance_id::integer);
  if exists (select from performance_entitlementline l
      where l.alliance_id = new.alliance_id and l.sheet_id = new.id and l.team_id is not null
        and coalesce((l.given->>'owed_before_fen')::numeric, 0) is distinct from coalesce((
          select o.owed_fen from performance_entitlementline o
            join performance_entitlement e on e.alliance_id = o.alliance_id and e.id = o.sheet_id
           where o.alliance_id = l.alliance_id and o.team_id = l.team_id and o.sheet_id <> l.sheet_id
             and e.kind <> 'four_part' and e.confirmed_by_id is not null
           order by e.confirmed_at desc, e.id desc limit 1), 0)) then
    raise exception 'a team owes something else than the sheet was worked out with'
      using errcode = 'check_violation';
  end if;
  if new.fen = 0 and not exists (select from performance_entitlementline l
      where l.alliance_id = new.alliance_id and l.sheet_id = new.id and l.owed_fen > 0) then
    raise exception 'a sheet pays somebody or says who owes' using errcode = 'check_violation';
  end if;
  return new;
end $pay$;
create trigger performance_carry_owed before update on public.performance_entitlement
  for each row when (new.confirmed_by_id is not null and old.confirmed_by_id is null
                     and new.kind <> 'four_part')
  execute function public.performance_carry_owed();
"""
NO_CARRY = """
drop trigger performance_carry_owed on public.performance_entitlement;
drop function public.performance_carry_owed();
"""
UNASK = """
drop trigger performance_asked_entitlement on public.performance_entitlement;
drop function public.performance_asked_entitlement();
"""
REMOVE = """
drop trigger performance_pool_of_entitlement on public.performance_paypool;
drop function public.performance_pool_of_entitlement();
drop trigger performance_late_entitlement on public.performance_entitlementline;
drop function public.performance_late_entitlement();
drop trigger performance_keep_entitlement on public.performance_entitlement;
drop function public.performance_keep_entitlement();
"""
