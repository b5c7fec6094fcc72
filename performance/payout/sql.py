"""SQL of paying: what the database itself keeps, so that no part of a line is paid twice (practice.md 7)."""

from __future__ import annotations

# Parts, held money and deductions of one line take turns by a lock on the line, so that two lots made at once
# cannot both fit; the pot is held, so that none fits while it is reversed. A part is paid by the institution
# whose pot the line is of, to the person of the line, out of a posted plan, into a confirmed account of that
# person. A payment moves along its states alone.
FITS = """
create or replace function public.performance_fits_line() returns trigger language plpgsql as $payout$
declare
  whole bigint; taken bigint; place bigint; person bigint; ready boolean;
begin
  perform pg_advisory_xact_lock(hashtext('performance.payout_line'), (new.line_id % 2147483647)::integer);
  select l.fen, l.staff_id, p.institution_id, p.state = 'posted' and p.plan_id = l.plan_id
    into whole, person, place, ready
    from performance_payline l
    join performance_paypot p on p.alliance_id = l.alliance_id and p.id = l.pot_id
   where l.alliance_id = new.alliance_id and l.id = new.line_id
     for share of p;
  if not coalesce(ready, false) then
    raise exception 'only lines in the books are paid or held'
      using errcode = 'check_violation', constraint = 'payout_line_in_the_books';
  end if;
  select coalesce((select sum(a.fen) from performance_payoutpart a
            where a.alliance_id = new.alliance_id and a.line_id = new.line_id and a.ended_at is null), 0)
       + coalesce((select sum(h.fen) from performance_payouthold h
            where h.alliance_id = new.alliance_id and h.line_id = new.line_id and h.ended_at is null), 0)
       + coalesce((select sum(d.fen) from performance_paydeduction d
            where d.alliance_id = new.alliance_id and d.line_id = new.line_id), 0)
    into taken;
  if taken > whole then
    raise exception 'parts and held money of line % exceed it: % of % fen', new.line_id, taken, whole
      using errcode = 'check_violation', constraint = 'payout_line_once';
  end if;
  if tg_table_name = 'performance_payoutpart' then
    if not exists (
        select from performance_payoutpayment y
          join performance_payoutlot o on o.alliance_id = y.alliance_id and o.id = y.lot_id
         where y.alliance_id = new.alliance_id and y.id = new.payment_id and y.state = 'made'
           and y.staff_id = person and o.institution_id = place) then
      raise exception 'a line is paid to its person by its institution'
        using errcode = 'check_violation', constraint = 'payout_line_owner';
    end if;
  end if;
  return null;
end $payout$;
"""
INSTALL = (
    FITS
    + """
create trigger performance_fits_line after insert on public.performance_payoutpart
  for each row execute function public.performance_fits_line();
create trigger performance_fits_line after insert on public.performance_payouthold
  for each row execute function public.performance_fits_line();

create function public.performance_new_payment() returns trigger language plpgsql as $payout$
begin
  if not exists (select from performance_payoutaccount a
      where a.alliance_id = new.alliance_id and a.id = new.account_id and a.staff_id = new.staff_id
        and a.confirmed_at is not null) then
    raise exception 'a payment goes into a confirmed account of its person'
      using errcode = 'check_violation', constraint = 'payout_account_confirmed';
  end if;
  if exists (select from performance_payoutlot o
      where o.alliance_id = new.alliance_id and o.id = new.lot_id and o.checked_at is not null) then
    raise exception 'a checked lot takes no further payment'
      using errcode = 'restrict_violation', constraint = 'payout_lot_checked';
  end if;
  return new;
end $payout$;
create trigger performance_new_payment before insert on public.performance_payoutpayment
  for each row execute function public.performance_new_payment();

create function public.performance_move_payment() returns trigger language plpgsql as $payout$
begin
  if tg_op = 'DELETE' or to_jsonb(new) - 'state' <> to_jsonb(old) - 'state' then
    raise exception 'a payment keeps its money' using errcode = 'restrict_violation';
  end if;
  if new.state = 'exported' and (
      not exists (select from performance_payoutlot o
        where o.alliance_id = new.alliance_id and o.id = new.lot_id and o.checked_at is not null)
      or new.fen is distinct from (select sum(a.fen) from performance_payoutpart a
        where a.alliance_id = new.alliance_id and a.payment_id = new.id)) then
    raise exception 'only a checked lot whose parts add up leaves for the bank'
      using errcode = 'check_violation', constraint = 'payout_checked_first';
  end if;
  if new.state in ('paid', 'returned') and new.state <> old.state and not exists (
      select from performance_payoutrow r
       where r.alliance_id = new.alliance_id and r.payment_id = new.id and r.action = new.state
         and r.posted_at is not null) then
    raise exception 'a payment ends by an answer of the bank that two people stand by'
      using errcode = 'check_violation', constraint = 'payout_answered';
  end if;
  if new.state in ('returned', 'withdrawn') and new.state <> old.state then
    update performance_payoutpart a set ended_at = now()
     where a.alliance_id = new.alliance_id and a.payment_id = new.id and a.ended_at is null;
  end if;
  return new;
end $payout$;
create trigger performance_move_payment after update on public.performance_payoutpayment
  for each row execute function public.performance_move_payment();
create trigger performance_keep_payment before delete on public.performance_payoutpayment
  for each row execute function public.performance_move_payment();

create function public.performance_end_part() returns trigger language plpgsql as $payout$
begin
  if new.ended_at is not null and not exists (select from performance_payoutpayment y
      where y.alliance_id = new.alliance_id and y.id = new.payment_id
        and y.state in ('returned', 'withdrawn')) then
    raise exception 'a part ends with its payment alone'
      using errcode = 'check_violation', constraint = 'payout_part_lives';
  end if;
  return new;
end $payout$;
create trigger performance_end_part before insert or update on public.performance_payoutpart
  for each row execute function public.performance_end_part();
"""
)
REMOVE = """
drop trigger performance_end_part on public.performance_payoutpart;
drop function public.performance_end_part();
drop trigger performance_keep_payment on public.performance_payoutpayment;
drop trigger performance_move_payment on public.performance_payoutpayment;
drop function public.performance_move_payment();
drop trigger performance_new_payment on public.performance_payoutpayment;
drop function public.performance_new_payment();
drop trigger performance_fits_line on public.performance_payouthold;
drop trigger performance_fits_line on public.performance_payoutpart;
drop function public.performance_fits_line();
"""

