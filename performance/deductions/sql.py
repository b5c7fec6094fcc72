"""SQL of deductions: nothing is taken that is not owed, nothing given back that was not taken (S3-31)."""

from __future__ import annotations

# What appeals lifted of a deduction (of one charge, or of all of it), and what a charge asks for in all.
_SUMS = """
create function public.performance_lifted(an_alliance bigint, a_consequence bigint, a_charge bigint)
returns bigint language sql stable as $due$
  select coalesce(sum(l.fen), 0)::bigint from public.performance_paylift l
    join public.performance_appeal a on a.alliance_id = l.alliance_id and a.id = l.appeal_id
   where l.alliance_id = an_alliance and l.consequence_id = a_consequence and a.state = 'corrected'
     and a.revision = l.revision and (a_charge is null or l.charge_id = a_charge)
$due$;
create function public.performance_charged(an_alliance bigint, a_charge bigint)
returns bigint language sql stable as $due$
  select (c.fen - public.performance_lifted(c.alliance_id, c.consequence_id, c.id))::bigint
    from public.performance_paycharge c
   where c.alliance_id = an_alliance and c.id = a_charge and c.state = 'posted'
$due$;
"""
# A charge is of a decided deduction of its own institution, for what appeals left of it.
_CHARGE = """
create function public.performance_fits_charge() returns trigger language plpgsql as $due$
declare asked record;
begin
  select c.institution_id, c.kind, c.state,
         c.fen - public.performance_lifted(c.alliance_id, c.id, null) as fen into asked
    from public.performance_consequence c
   where c.alliance_id = new.alliance_id and c.id = new.consequence_id for update;
  if asked.institution_id is distinct from new.institution_id or asked.state is distinct from 'agreed'
     or asked.kind not in ('commitment', 'gaming', 'violation') or new.fen > asked.fen then
    raise exception 'a charge is of a decided deduction, for what appeals left of it'
      using errcode = 'check_violation', constraint = 'paycharge_of_decision';
  end if;
  return new;
end $due$;
create trigger performance_fits_charge before insert or update on public.performance_paycharge
  for each row when (new.state <> 'draft') execute function public.performance_fits_charge();
create trigger performance_keep_booked before update or delete on public.performance_paycharge
  for each row execute function public.performance_keep_booked();
"""
# Of a charge never more than it asks for, and never less than nothing; of claw-backs never more than stands
# on the bearer's account. Drafts count, so that two pools never take the same.
_TAKEN = """
create function public.performance_fits_taken() returns trigger language plpgsql as $due$
declare own record; waits bigint; stands bigint;
begin
  perform pg_advisory_xact_lock(hashtext('performance.paytaken'), new.alliance_id::integer);
  select s.institution_id as place, o.department_id as unit, p.kind, a.institution_id, a.department_id, a.code
    into own
    from public.performance_payshare s
    join public.performance_paypool p on p.alliance_id = s.alliance_id and p.id = s.pool_id
    join public.ledger_account a on a.alliance_id = s.alliance_id and a.id = new.account_id
    left join public.performance_paypot o on o.alliance_id = s.alliance_id and o.id = new.pot_id
     and o.share_id = s.id
   where s.alliance_id = new.alliance_id and s.id = new.share_id and s.pool_id = new.pool_id;
  if own.place is distinct from own.institution_id or own.unit is distinct from own.department_id
     or own.kind is distinct from 'bonus' or (new.pot_id is null) <> (own.unit is null)
     or own.code not like (case when new.charge_id is null then 'rejected:%' else 'deducted:%' end) then
    raise exception 'a share or pot gives for what its own institution or department owes'
      using errcode = 'check_violation', constraint = 'paytaken_whose';
  end if;
  if new.charge_id is null then
    select coalesce(sum(t.fen), 0) into waits from public.performance_paytaken t
      join public.performance_paypool p on p.alliance_id = t.alliance_id and p.id = t.pool_id
     where t.alliance_id = new.alliance_id and t.account_id = new.account_id and t.charge_id is null
       and p.state not in ('posted', 'reversed');
    select -coalesce(sum(e.fen), 0) into stands from public.ledger_entry e
     where e.alliance_id = new.alliance_id and e.account_id = new.account_id;
  else
    select coalesce(sum(t.fen), 0) into waits from public.performance_paytaken t
      join public.performance_paypool p on p.alliance_id = t.alliance_id and p.id = t.pool_id
     where t.alliance_id = new.alliance_id and t.charge_id = new.charge_id and p.state <> 'reversed';
    stands := public.performance_charged(new.alliance_id, new.charge_id);
  end if;
  if stands is null or new.fen > 0 and waits > stands or new.fen < 0 and waits < stands then
    raise exception 'more is taken or given back than is owed'
      using errcode = 'check_violation', constraint = 'paytaken_within';
  end if;
  return null;
end $due$;
create trigger performance_fits_taken after insert on public.performance_paytaken
  for each row execute function public.performance_fits_taken();
create trigger performance_late_part after insert on public.performance_paytaken
  referencing new table as added for each statement execute function public.performance_late_part();
create trigger performance_keep_part before delete on public.performance_paytaken
  for each row execute function public.performance_keep_part();
"""
# On its way into the books a pool takes what its shares and pots say, and no more than is owed by then.
_POSTED = """
create function public.performance_pool_takes() returns trigger language plpgsql as $due$
begin
  perform pg_advisory_xact_lock(hashtext('performance.paytaken'), new.alliance_id::integer);
  if exists (select from public.performance_payshare s
      where s.alliance_id = new.alliance_id and s.pool_id = new.id
        and s.taken_fen <> coalesce((select sum(t.fen) from public.performance_paytaken t
             where t.alliance_id = s.alliance_id and t.share_id = s.id and t.pot_id is null), 0))
     or exists (select from public.performance_paypot o
      where o.alliance_id = new.alliance_id and o.pool_id = new.id
        and o.taken_fen <> coalesce((select sum(t.fen) from public.performance_paytaken t
             where t.alliance_id = o.alliance_id and t.pot_id = o.id), 0)) then
    raise exception 'what is taken does not add up to a share or pot' using errcode = 'check_violation';
  end if;
  if exists (
      select from public.performance_paytaken t
       where t.alliance_id = new.alliance_id and t.pool_id = new.id and t.fen > 0 and t.charge_id is not null
         and (select sum(o.fen) from public.performance_paytaken o
                join public.performance_paypool p on p.alliance_id = o.alliance_id and p.id = o.pool_id
               where o.alliance_id = t.alliance_id and o.charge_id = t.charge_id
                 and (p.state = 'posted' or p.id = new.id))
             > public.performance_charged(t.alliance_id, t.charge_id))
     or exists (
      select from public.performance_paytaken t
       where t.alliance_id = new.alliance_id and t.pool_id = new.id and t.charge_id is null
       group by t.account_id
      having sum(t.fen) > 0 and sum(t.fen) > -coalesce((select sum(e.fen) from public.ledger_entry e
               where e.alliance_id = new.alliance_id and e.account_id = t.account_id
                 and e.journal_id <> new.journal_id), 0)) then
    raise exception 'more is taken or given back than is owed'
      using errcode = 'check_violation', constraint = 'paytaken_within';
  end if;
  return new;
end $due$;
create trigger performance_pool_takes before update on public.performance_paypool
  for each row when (new.state = 'posted' and old.state <> 'posted')
  execute function public.performance_pool_takes();
"""
# What an appeal lifts is of a deduction it is about, written while it is examined; with all other appeals it
# never comes to more than the deduction, and none is charged on the way.
_LIFT = """
create function public.performance_fits_lift() returns trigger language plpgsql as $due$
begin
  if not exists (select from public.performance_appeal a
        join public.performance_appealline n on n.alliance_id = a.alliance_id and n.appeal_id = a.id
       where a.alliance_id = new.alliance_id and a.id = new.appeal_id and a.state = 'assigned'
         and a.revision = new.revision - 1 and n.deduction_id = new.consequence_id) then
    raise exception 'a deduction is lifted while its appeal is examined' using errcode = 'restrict_violation';
  end if;
  return new;
end $due$;
create trigger performance_fits_lift before insert on public.performance_paylift
  for each row execute function public.performance_fits_lift();
create function public.performance_lifts() returns trigger language plpgsql as $due$
begin
  if exists (
      select from public.performance_paylift l
        join public.performance_consequence c on c.alliance_id = l.alliance_id and c.id = l.consequence_id
        left join public.performance_paycharge g on g.alliance_id = l.alliance_id and g.consequence_id = c.id
       where l.alliance_id = new.alliance_id and l.appeal_id = new.id and l.revision = new.revision
         and (public.performance_lifted(c.alliance_id, c.id, null) > c.fen
              or g.state <> 'posted' or l.charge_id is distinct from g.id
              or g.id is not null and public.performance_lifted(c.alliance_id, c.id, g.id) > g.fen)) then
    raise exception 'more of a deduction is lifted than it holds'
      using errcode = 'check_violation', constraint = 'paylift_within';
  end if;
  return null;
end $due$;
create trigger performance_lifts after update on public.performance_appeal
  for each row when (new.state = 'corrected' and old.state <> 'corrected')
  execute function public.performance_lifts();
"""
INSTALL = _SUMS + _CHARGE + _TAKEN + _POSTED + _LIFT
REMOVE = """
drop trigger performance_lifts on public.performance_appeal;
drop function public.performance_lifts();
drop trigger performance_fits_lift on public.performance_paylift;
drop function public.performance_fits_lift();
drop trigger performance_pool_takes on public.performance_paypool;
drop function public.performance_pool_takes();
drop trigger performance_keep_part on public.performance_paytaken;
drop trigger performance_late_part on public.performance_paytaken;
drop trigger performance_fits_taken on public.performance_paytaken;
drop function public.performance_fits_taken();
drop trigger performance_keep_booked on public.performance_paycharge;
drop trigger performance_fits_charge on public.performance_paycharge;
drop function public.performance_fits_charge();
drop function public.performance_charged(bigint, bigint);
drop function public.performance_lifted(bigint, bigint, bigint);
"""
