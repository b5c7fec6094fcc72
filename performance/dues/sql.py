"""SQL of amounts of corrections: what they rest on, that they are paid once and stay within the pay total."""

from __future__ import annotations

# An amount is that of its posted correction, to its own person; with it nobody's institution exceeds the
# approved pay total of the year the month belongs to (practice.md 6). It is paid whole, by the institution of
# its pot, to its person, not before the month it was posted into; what it takes is of its own person's pay.
# What gives back a claw-back was taken of this very line and person for the share a decision exempts.
KEEP_DUE = """
create or replace function public.performance_keep_due() returns trigger language plpgsql as $due$
declare origin record; given bigint; taken bigint;
begin
  if new.relief_id is not null then
    select r.month, r."into", r.back_fen, x.share_id, r.state in ('proposed', 'posted') as ready into origin
      from public.tolerance_relief r
      join public.tolerance_exemption x on x.alliance_id = r.alliance_id and x.id = r.exemption_id
     where r.alliance_id = new.alliance_id and r.id = new.relief_id;
    select coalesce(sum(d.fen), 0) into given from public.performance_paydue d
     where d.alliance_id = new.alliance_id and d.relief_id = new.relief_id;
    select sum(d.fen) into taken from public.performance_paydeduction d
     where d.alliance_id = new.alliance_id and d.share_id = origin.share_id and d.line_id = new.line_id
       and d.staff_id = new.staff_id;
    if not coalesce(origin.ready, false)
      or (new.month, new."into") is distinct from (origin.month, origin."into")
      or given + new.fen > origin.back_fen or new.fen > coalesce(taken, 0)
      or new.pot_id is distinct from (select l.pot_id from public.performance_payline l
                                       where l.alliance_id = new.alliance_id and l.id = new.line_id) then
      raise exception 'an exemption gives back what was taken of the line, once'
        using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if new.entry_id is not null then
    select c.staff_id, c.pay_line_id as line_id, coalesce(c.pot_id, l.pot_id) as pot_id, c.fen, a.month,
           null::date as "into",
           a.state in ('upheld', 'corrected') and c.revision = a.revision
           and (c.staff_id is not null or c.institution_id is null) as ready
      into origin from public.performance_appealcorrection c
      join public.performance_appeal a on a.alliance_id = c.alliance_id and a.id = c.appeal_id
      left join public.performance_payline l on l.alliance_id = c.alliance_id and l.id = c.pay_line_id
     where c.alliance_id = new.alliance_id and c.id = new.entry_id;
  else
    select p.staff_id, p.line_id, p.pot_id, p.after_fen - p.before_fen as fen, c.month, c."into",
           c.state in ('proposed', 'posted') as ready
      into origin from public.performance_correctionpart p
      join public.performance_monthcorrection c on c.alliance_id = p.alliance_id and c.id = p.correction_id
     where p.alliance_id = new.alliance_id and p.id = new.part_id;
  end if;
  if not coalesce(origin.ready, false)
    or (new.staff_id, new.line_id, new.pot_id, new.fen, new.month)
       is distinct from (origin.staff_id, origin.line_id, origin.pot_id, origin.fen, origin.month)
    or new."into" <> coalesce(origin."into", new."into") then
    raise exception 'an amount is that of its posted correction' using errcode = 'check_violation';
  end if;
  return new;
end $due$;
"""
_KEEP = """
create trigger performance_keep_due before insert on public.performance_paydue
  for each row execute function public.performance_keep_due();
"""
# What an institution's persons were given of a year within its total: by pools and by corrections. What is
# given back of a claw-back was in the total when it was paid first.
GIVEN = """
create or replace function public.performance_given(an_alliance bigint, an_institution bigint, a_year integer)
returns bigint language sql stable as $due$
  select (coalesce((select sum(o.fen) from public.performance_payshare o
             join public.performance_paypool p on p.alliance_id = o.alliance_id and p.id = o.pool_id
            where o.alliance_id = an_alliance and o.institution_id = an_institution and p.state = 'posted'
              and p.persons and p.source in ('pay_total', 'fiscal')
              and extract(year from p.month) = a_year), 0)
        + coalesce((select sum(d.fen) from public.performance_paydue d
             join public.performance_paypot t on t.alliance_id = d.alliance_id and t.id = d.pot_id
             join public.performance_paypool p on p.alliance_id = t.alliance_id and p.id = t.pool_id
            where d.alliance_id = an_alliance and t.institution_id = an_institution
              and p.source in ('pay_total', 'fiscal') and d.kind <> 'exempt'
              and extract(year from p.month) = a_year), 0))::bigint
$due$;
"""
_APPROVED = """
create function public.performance_approved(an_alliance bigint, an_institution bigint, a_year integer)
returns bigint language sql stable as $due$
  select coalesce((select t.fen from public.performance_paytotal t
    where t.alliance_id = an_alliance and t.institution_id = an_institution and t.year = a_year
      and t.confirmed_by_id is not null order by t.revision desc limit 1), 0)
$due$;
"""
DUE_TOTAL = """
create or replace function public.performance_due_total() returns trigger language plpgsql as $due$
declare one record;
begin
  for one in
    select d.alliance_id, t.institution_id, extract(year from p.month)::integer as year
      from fresh d
      join public.performance_paypot t on t.alliance_id = d.alliance_id and t.id = d.pot_id
      join public.performance_paypool p on p.alliance_id = t.alliance_id and p.id = t.pool_id
     where p.source in ('pay_total', 'fiscal') and d.kind <> 'exempt'
     group by 1, 2, 3 having sum(d.fen) > 0
  loop
    perform pg_advisory_xact_lock(hashtext('performance.pay_total'), one.alliance_id::integer);
    if public.performance_given(one.alliance_id, one.institution_id, one.year)
       > public.performance_approved(one.alliance_id, one.institution_id, one.year) then
      raise exception 'institution % would exceed its approved pay total', one.institution_id
        using errcode = 'check_violation', constraint = 'paydue_within_total';
    end if;
  end loop;
  return null;
end $due$;
"""
_TOTAL = """
create trigger performance_due_total after insert on public.performance_paydue
  referencing new table as fresh for each statement execute function public.performance_due_total();

create function public.performance_pool_total() returns trigger language plpgsql as $due$
declare over record;
begin
  perform pg_advisory_xact_lock(hashtext('performance.pay_total'), new.alliance_id::integer);
  -- Where no correction gave anything, what pools gave is all (performance.pay.sql).
  if not exists (select 1 from public.performance_paydue d where d.alliance_id = new.alliance_id) then
    return new;
  end if;
  select s.institution_id into over from public.performance_payshare s
   where s.alliance_id = new.alliance_id and s.pool_id = new.id and s.fen > 0
     and s.fen + public.performance_given(
           s.alliance_id, s.institution_id, extract(year from new.month)::integer)
       > public.performance_approved(
           s.alliance_id, s.institution_id, extract(year from new.month)::integer)
   limit 1;
  if found then
    raise exception 'institution % would exceed its approved pay total', over.institution_id
      using errcode = 'check_violation';
  end if;
  return new;
end $due$;
create trigger performance_pool_total before update on public.performance_paypool
  for each row when (new.state = 'posted' and old.state <> 'posted' and new.persons
                     and new.source in ('pay_total', 'fiscal'))
  execute function public.performance_pool_total();
"""
_PAID = """
create function public.performance_fits_due() returns trigger language plpgsql as $due$
declare owed record;
begin
  select d.fen, d.staff_id, d."into", t.institution_id into owed from public.performance_paydue d
    join public.performance_paypot t on t.alliance_id = d.alliance_id and t.id = d.pot_id
   where d.alliance_id = new.alliance_id and d.id = new.due_id;
  if owed.fen is distinct from new.fen then
    raise exception 'an amount of a correction is paid whole'
      using errcode = 'check_violation', constraint = 'payout_due_whole';
  end if;
  if not exists (
      select from public.performance_payoutpayment y
        join public.performance_payoutlot o on o.alliance_id = y.alliance_id and o.id = y.lot_id
       where y.alliance_id = new.alliance_id and y.id = new.payment_id and y.state = 'made'
         and y.staff_id = owed.staff_id and o.institution_id = owed.institution_id
         and o.month >= owed."into") then
    raise exception 'an amount of a correction is paid to its person by its institution, when it is due'
      using errcode = 'check_violation', constraint = 'payout_due_owner';
  end if;
  return null;
end $due$;
create trigger performance_fits_due after insert on public.performance_payoutpart
  for each row when (new.due_id is not null) execute function public.performance_fits_due();
drop trigger performance_fits_line on public.performance_payoutpart;
create trigger performance_fits_line after insert on public.performance_payoutpart
  for each row when (new.line_id is not null) execute function public.performance_fits_line();
"""
DEDUCTION = """
create or replace function public.performance_keep_deduction() returns trigger language plpgsql as $life$
declare due record; own record;
begin
  select l.staff_id, p.month into own from public.performance_payline l
    join public.performance_paypot o on o.alliance_id = l.alliance_id and o.id = l.pot_id
    join public.performance_paypool p on p.alliance_id = o.alliance_id and p.id = o.pool_id
   where l.alliance_id = new.alliance_id and l.id = new.line_id;
  if (own.staff_id, own.month) is distinct from (new.staff_id, new."into") then
    raise exception 'a deduction is of a line of its own person and month' using errcode = 'check_violation';
  end if;
  if new.due_id is not null then
    select -d.fen as fen, d.staff_id, d."into" <= new."into" as ready into due
      from public.performance_paydue d where d.alliance_id = new.alliance_id and d.id = new.due_id;
  else
    -- What a decision on error tolerance exempts is not taken any more.
    select s.fen - public.tolerance_exempted(s.alliance_id, s.id) as fen, s.staff_id,
           c.state in ('proposed', 'posted') as ready into due
      from public.performance_clawbackshare s
      join public.performance_clawback c on c.alliance_id = s.alliance_id and c.id = s.clawback_id
     where s.alliance_id = new.alliance_id and s.id = new.share_id;
  end if;
  if due.staff_id is distinct from new.staff_id or not coalesce(due.ready, false) then
    raise exception 'a deduction is of its own person and an agreed claw-back or correction'
      using errcode = 'check_violation';
  end if;
  perform pg_advisory_xact_lock(hashtext('performance.deduction'), new.staff_id::integer);
  if new.fen + coalesce((select sum(d.fen) from public.performance_paydeduction d
       where d.alliance_id = new.alliance_id
         and (d.share_id = new.share_id or d.due_id = new.due_id)), 0) > due.fen then
    raise exception 'more is taken than is due' using errcode = 'check_violation';
  end if;
  return new;
end $life$;
"""
INSTALL = KEEP_DUE + _KEEP + GIVEN + _APPROVED + DUE_TOTAL + _TOTAL + _PAID + DEDUCTION
REMOVE = """
drop trigger performance_pool_total on public.performance_paypool;
drop function public.performance_pool_total();
drop trigger performance_fits_due on public.performance_payoutpart;
drop function public.performance_fits_due();
drop trigger performance_fits_line on public.performance_payoutpart;
create trigger performance_fits_line after insert on public.performance_payoutpart
  for each row execute function public.performance_fits_line();
drop trigger performance_due_total on public.performance_paydue;
drop function public.performance_due_total();
drop function public.performance_given(bigint, bigint, integer);
drop function public.performance_approved(bigint, bigint, integer);
drop trigger performance_keep_due on public.performance_paydue;
drop function public.performance_keep_due();
"""
