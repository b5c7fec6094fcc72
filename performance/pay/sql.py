"""SQL of pay, what the database itself keeps (practice.md 6): sums, pay totals, money written once."""

from __future__ import annotations

# The plan of a trigger is kept for the session, made when the tables were empty: it must ask their indexes.
# A pool keeps its money; on the way into the books every level adds up and no pay total is exceeded. Pools of
# one alliance take turns there, so that two at once cannot both fit.
KEEP_POOL = """
create or replace function public.performance_keep_pool() returns trigger language plpgsql
  set enable_seqscan to off as $pay$
declare
  moving constant text[] := array['state', 'version', 'approval_id', 'journal_id'];
  over record;
begin
  if tg_op = 'DELETE' then
    if old.state = 'draft' then return old; end if;
    raise exception 'a pool that was proposed is not deleted' using errcode = 'restrict_violation';
  end if;
  if old.state = 'posted' or to_jsonb(new) - moving <> to_jsonb(old) - moving then
    raise exception 'a pool keeps its money' using errcode = 'restrict_violation';
  end if;
  if new.state <> 'posted' then return new; end if;
  if new.source = 'between' then
    if new.fen is distinct from (select sum(t.fen) from performance_paytransfer t
        where t.alliance_id = new.alliance_id and t.pool_id = new.id) then
      raise exception 'the transfers do not add up to the pool' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.fen is distinct from (select sum(s.fen) from performance_payshare s
      where s.alliance_id = new.alliance_id and s.pool_id = new.id) then
    raise exception 'the shares do not add up to the pool' using errcode = 'check_violation';
  end if;
  -- The pots are added up in one pass, whatever the planner knows of a table that was filled just now.
  if new.persons and exists (
      with pots as materialized (
        select p.share_id, sum(p.fen) as fen from performance_paypot p
         where p.alliance_id = new.alliance_id and p.pool_id = new.id group by p.share_id)
      select 1 from performance_payshare s left join pots on pots.share_id = s.id
       where s.alliance_id = new.alliance_id and s.pool_id = new.id and s.fen <> coalesce(pots.fen, 0)) then
    raise exception 'the pots do not add up to a share' using errcode = 'check_violation';
  end if;
  if new.persons and new.source in ('pay_total', 'fiscal') then
    perform pg_advisory_xact_lock(hashtext('performance.pay_total'), new.alliance_id::integer);
    select s.institution_id into over from performance_payshare s
     where s.alliance_id = new.alliance_id and s.pool_id = new.id and s.fen > 0
       and s.fen + coalesce((select sum(o.fen) from performance_payshare o
             join performance_paypool p on p.alliance_id = o.alliance_id and p.id = o.pool_id
            where o.alliance_id = s.alliance_id and o.institution_id = s.institution_id and p.state = 'posted'
              and p.persons and p.source in ('pay_total', 'fiscal')
              and extract(year from p.month) = extract(year from new.month)), 0)
         > coalesce((select t.fen from performance_paytotal t
            where t.alliance_id = s.alliance_id and t.institution_id = s.institution_id
              and t.year = extract(year from new.month) and t.confirmed_by_id is not null
            order by t.revision desc limit 1), 0)
     limit 1;
    if found then
      raise exception 'institution % would exceed its approved pay total', over.institution_id
        using errcode = 'check_violation';
    end if;
  end if;
  return new;
end $pay$;
"""

# Proved once a statement: pots come by the thousand. A pot stands in the pool of its share.
LATE = """
create or replace function public.performance_late_part() returns trigger language plpgsql
  set enable_seqscan to off as $pay$
begin
  if exists (select from (select distinct a.alliance_id, a.pool_id from added a) a
      join performance_paypool p on p.alliance_id = a.alliance_id and p.id = a.pool_id
     where p.state <> 'draft') then
    raise exception 'a pool that was proposed takes no further part' using errcode = 'restrict_violation';
  end if;
  return null;
end $pay$;
create or replace function public.performance_pot_of_share() returns trigger language plpgsql
  set enable_seqscan to off set enable_hashjoin to off set enable_mergejoin to off as $pay$
begin
  if exists (
      select from (select distinct a.alliance_id, a.pool_id, a.share_id from added a) a
       where not exists (select from performance_payshare s
              where s.alliance_id = a.alliance_id and s.id = a.share_id and s.pool_id = a.pool_id)) then
    raise exception 'a pot stands in the pool of its share' using errcode = 'check_violation';
  end if;
  return null;
end $pay$;
drop trigger if exists performance_late_part on public.performance_payshare;
create trigger performance_late_part after insert on public.performance_payshare
  referencing new table as added for each statement execute function public.performance_late_part();
drop trigger if exists performance_late_part on public.performance_paytransfer;
create trigger performance_late_part after insert on public.performance_paytransfer
  referencing new table as added for each statement execute function public.performance_late_part();
drop trigger if exists performance_late_part on public.performance_paypot;
create trigger performance_late_part after insert on public.performance_paypot
  referencing new table as added for each statement execute function public.performance_late_part();
drop trigger if exists performance_pot_of_share on public.performance_paypot;
create trigger performance_pot_of_share after insert on public.performance_paypot
  referencing new table as added for each statement execute function public.performance_pot_of_share();
"""

