"""SQL of the ground that the ORM cannot say: a claim by constraint, and the roster's sum."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg.sql import SQL, Composed, Identifier

from alliance.tenancy.scope import current_alliance_id

# The partial unique index job_once refuses a second live job; DO NOTHING lets the caller read the first.
INSERT_JOB = """
insert into alliance_job (alliance_id, kind, dedupe, arguments, state, attempt, stuck, fence, inputs_digest,
                          chunks_done, progress_text, result, error, created_by_id, created_at, rung_at)
values (%s, %s, %s, %s, 'queued', 0, 0, 0, '', 0, '', '{}', '', %s, now(), now())
on conflict do nothing returning id
"""

# One person's shares of one month sum to at most 1 (practice.md section 1).
ROSTER_TRIGGER = """
create function roster_share_sum() returns trigger language plpgsql as $roster$
declare total numeric;
begin
  perform set_config('app.alliance', new.alliance_id::text, true);
  select sum(share) into total from alliance_rosterrow
   where alliance_id = new.alliance_id and month = new.month and staff_id = new.staff_id;
  if total > 1 then
    raise exception 'shares of one person in % sum to %, more than 1', to_char(new.month, 'YYYY-MM'), total
      using errcode = 'check_violation', constraint = 'roster_share_sum';
  end if;
  return null;
end $roster$;
create constraint trigger roster_share_sum after insert or update on alliance_rosterrow
  deferrable initially immediate for each row execute function roster_share_sum();
