"""SQL of the walls: statements that raise them and questions to the catalog that check them."""

from __future__ import annotations

from typing import Any

from psycopg.sql import SQL, Composed, Identifier, Literal

Statement = Composed | SQL


def rows(cursor: Any) -> list[dict[str, object]]:
    """Fetch all rows as dictionaries by column name."""
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def lock_timeout(value: str) -> Statement:
    """A long reader must not make a schema change queue everybody behind it (N43)."""
    return SQL("select set_config('lock_timeout', {}, false)").format(Literal(value))


def revoke_all(role: str) -> Statement:
    """Begin from nothing: what is not granted below is not granted."""
    return SQL(
        "revoke all on all tables in schema public from {role}, public;"
        "grant usage on schema public to {role};"
        "revoke create on schema public from {role}, public;"
        "grant usage on all sequences in schema public to {role};"
    ).format(role=Identifier(role))


def grant_if_exists(table: str, grant: str, role: str) -> Statement:
    """Grant on a table that an installed app may or may not have made."""
    if not grant:
        return SQL("select 1")
    statement = SQL("grant {} on {} to {}").format(SQL(grant), Identifier(table), Identifier(role))
    return SQL(
        "do $wall$ begin if to_regclass({name}) is not null then {statement}; end if; end $wall$"
    ).format(name=Literal(table), statement=statement)


def raise_wall(table: str, policy: str, sees: str, writes: str, grant: str, role: str) -> Statement:
    """Row security, unique (alliance_id, id), ids by the database alone, grants."""
    return SQL(
        "alter table {table} enable row level security;"
        "alter table {table} force row level security;"
        "drop policy if exists {policy} on {table};"
        "create policy {policy} on {table} for all using ({sees}) with check ({writes});"
        "do $wall$ begin"
        " if not exists (select 1 from pg_constraint"
        "   where conname = {unique_text} and conrelid = {name}::regclass) then"
        "  alter table {table} add constraint {unique} unique (alliance_id, id);"
        " end if;"
        " if exists (select 1 from pg_attribute"
        "   where attrelid = {name}::regclass and attname = 'id' and attidentity = 'd') then"
        "  alter table {table} alter column id set generated always;"
        " end if; end $wall$;"
        "grant {grant} on {table} to {role};"
    ).format(
        table=Identifier(table),
        name=Literal(table),
        policy=Identifier(policy),
        sees=SQL(sees),
        writes=SQL(writes),
        unique=Identifier(f"{table}_wall"[:63]),
        unique_text=Literal(f"{table}_wall"[:63]),
        grant=SQL(grant),
        role=Identifier(role),
    )


def composite_key(table: str, column: str, parent: str) -> Statement:
    """`(alliance_id, x_id)` beside Django's own key: two rows of different alliances cannot be linked."""
    name = f"{table}_{column}_wall"[:63]
    return SQL(
        "do $wall$ begin"
        " if not exists (select 1 from pg_constraint"
        "   where conname = {text} and conrelid = {table_text}::regclass) then"
        "  alter table {table} add constraint {name} foreign key (alliance_id, {column})"
        "   references {parent} (alliance_id, id) deferrable initially deferred;"
        " end if; end $wall$"
    ).format(
        text=Literal(name),
        table_text=Literal(table),
        table=Identifier(table),
        name=Identifier(name),
        column=Identifier(column),
        parent=Identifier(parent),
    )


def grant_backup() -> Statement:
    """The backup role reads everything (BYPASSRLS) and writes nothing."""
    return SQL(
        "do $wall$ begin if exists (select 1 from pg_roles where rolname = 'xietong_backup_ro') then"
        " grant usage on schema public to xietong_backup_ro;"
        " grant select on all tables in schema public to xietong_backup_ro; end if; end $wall$"
    )


# Every relation that can hold rows, by the catalog: tables, partitions, views.
RELATIONS = """
select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       c.relispartition as is_partition,
       (select count(*) from pg_policy p where p.polrelid = c.oid) as policies,
       (select min(p.polname) from pg_policy p where p.polrelid = c.oid and p.polcmd = '*') as policy,
       (select min(pg_get_expr(p.polqual, p.polrelid)) from pg_policy p where p.polrelid = c.oid) as using,
       (select min(pg_get_expr(p.polwithcheck, p.polrelid)) from pg_policy p where p.polrelid = c.oid) as
       checks, (select array_agg(x.privilege_type) from aclexplode(c.relacl) x
         where x.grantee = 0 or x.grantee = (select oid from pg_roles where rolname = %(role)s)) as grants,
       coalesce((select a.attnotnull from pg_attribute a where a.attrelid = c.oid and a.attname =
       'alliance_id'), false)
         as alliance_not_null,
       (select nullif(a.attidentity::text, '') from pg_attribute a where a.attrelid = c.oid and a.attname =
       'id') as id_kind
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p')
order by c.relname
"""

KEYS = """
select k.conrelid::regclass::text as name, k.contype::text as kind, k.confrelid::regclass::text as parent,
       (select string_agg(a.attname, ',' order by u.place)
          from unnest(k.conkey) with ordinality u(number, place)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number) as columns
from pg_constraint k where k.conrelid = any(%(tables)s::regclass[]) and k.contype in ('f', 'u')
union all
select i.indrelid::regclass::text, 'u', '-', (select string_agg(a.attname, ',') from pg_attribute a
  where a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[]))
from pg_index i
where i.indrelid = any(%(tables)s::regclass[]) and i.indisunique and not i.indisprimary
"""