# A withdrawn answer moves nothing, and what moved something is not withdrawn; both take the answer's lock.
INSTALL_WITHDRAWN = """
create function public.performance_live_answer() returns trigger language plpgsql as $payout$
declare
  gone boolean;
begin
  if tg_table_name = 'performance_payoutrow' then
    if new.posted_at is not null and old.posted_at is null then
      select r.withdrawn_at is not null into gone from performance_payoutresult r
       where r.alliance_id = new.alliance_id and r.id = new.result_id for share;
      if gone then
        raise exception 'the answer is withdrawn'
          using errcode = 'check_violation', constraint = 'payoutrow_of_a_live_answer';
      end if;
    end if;
  elsif new.withdrawn_at is not null and exists (select from performance_payoutrow r
      where r.alliance_id = new.alliance_id and r.result_id = new.id and r.posted_at is not null) then
    raise exception 'rows of the answer are posted'
      using errcode = 'check_violation', constraint = 'payoutresult_nothing_posted';
  end if;
  return new;
end $payout$;
create trigger performance_live_answer before update on public.performance_payoutrow
  for each row execute function public.performance_live_answer();
create trigger performance_live_answer before update on public.performance_payoutresult
  for each row execute function public.performance_live_answer();
"""
REMOVE_WITHDRAWN = """
drop trigger performance_live_answer on public.performance_payoutresult;
drop trigger performance_live_answer on public.performance_payoutrow;
drop function public.performance_live_answer();
"""

