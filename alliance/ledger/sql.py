"""SQL of the ledger: the triggers that have the last word, and the lock postings take on their period.

Functions run with the rights of whoever writes (never SECURITY DEFINER) and name tables with their schema, so
that a temporary table cannot stand in for the real one. Source: walls.md section 2, N23-N28, N47.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from alliance.lib.canonical import Json
from alliance.tenancy.scope import current_alliance_id

# Before a head is written: its period is open and stays so until COMMIT (closing waits for the share lock);
# two different users answer for it (the CHECK on the head cannot see one user's two memberships).
ADMIT = """
create or replace function public.ledger_admit_journal() returns trigger language plpgsql as $ledger$
declare
  found text;
begin
  select p.state into found from public.ledger_period p
   where p.alliance_id = new.alliance_id and p.id = new.period_id for share;
  if found is distinct from 'open' then
    raise exception 'the period of this journal is not open'
      using errcode = 'check_violation', constraint = 'ledger_journal_period_open';
  end if;
  if not exists (
    select from public.alliance_membership a join public.alliance_membership b
        on b.alliance_id = a.alliance_id and b.user_id <> a.user_id
     where a.alliance_id = new.alliance_id and a.id = new.posted_by_id and b.id = new.confirmed_by_id) then
    raise exception 'a journal takes two different people'
      using errcode = 'check_violation', constraint = 'ledger_journal_two_people';
  end if;
  return new;
end $ledger$;
create trigger ledger_admit_journal before insert on public.ledger_ledgerjournal
  for each row execute function public.ledger_admit_journal();
"""

# Once per journal at COMMIT, when the setting of the transaction may already name nobody or somebody else.
BALANCE = """
create or replace function public.ledger_check_journal() returns trigger language plpgsql as $ledger$
declare
  before text := coalesce(current_setting('app.alliance', true), '');
  lines bigint; total numeric; debit numeric; mirrored boolean := true;
begin
  perform set_config('app.alliance', new.alliance_id::text, true);
  select count(*), coalesce(sum(e.fen), 0), coalesce(sum(e.fen) filter (where e.fen > 0), 0)
    into lines, total, debit
    from public.ledger_entry e where e.alliance_id = new.alliance_id and e.journal_id = new.id;
  if new.reverses_id is not null then
    mirrored := not exists (
      select from public.ledger_entry e
       where e.alliance_id = new.alliance_id and e.journal_id in (new.id, new.reverses_id)
       group by e.account_id having sum(e.fen) <> 0);
  end if;
  perform set_config('app.alliance', before, true);
  if lines <> new.entries_count or total <> 0 or debit <> new.debit_fen or not mirrored then
    raise exception 'journal % does not balance: % of % entries, sum % fen, debit % of % fen, mirrored %',
      new.id, lines, new.entries_count, total, debit, new.debit_fen, mirrored
      using errcode = 'check_violation', constraint = 'ledger_journal_balanced';
  end if;
  return null;
end $ledger$;
create constraint trigger ledger_check_journal after insert on public.ledger_ledgerjournal
  deferrable initially deferred for each row execute function public.ledger_check_journal();
"""

# Numbers run from 1 to the count in the head and are unique: a journal that has its entries has no room for
# more, in a later transaction or in the same one after the check above was called early.
COMPLETE = """
create or replace function public.ledger_refuse_addition() returns trigger language plpgsql as $ledger$
begin
  if exists (
    select from (select a.alliance_id, a.journal_id, max(a.number) as last from added a group by 1, 2) a
     where not exists (
       select from public.ledger_ledgerjournal j
        where j.alliance_id = a.alliance_id and j.id = a.journal_id and a.last <= j.entries_count)) then
    raise exception 'a posted journal takes no further entry'
      using errcode = 'check_violation', constraint = 'ledger_entry_journal_complete';
  end if;
  return null;
end $ledger$;
create trigger ledger_refuse_addition after insert on public.ledger_entry
  referencing new table as added for each statement execute function public.ledger_refuse_addition();
