"""SQL of pay, what the database itself keeps (practice.md 6): sums, pay totals, money written once."""

from __future__ import annotations

# The plan of a trigger is kept for the session, made when the tables were empty: it must ask their indexes.
# A pool keeps its money, also when it is reversed as a whole (performance.pay.reversal.sql); on the way into
# the books every level adds up and no pay total is exceeded. Pools of one alliance take turns there, so that
# two at once cannot both fit.
KEEP_POOL = """
create or replace function public.performance_keep_pool() returns trigger language plpgsql
  set enable_seqscan to off as $pay$
declare
  moving constant text[] := array['state', 'version', 'approval_id', 'journal_id', 'reversal_id'];
  back constant text[] := array['state', 'version', 'reversal_id'];
  over record;
begin
  if tg_op = 'DELETE' then
    if old.state = 'draft' then return old; end if;
    raise exception 'a pool that was proposed is not deleted' using errcode = 'restrict_violation';
  end if;
  if old.state = 'reversed' or to_jsonb(new) - moving <> to_jsonb(old) - moving
    or (old.state = 'posted' or new.state = 'reversed')
       and (new.state <> 'reversed' or to_jsonb(new) - back <> to_jsonb(old) - back) then
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
        select p.share_id, sum(p.fen + p.taken_fen) as fen from performance_paypot p
         where p.alliance_id = new.alliance_id and p.pool_id = new.id group by p.share_id)
      select 1 from performance_payshare s left join pots on pots.share_id = s.id
       where s.alliance_id = new.alliance_id and s.pool_id = new.id
         and s.fen - s.taken_fen <> coalesce(pots.fen, 0)) then
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
                                  'submitted_at', 'journal_id', 'reversal_id'];
  back constant text[] := array['state', 'version', 'reversal_id'];
begin
  if old.state = 'reversed' or to_jsonb(new) - moving <> to_jsonb(old) - moving
    or (old.state = 'posted' or new.state = 'reversed')
       and (new.state <> 'reversed' or to_jsonb(new) - back <> to_jsonb(old) - back) then
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

# An evidence goes on where its row before has ended: a second payment finds its revision taken, or leaves out
# what is in the books. It changes pair, kind or month only once all of it is given back.
ONCE = """
create function public.performance_transfer_once() returns trigger language plpgsql
  set enable_seqscan to off as $pay$
begin
  if exists (
      select from added a
        join performance_paypool p on p.alliance_id = a.alliance_id and p.id = a.pool_id
        left join performance_paytransfer b on b.alliance_id = a.alliance_id
         and b.evidence_kind = a.evidence_kind and b.evidence_id = a.evidence_id
         and b.revision = a.revision - 1
        left join performance_paypool q on q.alliance_id = b.alliance_id and q.id = b.pool_id
       where a.paid_fen <> coalesce(b.paid_fen + b.fen, 0)
          or a.revision > 1 and (b.id is null or q.id <> p.id and q.state <> 'posted')
          or a.paid_fen <> 0
             and (a.payer_id, a.payee_id, p.kind, p.month) <> (b.payer_id, b.payee_id, q.kind, q.month)) then
    raise exception 'what an evidence owes is paid once: its next row begins where the last one ended'
      using errcode = 'check_violation', constraint = 'paytransfer_goes_on';
  end if;
  return null;
end $pay$;
create trigger performance_transfer_once after insert on public.performance_paytransfer
  referencing new table as added for each statement execute function public.performance_transfer_once();
"""
NOT_ONCE = """
drop trigger performance_transfer_once on public.performance_paytransfer;
drop function public.performance_transfer_once();
"""

# Shares of consultations stood as one row a pair under the lowest number. A fee is never rewritten and the
# number of its row grows with time, so what a row paid are the pair's first fees of the month that add up to
# it; a pair of which that is not so stays as it is. A fee that two pools paid gets a second row: what was
# paid twice is then more than the evidence owes, and can be booked back.
SPLIT = """
alter table public.performance_paytransfer no force row level security, disable trigger user;
alter table public.performance_paypool no force row level security;
alter table public.consultations_fee no force row level security;
create temporary table split on commit drop as
with held as (
  select t.*, p.month, p.number from public.performance_paytransfer t
    join public.performance_paypool p on p.alliance_id = t.alliance_id and p.id = t.pool_id
   where p.kind = 'service' and t.evidence_kind = 'consultation'
), counted as (
  select h.id as transfer_id, h.alliance_id, h.pool_id, h.payer_id, h.payee_id, h.number, h.fen as whole,
         h.base_fen as base, h.evidence_id, f.consultation_id, f.answerer_fen as fen, f.fen as base_fen,
         sum(f.answerer_fen) over before as until_fen, sum(f.fen) over before as until_base,
         min(f.consultation_id) over before as lowest
    from held h join public.consultations_fee f
      on f.alliance_id = h.alliance_id and f.origin_institution_id = h.payer_id
     and f.target_institution_id = h.payee_id
     and date_trunc('month', f.charged_at at time zone 'Asia/Shanghai')::date = h.month
  window before as (partition by h.id order by f.id)
), known as (
  select id as transfer_id from held
   where (alliance_id, payer_id, payee_id, month) not in (
     select alliance_id, payer_id, payee_id, month from held where id not in (
       select transfer_id from counted
        where until_fen = whole and until_base = base and lowest = evidence_id))
)
select c.transfer_id, c.alliance_id, c.pool_id, c.payer_id, c.payee_id, c.consultation_id, c.fen, c.base_fen,
       row_number() over same as revision, sum(c.fen) over same - c.fen as paid_fen
  from counted c join known using (transfer_id)
 where c.until_base <= c.base and c.fen > 0
window same as (partition by c.alliance_id, c.consultation_id order by c.number);
delete from public.performance_paytransfer where id in (select transfer_id from split);
insert into public.performance_paytransfer
  (alliance_id, pool_id, payer_id, payee_id, fen, base_fen, evidence_kind, evidence_id, revision, paid_fen)
select alliance_id, pool_id, payer_id, payee_id, fen, base_fen, 'consultation', consultation_id, revision,
       paid_fen
  from split order by transfer_id, consultation_id, revision;
set constraints all immediate;
alter table public.consultations_fee force row level security;
alter table public.performance_paypool force row level security;
alter table public.performance_paytransfer force row level security, enable trigger user;
"""