# A payment came back from the account: nothing is made for it or leaves for it before it is entered anew.
RETURNED = """
create function public.performance_returned_account() returns trigger language plpgsql as $payout$
begin
  if exists (select from performance_payoutpayment y
      where y.alliance_id = new.alliance_id and y.account_id = new.account_id and y.state = 'returned') then
    raise exception 'a payment came back from this account: it is confirmed anew, or another is'
      using errcode = 'check_violation', constraint = 'payout_account_returned';
  end if;
  return new;
end $payout$;
create trigger performance_returned_account before insert on public.performance_payoutpayment
  for each row execute function public.performance_returned_account();
create trigger performance_returned_leaves before update on public.performance_payoutpayment
  for each row when (old.state = 'made' and new.state = 'exported')
  execute function public.performance_returned_account();
"""
REMOVE_RETURNED = """
drop trigger performance_returned_leaves on public.performance_payoutpayment;
drop trigger performance_returned_account on public.performance_payoutpayment;
drop function public.performance_returned_account();
"""
# Who declines an account says why; what was declined before the rule stays as it is.
DECLINED = """
create function public.performance_declined_account() returns trigger language plpgsql as $payout$
begin
  if coalesce(btrim(new.declined_why), '') = '' then
    raise exception 'an account is declined with a reason'
      using errcode = 'check_violation', constraint = 'payout_account_declined_why';
  end if;
  return new;
end $payout$;
create trigger performance_declined_account before insert or update of declined_at
  on public.performance_payoutaccount
  for each row when (new.declined_at is not null) execute function public.performance_declined_account();
"""
REMOVE_DECLINED = """
drop trigger performance_declined_account on public.performance_payoutaccount;
drop function public.performance_declined_account();
"""

# A month is paid once its publication has ended (practice.md 4): a lot is made after that, and what it pays
# is of such months alone. Once a statement: parts come by the thousand.
PUBLISHED = """
create function public.performance_lot_published() returns trigger language plpgsql as $payout$
begin
  if not exists (select from public.performance_monthlife m
      where m.alliance_id = new.alliance_id and m.month = new.month and m.published_until <= new.made_at) then
    raise exception 'the publication of the month has not ended'
      using errcode = 'check_violation', constraint = 'payoutlot_published';
  end if;
  return new;
end $payout$;
create trigger performance_lot_published before insert on public.performance_payoutlot
  for each row execute function public.performance_lot_published();
create function public.performance_part_published() returns trigger language plpgsql
  set enable_seqscan to off as $payout$
begin
  if exists (
      select from added a
        join public.performance_payline l on l.alliance_id = a.alliance_id and l.id = a.line_id
        join public.performance_paypot t on t.alliance_id = l.alliance_id and t.id = l.pot_id
        join public.performance_paypool p on p.alliance_id = t.alliance_id and p.id = t.pool_id
        join public.performance_payoutpayment y on y.alliance_id = a.alliance_id and y.id = a.payment_id
        join public.performance_payoutlot o on o.alliance_id = y.alliance_id and o.id = y.lot_id
        left join public.performance_monthlife m on m.alliance_id = p.alliance_id and m.month = p.month
       where m.published_until is null or m.published_until > o.made_at) then
    raise exception 'the publication of the month of a line has not ended'
      using errcode = 'check_violation', constraint = 'payoutpart_published';
  end if;
  return null;
end $payout$;
create trigger performance_part_published after insert on public.performance_payoutpart
  referencing new table as added for each statement execute function public.performance_part_published();
"""
UNPUBLISHED = """
drop trigger performance_part_published on public.performance_payoutpart;
drop function public.performance_part_published();
drop trigger performance_lot_published on public.performance_payoutlot;
drop function public.performance_lot_published();
"""
