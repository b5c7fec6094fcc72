"""SQL of the month's life: what no code may skip (practice.md 4; walls 2: a closed month never changes)."""

from __future__ import annotations

# A row begins with a posted run of its month. Paid: no pot of a posted pool is on its way. Closed: its books
# are closed. What was written of a publication or a payment stays.
INSTALL = """
create function public.performance_keep_life() returns trigger language plpgsql as $life$
declare
  moving constant text[] := array['state', 'version', 'published_at', 'published_until', 'paid_at',
                                  'closed_at', 'final_at'];
begin
  if tg_op = 'DELETE' then
    raise exception 'a month after its approval is not deleted' using errcode = 'restrict_violation';
  end if;
  if tg_op = 'INSERT' then
    if not exists (select 1 from public.performance_monthrun r where r.alliance_id = new.alliance_id
        and r.id = new.run_id and r.month = new.month and r.state = 'posted') then
      raise exception 'a month is published from its posted run' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if to_jsonb(new) - moving <> to_jsonb(old) - moving
    or old.published_at is not null and (old.published_at, old.published_until)
       is distinct from (new.published_at, new.published_until)
    or old.paid_at is not null and old.paid_at is distinct from new.paid_at
    or old.closed_at is not null and old.closed_at is distinct from new.closed_at then
    raise exception 'what a month has been through stays' using errcode = 'restrict_violation';
  end if;
  if new.state = old.state then return new; end if;
  if new.state = 'paid' and exists (
      select 1 from public.performance_paypot o
        join public.performance_paypool p on p.alliance_id = o.alliance_id and p.id = o.pool_id
       where o.alliance_id = new.alliance_id and p.month = new.month and p.state = 'posted'
         and o.state <> 'posted') then
    raise exception 'a pot of the month is not in the books' using errcode = 'check_violation';
  end if;
  if new.state = 'closed' and not exists (
      select 1 from public.ledger_period b
       where b.alliance_id = new.alliance_id and b.month = new.month and b.state = 'closed') then
    raise exception 'the books of the month are open' using errcode = 'check_violation';
  end if;
  return new;
end $life$;
create trigger performance_keep_life before insert or update or delete on public.performance_monthlife
  for each row execute function public.performance_keep_life();
"""
REMOVE = """
drop trigger performance_keep_life on public.performance_monthlife;
drop function public.performance_keep_life();
"""

# A month is final with its last appeal. A posted correction never changes nor goes; what is taken of a person
# is never more than due, and of a line never more than is neither paid nor held (performance.payout.sql); the
# parts of a case never exceed what was rejected of it.
INSTALL_CORRECTIONS = """
create function public.performance_last_appeal() returns trigger language plpgsql as $life$
begin
  if new.state = 'final' and old.state <> 'final' and exists (
      select 1 from public.performance_appeal a
       where a.alliance_id = new.alliance_id and a.month = new.month
         and a.state in ('filed', 'assigned', 'upheld')) then
    raise exception 'an appeal about the month has not ended' using errcode = 'check_violation';
  end if;
  return new;
end $life$;
create trigger performance_last_appeal before update on public.performance_monthlife
  for each row execute function public.performance_last_appeal();
create function public.performance_keep_booked() returns trigger language plpgsql as $life$
declare
  moving constant text[] := array['state', 'version', 'approval_id', 'journal_id'];
begin
  if tg_op = 'DELETE' then
    if old.state = 'draft' then return old; end if;
    raise exception 'a correction that was proposed is not deleted' using errcode = 'restrict_violation';
  end if;
  if old.state = 'posted' or to_jsonb(new) - moving <> to_jsonb(old) - moving then
    raise exception 'a correction keeps its money' using errcode = 'restrict_violation';
  end if;
  return new;
end $life$;
create trigger performance_keep_booked before update or delete on public.performance_statement
  for each row execute function public.performance_keep_booked();
create trigger performance_keep_booked before update or delete on public.performance_clawback
  for each row execute function public.performance_keep_booked();
create trigger performance_keep_booked before update or delete on public.performance_monthcorrection
  for each row execute function public.performance_keep_booked();

create function public.performance_keep_deduction() returns trigger language plpgsql as $life$
declare due record; own record;
begin
  select l.staff_id, p.month into own from public.performance_payline l
    join public.performance_paypot o on o.alliance_id = l.alliance_id and o.id = l.pot_id
    join public.performance_paypool p on p.alliance_id = o.alliance_id and p.id = o.pool_id
   where l.alliance_id = new.alliance_id and l.id = new.line_id;
  if (own.staff_id, own.month) is distinct from (new.staff_id, new."into") then
    raise exception 'a deduction is of a line of its own person and month' using errcode = 'check_violation';
  end if;
  select s.fen, s.staff_id, c.state into due from public.performance_clawbackshare s
    join public.performance_clawback c on c.alliance_id = s.alliance_id and c.id = s.clawback_id
   where s.alliance_id = new.alliance_id and s.id = new.share_id;
  if due.staff_id is distinct from new.staff_id or due.state not in ('proposed', 'posted') then
    raise exception 'a deduction is of its own person and an agreed claw-back'
      using errcode = 'check_violation';
  end if;
  perform pg_advisory_xact_lock(hashtext('performance.deduction'), new.staff_id::integer);
  if new.fen + coalesce((select sum(d.fen) from public.performance_paydeduction d
       where d.alliance_id = new.alliance_id and d.share_id = new.share_id), 0) > due.fen then
    raise exception 'more is taken than is due' using errcode = 'check_violation';
  end if;
  return new;
end $life$;
create trigger performance_keep_deduction before insert on public.performance_paydeduction
  for each row execute function public.performance_keep_deduction();
create trigger performance_fits_line after insert on public.performance_paydeduction
  for each row execute function public.performance_fits_line();

create function public.performance_keep_share() returns trigger language plpgsql as $life$
begin
  if new.fen + coalesce((select sum(s.fen) from public.performance_clawbackshare s
       where s.alliance_id = new.alliance_id and s.line_id = new.line_id), 0)
     > (select l.rejected_fen from public.performance_statementline l
         where l.alliance_id = new.alliance_id and l.id = new.line_id) then
    raise exception 'more is charged than was rejected' using errcode = 'check_violation';
  end if;
  return new;
end $life$;
create trigger performance_keep_share before insert on public.performance_clawbackshare
  for each row execute function public.performance_keep_share();
"""
REMOVE_CORRECTIONS = """
drop trigger performance_last_appeal on public.performance_monthlife;
drop function public.performance_last_appeal();
drop trigger performance_keep_share on public.performance_clawbackshare;
drop function public.performance_keep_share();
drop trigger performance_fits_line on public.performance_paydeduction;
drop trigger performance_keep_deduction on public.performance_paydeduction;
drop function public.performance_keep_deduction();
drop trigger performance_keep_booked on public.performance_monthcorrection;
drop trigger performance_keep_booked on public.performance_clawback;
drop trigger performance_keep_booked on public.performance_statement;
drop function public.performance_keep_booked();
"""