# A pot keeps its money; shown, its lines add up to it, and an award by name is to each what the sheet says.
KEEP_POT = """
create or replace function public.performance_keep_pot() returns trigger language plpgsql as $pay$
declare
  moving constant text[] := array['state', 'version', 'plan_id', 'shown_at', 'shown_until', 'submitted_by_id',
                                  'submitted_at', 'journal_id'];
begin
  if old.state = 'posted' or to_jsonb(new) - moving <> to_jsonb(old) - moving then
    raise exception 'a pot keeps its money' using errcode = 'restrict_violation';
  end if;
  if new.state <> old.state and not exists (select 1 from performance_paypool p
      where p.alliance_id = new.alliance_id and p.id = new.pool_id and p.state = 'posted') then
    raise exception 'a pot is divided once its pool is posted' using errcode = 'check_violation';
  end if;
  if new.state in ('shown', 'submitted', 'posted') and new.fen is distinct from (
      select sum(l.fen) from performance_payline l
       where l.alliance_id = new.alliance_id and l.pot_id = new.id and l.plan_id = new.plan_id) then
    raise exception 'the lines do not add up to the pot' using errcode = 'check_violation';
  end if;
  if new.state in ('shown', 'submitted', 'posted') and exists (
      select from performance_paypool p
        join performance_entitlement e on e.alliance_id = p.alliance_id and e.id = p.entitlement_id
       where p.alliance_id = new.alliance_id and p.id = new.pool_id and e.kind = 'innovation_personal'
      ) and exists (
      select from performance_payline l
        left join jsonb_array_elements(new.people) one on (one->>0)::bigint = l.staff_id
       where l.alliance_id = new.alliance_id and l.pot_id = new.id and l.plan_id = new.plan_id
         and (one->>1)::numeric is distinct from l.fen) then
    raise exception 'an award by name pays each person what the sheet says' using errcode = 'check_violation';
  end if;
  return new;
end $pay$;
"""

INSTALL = f"""
{KEEP_POOL}
{LATE}
{KEEP_POT}
create trigger performance_keep_pool before update or delete on public.performance_paypool
  for each row execute function public.performance_keep_pool();

create function public.performance_keep_part() returns trigger language plpgsql as $pay$
begin
  if exists (select 1 from performance_paypool p
      where p.alliance_id = old.alliance_id and p.id = old.pool_id and p.state <> 'draft') then
    raise exception 'a pool that was proposed keeps its parts' using errcode = 'restrict_violation';
  end if;
  return old;
end $pay$;
create trigger performance_keep_part before delete on public.performance_payshare
  for each row execute function public.performance_keep_part();
create trigger performance_keep_part before delete on public.performance_paytransfer
  for each row execute function public.performance_keep_part();
create trigger performance_keep_part before delete on public.performance_paypot
  for each row execute function public.performance_keep_part();

create trigger performance_keep_pot before update on public.performance_paypot
  for each row execute function public.performance_keep_pot();
"""
REMOVE = """
drop trigger performance_keep_pot on public.performance_paypot;
drop function public.performance_keep_pot();
drop trigger performance_pot_of_share on public.performance_paypot;
drop function public.performance_pot_of_share();
drop trigger performance_late_part on public.performance_paypot;
drop trigger performance_late_part on public.performance_paytransfer;
drop trigger performance_late_part on public.performance_payshare;
drop function public.performance_late_part();
drop trigger performance_keep_part on public.performance_paypot;
drop trigger performance_keep_part on public.performance_paytransfer;
drop trigger performance_keep_part on public.performance_payshare;
drop function public.performance_keep_part();
drop trigger performance_keep_pool on public.performance_paypool;
drop function public.performance_keep_pool();
"""

# A group divides a month that has begun: its meeting is no earlier one's. Once a statement, as pots are.
PLAN_DAY = """
create function public.performance_plan_day() returns trigger language plpgsql
  set enable_seqscan to off as $pay$
begin
  if exists (select from added a
      join performance_paypot t on t.alliance_id = a.alliance_id and t.id = a.pot_id
      join performance_paypool p on p.alliance_id = t.alliance_id and p.id = t.pool_id
     where a.agreed_on < p.month) then
    raise exception 'a plan is agreed on in the month it divides or later'
      using errcode = 'check_violation', constraint = 'payplan_day';
  end if;
  return null;
end $pay$;
create trigger performance_plan_day after insert on public.performance_payplan
  referencing new table as added for each statement execute function public.performance_plan_day();
"""
NO_PLAN_DAY = """
drop trigger performance_plan_day on public.performance_payplan;
drop function public.performance_plan_day();
"""