"""

# What the written rows point at stays what it was: a closed period, the owner of an account.
KEEP = """
create or replace function public.ledger_keep_period() returns trigger language plpgsql as $ledger$
begin
  if tg_op = 'UPDATE' and old.state = 'open'
    and (new.month, new.alliance_id) = (old.month, old.alliance_id) then
    return new;
  end if;
  raise exception 'a closed period stays as it is, and no period is deleted'
    using errcode = 'restrict_violation';
end $ledger$;
create trigger ledger_keep_period before update or delete on public.ledger_period
  for each row execute function public.ledger_keep_period();
create or replace function public.ledger_keep_account() returns trigger language plpgsql as $ledger$
begin
  if (to_jsonb(new) - 'name') <> (to_jsonb(old) - 'name') then
    raise exception 'an account may change its name only' using errcode = 'restrict_violation';
  end if;
  return new;
end $ledger$;
create trigger ledger_keep_account before update on public.ledger_account
  for each row execute function public.ledger_keep_account();
"""

# A fund gives what it holds. Money from outside comes in through accounts of sources, which stand below zero
# by what they gave; a fund never does. Postings that draw on one take turns, so that two cannot both fit.
COVERED = """
create function public.ledger_refuse_overdraft() returns trigger language plpgsql
  set enable_seqscan to off as $ledger$
declare
  owner bigint; giving bigint[];
begin
  select min(a.alliance_id), array_agg(distinct a.account_id) into owner, giving from added a
    join public.ledger_account c on c.alliance_id = a.alliance_id and c.id = a.account_id
   where a.fen < 0 and c.kind = 'fund';
  if giving is null then return null; end if;
  perform from public.ledger_account c where c.alliance_id = owner and c.id = any (giving)
    order by c.id for no key update;
  if exists (select from public.ledger_entry e where e.alliance_id = owner and e.account_id = any (giving)
      group by e.account_id having sum(e.fen) < 0) then
    raise exception 'a fund gives no more than it holds'
      using errcode = 'check_violation', constraint = 'ledger_account_covered';
  end if;
  return null;
end $ledger$;
create trigger ledger_refuse_overdraft after insert on public.ledger_entry
  referencing new table as added for each statement execute function public.ledger_refuse_overdraft();
"""
UNCOVERED = """
drop trigger ledger_refuse_overdraft on public.ledger_entry;
drop function public.ledger_refuse_overdraft();
"""

INSTALL = ADMIT + BALANCE + COMPLETE + KEEP
REMOVE = """
drop trigger ledger_admit_journal on public.ledger_ledgerjournal;
drop trigger ledger_check_journal on public.ledger_ledgerjournal;
drop trigger ledger_refuse_addition on public.ledger_entry;
drop trigger ledger_keep_period on public.ledger_period;
drop trigger ledger_keep_account on public.ledger_account;
drop function public.ledger_admit_journal();
drop function public.ledger_check_journal();
drop function public.ledger_refuse_addition();
drop function public.ledger_keep_period();
drop function public.ledger_keep_account();
"""

# All entries of a journal in one statement, whatever their number: no table of its own, no batches.
INSERT_ENTRIES = """
insert into ledger_entry
  (alliance_id, journal_id, number, account_id, fen, reason, evidence_kind, evidence_id)
select %s, %s, e.* from json_to_recordset(%s) as e (
  number integer, account_id bigint, fen bigint, reason jsonb, evidence_kind text, evidence_id bigint)
"""
SHARE_PERIOD = "select id, state from ledger_period where alliance_id = %s and month = %s for share"


@dataclass(frozen=True)
class HeldPeriod:
    """A period held by a share lock: it cannot be closed before this transaction ends."""

    id: int
    state: str


def share_period(month: date) -> HeldPeriod | None:
    """Lock the period of a month against closing until COMMIT; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE_PERIOD, [current_alliance_id(), month])
        row = cursor.fetchone()
    return HeldPeriod(*row) if row else None


def insert_entries(journal_id: int, rows: Sequence[dict[str, Json]]) -> None:
    """Write the entries of a journal of the alliance in scope; keys of a row are the columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_ENTRIES, [current_alliance_id(), journal_id, json.dumps(rows, ensure_ascii=False)]
        )
