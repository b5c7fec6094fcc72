"""SQL of referrals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

from alliance.lib.workdays import SHANGHAI
from alliance.tenancy.scope import current_alliance_id

# One row a day and alliance: the row lock orders those who log at the same moment. Numbers taken over
# with past referrals of the day count as given.
NEXT_NUMBER = """
insert into referrals_referralnumber as counter (alliance_id, day, last)
select %(alliance)s, %(day)s, coalesce(max(substring(number from %(digits)s)::int), 0) + 1
from referrals_referral where logged_at >= %(begin)s and logged_at < %(end)s and number ~ %(shape)s
on conflict (alliance_id, day) do update set last = greatest(counter.last + 1, excluded.last)
returning last
"""


def next_number(day: date, prefix: str) -> int:
    """Take the next running number of a local day, from 1; numbers of the day read `prefix` and digits."""
    begin = datetime.combine(day, time(), SHANGHAI)
    values: dict[str, Any] = {
        "alliance": current_alliance_id(), "day": day, "digits": len(prefix) + 1,
        "begin": begin, "end": begin + timedelta(days=1), "shape": f"^{prefix}[0-9]{{1,8}}$",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, values)
        return int(cursor.fetchone()[0])


def walk(state: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
    """Take many referrals one step to `state`; rows are (id, value of each column). Returns how many."""
    if not rows:
        return 0
    given = [f"c{number}" for number in range(len(columns))]
    changes = SQL(", ").join(
        SQL("{} = given.{}").format(Identifier(column), Identifier(name))
        for column, name in zip(columns, given, strict=True)
    )
    statement = SQL(
        "update referrals_referral r set state = {}, version = version + 1, {} "
        "from unnest(%s::bigint[], {}) as given (id, {}) where r.id = given.id and r.alliance_id = %s"
    ).format(
        Literal(state),
        changes,
        SQL(", ").join(
            SQL("%s::timestamptz[]" if name.endswith("_at") else "%s::text[]") for name in columns
        ),
        SQL(", ").join(Identifier(name) for name in given),
    )
    by_column = [list(values) for values in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*by_column, current_alliance_id()])
        return int(cursor.rowcount)