ROLE_FLAGS = """
select fault from (
  select unnest(array[
    case when r.rolsuper then 'is a superuser' end,
    case when r.rolbypassrls then 'bypasses row security' end,
    case when r.rolcreaterole or r.rolcreatedb then 'may create roles or databases' end,
    case when exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where c.relowner = r.oid and n.nspname = 'public') then 'owns a relation' end,
    case when exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where n.nspname = 'public' and c.relkind = 'r' and has_table_privilege(r.oid, c.oid,
                       'TRUNCATE'))
         then 'may truncate' end
  ]) as fault from pg_roles r where r.rolname = %(role)s) faults where fault is not null
"""

# Views without security_invoker, materialized views and SECURITY DEFINER functions see past the wall.
LEAKS = """
select c.relname as name, 'a view that does not ask with its reader''s rights' as fault
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('v', 'm')
  and not coalesce('security_invoker=true' = any(c.reloptions), false)
union all
select p.proname, 'a function that runs with its owner''s rights'
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = 'public' and p.prosecdef
"""


# Declared checks over a column that may be empty, not yet stored as `(...) IS TRUE`.
LOOSE_CHECKS = """
select k.conname as name, pg_get_expr(k.conbin, k.conrelid) as condition
from pg_constraint k
where k.conrelid = %(table)s::regclass and k.contype = 'c' and k.conname = any(%(names)s)
  and k.coninhcount = 0 and pg_get_expr(k.conbin, k.conrelid) not like '%% IS TRUE)'
  and exists (select 1 from pg_attribute a
              where a.attrelid = k.conrelid and a.attnum = any(k.conkey) and not a.attnotnull)
order by k.conname
"""


def strict_checks(table: str, names: list[str]) -> Statement:
    """Store each of these checks so that only a condition that is true lets a row in."""
    loose = LOOSE_CHECKS.replace("%%", "%").replace("%(table)s", "{name}").replace("%(names)s", "{names}")
    return SQL(
        "do $check$ declare one record; begin for one in " + loose + " loop"
        " execute format('alter table %I drop constraint %I, add constraint %I check ((%s) is true)',"
        "  {name}, one.name, one.name, one.condition);"
        " end loop; end $check$"
    ).format(name=Literal(table), names=Literal(names))


def state_trigger(table: str, column: str, initial: str, steps: tuple[tuple[str, str], ...]) -> Statement:
    """INSERT only in the first state, UPDATE only along a declared step."""
    pairs = [f"{before}>{after}" for before, after in steps]
    return SQL(
        "create or replace function {function}() returns trigger language plpgsql as $state$ begin"
        " if tg_op = 'INSERT' then"
        "  if new.{column} <> {initial} then"
        "   raise exception 'a row of % begins as %, not as %', tg_table_name, {initial}, new.{column}"
        "    using errcode = 'check_violation'; end if;"
        " elsif new.{column} <> old.{column}"
        "   and not (old.{column} || '>' || new.{column} = any({pairs}::text[])) then"
        "  raise exception 'no step of % leads from % to %', tg_table_name, old.{column}, new.{column}"
        "   using errcode = 'check_violation'; end if;"
        " return new; end $state$;"
        "create or replace trigger {trigger} before insert or update on {table}"
        " for each row execute function {function}();"
    ).format(
        function=Identifier(f"{table}_{column}_steps"[:63]),
        trigger=Identifier(f"{table}_{column}_steps"[:63]),
        table=Identifier(table),
        column=Identifier(column),
        initial=Literal(initial),
        pairs=Literal(pairs),
    )


def append_only_trigger(table: str, fill_once: tuple[str, ...], discardable: bool) -> Statement:
    """No UPDATE, DELETE, TRUNCATE for anyone; but a column of `fill_once` may go from NULL to a value, and
    rows that are `discardable` may be deleted.
    """
    name = Identifier(f"{table}_append_only"[:63])
    return SQL(
        "create or replace function {name}() returns trigger language plpgsql as $append$ begin"
        " if tg_op = 'UPDATE' then"
        "  if to_jsonb(new) - {columns}::text[] = to_jsonb(old) - {columns}::text[]"
        "   and (select bool_and(to_jsonb(old) -> c = 'null'::jsonb"
        "                        or to_jsonb(old) -> c = to_jsonb(new) -> c)"
        "          from unnest({columns}::text[]) c) then return new; end if; end if;"
        " raise exception 'rows of % are written once', tg_table_name using errcode = 'restrict_violation';"
        " end $append$;"
        "create or replace trigger {name} before {changes} on {table}"
        " for each row execute function {name}();"
        "create or replace trigger {truncate} before truncate on {table}"
        " for each statement execute function {name}();"
    ).format(
        name=name,
        table=Identifier(table),
        changes=SQL("update" if discardable else "update or delete"),
        truncate=Identifier(f"{table}_no_truncate"[:63]),
        columns=Literal(list(fill_once)),
    )


def grant_columns(table: str, columns: tuple[str, ...], role: str) -> Statement:
    """Let the application fill the columns that may be filled later."""
    return SQL("grant update ({}) on {} to {}").format(
        SQL(", ").join(Identifier(column) for column in columns), Identifier(table), Identifier(role)
    )
