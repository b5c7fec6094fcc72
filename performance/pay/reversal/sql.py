"""SQL of reversals: the books and the rows that stand on them go back together or not at all (walls.md 2)."""

from __future__ import annotations

# An entry, a pool or a pot is reversed by the journal that reverses its own. A pot goes back before its pool
# and only while nothing of it is in a lot, paid, deducted or corrected; a pool once all its pots have.
TOGETHER = """
create function public.performance_mirrors(an_alliance bigint, a_reversal bigint, a_journal bigint)
returns boolean language sql stable as $back$
  select exists (select from public.ledger_ledgerjournal j
    where j.alliance_id = an_alliance and j.id = a_reversal and j.reverses_id = a_journal)
$back$;
create function public.performance_reverse_entry() returns trigger language plpgsql as $back$
begin
  if not public.performance_mirrors(new.alliance_id, new.reversal_id, new.journal_id) then
    raise exception 'an entry is reversed by the journal that reverses its own'
      using errcode = 'check_violation';
  end if;
  return new;
end $back$;
create trigger performance_reverse_entry before update on public.performance_fundentry
  for each row when (new.reversal_id is not null) execute function public.performance_reverse_entry();

create function public.performance_reverse_pot() returns trigger language plpgsql
  set enable_seqscan to off as $back$
begin
  if new.journal_id is not null
    and not public.performance_mirrors(new.alliance_id, new.reversal_id, new.journal_id)
    or not exists (select from public.performance_paypool p
        join public.ledger_ledgerjournal j on j.alliance_id = p.alliance_id and j.reverses_id = p.journal_id
       where p.alliance_id = new.alliance_id and p.id = new.pool_id) then
    raise exception 'a pot is reversed with its pool, by the journal that reverses its own'
      using errcode = 'check_violation';
  end if;
  if exists (select from public.performance_payline l
        join public.performance_payoutpart a on a.alliance_id = l.alliance_id and a.line_id = l.id
       where l.alliance_id = new.alliance_id and l.pot_id = new.id and a.ended_at is null)
    or exists (select from public.performance_payline l
        join public.performance_paydeduction d on d.alliance_id = l.alliance_id and d.line_id = l.id
       where l.alliance_id = new.alliance_id and l.pot_id = new.id)
    or exists (select from public.performance_paydue d
       where d.alliance_id = new.alliance_id and d.pot_id = new.id) then
    raise exception 'money of the pot stands in a lot, is paid, deducted or corrected'
      using errcode = 'check_violation', constraint = 'paypot_nothing_paid';
  end if;
  return new;
end $back$;
create trigger performance_reverse_pot before update on public.performance_paypot
  for each row when (new.state = 'reversed' and old.state <> 'reversed')
  execute function public.performance_reverse_pot();

create function public.performance_reverse_pool() returns trigger language plpgsql
  set enable_seqscan to off as $back$
begin
  if not public.performance_mirrors(new.alliance_id, new.reversal_id, new.journal_id)
    or exists (select from public.performance_paypot t
        where t.alliance_id = new.alliance_id and t.pool_id = new.id and t.state <> 'reversed') then
    raise exception 'a pool is reversed whole, by the journal that reverses its own'
      using errcode = 'check_violation';
  end if;
  return new;
end $back$;
create trigger performance_reverse_pool before update on public.performance_paypool
  for each row when (new.state = 'reversed' and old.state <> 'reversed')
  execute function public.performance_reverse_pool();

-- No correction comes to what went back: it holds the pot, as a reversal does.
create function public.performance_due_stands() returns trigger language plpgsql as $back$
begin
  perform from public.performance_paypot t
    where t.alliance_id = new.alliance_id and t.id = new.pot_id and t.state <> 'reversed' for share;
  if not found then
    raise exception 'the pot of this correction was reversed' using errcode = 'check_violation';
  end if;
  return new;
end $back$;
create trigger performance_due_stands before insert on public.performance_paydue
  for each row execute function public.performance_due_stands();
"""
# At COMMIT, when the setting of the transaction may already name nobody or somebody else (walls.md 2).
NEVER_ALONE = """
create function public.performance_never_alone() returns trigger language plpgsql
  set enable_seqscan to off as $back$
declare
  before text := coalesce(current_setting('app.alliance', true), ''); alone boolean;
begin
  perform set_config('app.alliance', new.alliance_id::text, true);
  alone := exists (select from public.performance_fundentry e
      where e.alliance_id = new.alliance_id and e.journal_id = new.reverses_id
        and e.reversal_id is distinct from new.id)
    or exists (select from public.performance_paypool p
      where p.alliance_id = new.alliance_id and p.journal_id = new.reverses_id
        and p.reversal_id is distinct from new.id)
    or exists (select from public.performance_paypot t
      where t.alliance_id = new.alliance_id and t.journal_id = new.reverses_id
        and t.reversal_id is distinct from new.id);
  perform set_config('app.alliance', before, true);
  if alone then
    raise exception 'what stands on journal % goes back with it', new.reverses_id
      using errcode = 'check_violation', constraint = 'ledger_reversal_never_alone';
  end if;
  return null;
end $back$;
create constraint trigger performance_never_alone after insert on public.ledger_ledgerjournal
  deferrable initially deferred for each row when (new.reverses_id is not null)
  execute function public.performance_never_alone();
"""
INSTALL = TOGETHER + NEVER_ALONE
REMOVE = """
drop trigger performance_never_alone on public.ledger_ledgerjournal;
drop function public.performance_never_alone();
drop trigger performance_due_stands on public.performance_paydue;
drop function public.performance_due_stands();
drop trigger performance_reverse_pool on public.performance_paypool;
drop function public.performance_reverse_pool();
drop trigger performance_reverse_pot on public.performance_paypot;
drop function public.performance_reverse_pot();
drop trigger performance_reverse_entry on public.performance_fundentry;
drop function public.performance_reverse_entry();
drop function public.performance_mirrors(bigint, bigint, bigint);
"""