"""
# The percent an alliance decided lies, on every day, within the range decided for that day (S3-39).
WITHIN = """
create function public.alliance_parameter_within() returns trigger language plpgsql as $within$
begin
  if exists (
      with dated as (
        select key, value, from_date,
               coalesce(lead(from_date) over (partition by key order by from_date), 'infinity') as until
          from alliance_parameter
         where alliance_id = new.alliance_id and level = ''
           and key in ('cp.fee_return', 'cp.fee_return_percent'))
      select from dated one join dated span on one.key <> span.key and span.key = 'cp.fee_return'
         and one.from_date < span.until and span.from_date < one.until
       where (one.value #>> '{}')::numeric
             not between (span.value ->> 'min')::numeric and (span.value ->> 'max')::numeric) then
    raise exception 'parameter_within: the percent decided lies within the range of its days'
      using errcode = 'check_violation', constraint = 'parameter_within';
  end if;
  return null;
end $within$;
create trigger alliance_parameter_within after insert or update on public.alliance_parameter
  for each row when (new.key in ('cp.fee_return', 'cp.fee_return_percent'))
  execute function public.alliance_parameter_within();
"""
NOT_WITHIN = """
drop trigger alliance_parameter_within on public.alliance_parameter;
drop function public.alliance_parameter_within();
"""
# So far the lower bound of the range was paid: alliances that are at work go on so until they decide.
LEAST_SO_FAR = """
alter table public.alliance_parameter no force row level security;
insert into public.alliance_parameter
  (alliance_id, key, value, level, from_date, decided_by, source, created_at)
select alliance_id, 'cp.fee_return_percent', value -> 'min', level, from_date, decided_by, source, now()
  from public.alliance_parameter where key = 'cp.fee_return' and level = ''
on conflict do nothing;
set constraints all immediate;
alter table public.alliance_parameter force row level security;
"""
DROP_ROSTER_TRIGGER = "drop function roster_share_sum() cascade"


# What the sealer must know before it chains rows in order of id: the last ids handed out, and who is writing.
# A
# writer holds its table's lock from before it takes an id until it ends, so nobody else can still bring such
# an id.
HANDED_OUT = """
select coalesce(pg_sequence_last_value(pg_get_serial_sequence('alliance_journal', 'id')), 0),
       coalesce(pg_sequence_last_value(pg_get_serial_sequence('alliance_platformjournal', 'id')), 0)
"""
WRITERS = """
select distinct virtualtransaction from pg_locks
where locktype = 'relation' and mode = 'RowExclusiveLock' and granted and pid <> pg_backend_pid()
  and database = (select oid from pg_database where datname = current_database())
  and relation in ('alliance_journal'::regclass, 'alliance_platformjournal'::regclass)
"""
FILL_SEALS = """
update {table} set seal = made.seal from unnest(%s::bigint[], %s::bytea[]) as made (id, seal)
where {table}.id = made.id
"""


def journal_ids() -> tuple[int, int]:
    """The last ids handed out to the alliances' journal and to the platform's."""
    with connection.cursor() as cursor:
        cursor.execute(HANDED_OUT)
        journal, platform = cursor.fetchone()
    return int(journal), int(platform)


def journal_writers() -> set[str]:
    """The other transactions of this database that are writing a journal now."""
    with connection.cursor() as cursor:
        cursor.execute(WRITERS)
        return {str(name) for (name,) in cursor.fetchall()}


def fill_seals(table: str, ids: list[int], seals: list[bytes]) -> int:
    """Fill the seals of journal rows, once; return how many were filled."""
    with connection.cursor() as cursor:
        cursor.execute(SQL(FILL_SEALS).format(table=Identifier(table)), [ids, seals])
        return int(cursor.rowcount)


def own_sign_in(user: int) -> None:
    """Name, for the rest of this transaction, who changes the own password after giving the old one: nobody
    else's hand is taken for theirs (complaints.sql_box, the keepers of the sealed box).
    """
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.own_sign_in', %s, true)", [str(user)])


def insert_job(
    alliance_id: int, kind: str, dedupe: str, arguments: dict[str, Any], by: int | None
) -> int | None:
    """Insert a queued job; return its id, or None when a live one of the same key exists."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT_JOB, [alliance_id, kind, dedupe, json.dumps(arguments), by])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


@contextmanager
def copied(table: str, columns: list[str]) -> Iterator[Copied]:
    """Store lines in the text form of COPY; they are inserted when the block ends without an error.

    COPY is refused under row security: the lines go into a temporary table, while the caller makes the next
    ones, and from there by INSERT ... SELECT. No other query may run inside the block.
    """
    names = SQL(", ").join(Identifier(name) for name in columns)
    draft, found = Identifier(f"draft_{table}"), Copied()
    with connection.cursor() as cursor:
        _make_draft(cursor, table, draft, names)
        with cursor.copy(SQL("copy {} ({}) from stdin").format(draft, names)) as pipe:
            found.write = pipe.write
            yield found
        found.stored = _insert_draft(cursor, table, draft, names, "")


class Copied:
    """Where the lines go, and afterwards how many rows were stored."""

    write: Callable[[bytes], None]
    stored = 0


def _make_draft(cursor: Any, table: str, draft: Identifier, names: Composed) -> None:
    cursor.execute(SQL("drop table if exists pg_temp.{}").format(draft))
    cursor.execute(
        SQL("create temporary table {} on commit drop as select {} from {} with no data").format(
            draft, names, Identifier(table)
        )
    )
    # A draft is read once: wide rows are not worth compressing.
    cursor.execute(SQL("alter table pg_temp.{} set (toast_tuple_target = 8160)").format(draft))


def _insert_draft(cursor: Any, table: str, draft: Identifier, names: Composed, conflict: str) -> int:
    # A trigger that proves keys by statement sees all new rows at once: thousands of them stay in memory.
    cursor.execute("set local work_mem = '64MB'")
    cursor.execute(
        SQL("insert into {} (alliance_id, {}) select %s, {} from {} {}").format(
            Identifier(table), names, names, draft, SQL(conflict)
        ),
        [current_alliance_id()],
    )
    stored = int(cursor.rowcount)
    cursor.execute("set local work_mem to default")
    cursor.execute(SQL("drop table pg_temp.{}").format(draft))
    return stored


def copy_rows(
    table: str, columns: list[str], rows: Iterable[Sequence[object]], *, keep_first: bool = False
) -> int:
    """Insert many rows of the alliance in scope and return how many were stored.

    COPY is refused under row security: the rows go into a temporary table and from there by INSERT ...
    SELECT. `keep_first` leaves rows alone that are already there (ON CONFLICT DO NOTHING).
    """
    names = SQL(", ").join(Identifier(name) for name in columns)
    # All of the chunk at once: a query made by a lazy row would wait for ever inside COPY.
    made = list(rows)
    draft = Identifier(f"draft_{table}")
    with connection.cursor() as cursor:
        _make_draft(cursor, table, draft, names)
        with cursor.copy(SQL("copy {} ({}) from stdin").format(draft, names)) as pipe:
            for row in made:
                pipe.write_row(row)
        conflict = "on conflict do nothing" if keep_first else ""
        return _insert_draft(cursor, table, draft, names, conflict)
