"""SQL of keys proved by statement: triggers that prove, guards of the parents, and what the catalog says.

Functions run with the rights of whoever writes (never SECURITY DEFINER) and name tables with their schema.
Source: walls.md sections 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL, Composed, Identifier, Literal

Keys = tuple[tuple[str, str], ...]  # (column, parent table)

# A plan is kept for the session, made for one row or for many: it must ask the parent's index in both cases.
SETTINGS = ("search_path=pg_catalog, pg_temp", "enable_seqscan=off", "enable_sort=off", "jit=off")


@dataclass(frozen=True)
class Triggers:
    """Triggers of one table that share a function: name -> when it fires."""

    table: str
    function: str
    body: Composed
    fires: dict[str, str]
    purpose: str  # what is lost without them


# The tenants themselves: the only parent that is not a row of an alliance.
ALLIANCE = "alliance_alliance"

# Row security shows the parents of one alliance at a time. The rows name it, not the transaction: what is
# proved must not depend on who writes. The rows may be wide: they are read once an alliance, for all keys.
# OFFSET 0 keeps one look into the index for each different key, and the order asked for is one that only an
# index of ids has: while statistics take an alliance for empty, any index that begins with it seems as good.
_PROOF = """
declare
  before text := coalesce(current_setting('app.alliance', true), '');
  place bigint;
  named record;
  absent bigint;
begin
  for place in {places} loop
    perform set_config('app.alliance', place::text, true);
    select {named} into named from {rows} a where a.alliance_id = place;
    {parts}
  end loop;
  perform set_config('app.alliance', before, true);
  {end}
end """
_PART = """
    select k.key into absent from unnest(named.{column}) as k (key)
     where k.key is not null and not exists (
       select from only public.{parent} p where {same} order by p.id limit 1 offset 0)
     limit 1;
    if found then
      raise exception 'rows of % name % %, which is not in % of their alliance',
        {table_text}, {column_text}, absent, {parent_text}
        using errcode = 'foreign_key_violation', constraint = {name}, table = {table_text},
              column = {column_text};
    end if;
"""
_SAME_ALLIANCE = "p.id = k.key"
_SAME = "p.alliance_id = place and p.id between k.key and k.key"
_REFUSE = """
begin
  raise exception 'rows of % stay, under their id and alliance: others name them', tg_table_name
    using errcode = 'restrict_violation';
end """


def key_name(table: str, column: str) -> str:
    """The name of a key, whichever way it is held."""
    return f"{table}_{column}_wall"[:63]


def _body(table: str, keys: Keys, *, places: str, rows: Composed | SQL, end: str) -> Composed:
    parts = [
        SQL(_PART).format(
            column=Identifier(column),
            parent=Identifier(parent),
            same=SQL(_SAME_ALLIANCE if parent == ALLIANCE else _SAME),
            name=Literal(key_name(table, column)),
            table_text=Literal(table),
            column_text=Literal(column),
            parent_text=Literal(parent),
        )
        for column, parent in keys
    ]
    named = [SQL("array_agg(distinct a.{0}) as {0}").format(Identifier(column)) for column, _parent in keys]
    return SQL(_PROOF).format(
        places=SQL(places),  # type: ignore[arg-type]
        named=SQL(", ").join(named),
        rows=rows,
        parts=SQL("").join(parts),
        end=SQL(end),  # type: ignore[arg-type]
    )


def proving(table: str, keys: Keys) -> Triggers:
    """After each INSERT and UPDATE, prove the keys of all its rows."""
    name = f"{table}_keys"[:55]
    return Triggers(
        table,
        name,
        _body(
            table,
            keys,
            places="select distinct a.alliance_id from added a",
            rows=SQL("added"),
            end="return null;",
        ),
        {
            f"{name}_in": f"after insert on {table} referencing new table as added for each statement",
            f"{name}_up": f"after update on {table} referencing new table as added for each statement",
        },
        "nothing proves its keys",
    )


def guards(parent: str) -> Triggers:
    """Refuse for everyone what would take a parent away from the rows that name it."""
    name = f"{parent}_stays"[:55]
    changed = "old.id <> new.id" + ("" if parent == ALLIANCE else " or old.alliance_id <> new.alliance_id")
    return Triggers(
        parent,
        name,
        SQL(_REFUSE).format(),
        {
            f"{name}_id": f"after update on {parent} for each row when ({changed})",
            f"{name}_row": f"before delete on {parent} for each row",
            f"{name}_all": f"before truncate on {parent} for each statement",
        },
        "rows that others name could go",
    )


def create(wanted: Triggers, link: Any) -> Iterator[Composed]:
    """The function, then its triggers; one that was switched off is switched on."""
    settings = SQL(" ").join(
        SQL("set {} to {}").format(SQL(key), SQL(value))  # type: ignore[arg-type]
        for key, value in (setting.split("=") for setting in SETTINGS)
    )
    yield SQL(
        "create or replace function public.{}() returns trigger language plpgsql security invoker {} as {}"
    ).format(Identifier(wanted.function), settings, Literal(wanted.body.as_string(link)))
    for name, fires in wanted.fires.items():
        yield SQL("create or replace trigger {} {} execute function public.{}()").format(
            Identifier(name),
            SQL(fires),  # type: ignore[arg-type]
            Identifier(wanted.function),
        )
        yield SQL("alter table public.{} enable trigger {}").format(
            Identifier(wanted.table), Identifier(name)
        )


def proof(table: str, keys: Keys) -> Composed:
    """Prove the rows that are there already, alliance by alliance; raises like the trigger."""
    rows = SQL("public.{}").format(Identifier(table))
    places = "select id from public.alliance_alliance"
    return SQL("do $proof$ {} $proof$").format(_body(table, keys, places=places, rows=rows, end=""))


def lock(table: str) -> Composed:
    """Nobody writes between the proof and the trigger."""
    return SQL("lock table public.{} in share row exclusive mode").format(Identifier(table))


def drop_key(table: str, column: str) -> Composed:
    """Take a row-wise key away that the trigger holds now."""
    return SQL("alter table public.{} drop constraint {}").format(
        Identifier(table), Identifier(key_name(table, column))
    )


KEYS_BY_ROW = """
select conname, convalidated from pg_constraint
where conrelid = %(table)s::regclass and conname = any(%(names)s) and contype = 'f'
"""
# Rows written into a partition or an inheriting table by its own name fire no trigger of this one.
PLAIN = """
select c.relkind = 'r' and not exists (
  select from pg_inherits i where c.oid in (i.inhparent, i.inhrelid))
from pg_class c where c.oid = %(table)s::regclass
"""
STANDING = """
select t.tgname, t.tgenabled in ('O', 'A'), pg_get_triggerdef(t.oid), p.prosrc, p.proconfig, p.prosecdef
from pg_trigger t join pg_proc p on p.oid = t.tgfoid
where t.tgrelid = %(table)s::regclass and not t.tgisinternal
"""
