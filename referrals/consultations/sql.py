"""SQL of consultations."""

from __future__ import annotations

from datetime import date

from django.db import connection

from alliance.tenancy.scope import current_alliance_id

# One row a day and alliance: the row lock orders those who ask at the same moment.
NEXT_NUMBER = """
insert into consultations_consultationnumber as counter (alliance_id, day, last)
values (%(alliance)s, %(day)s, %(many)s)
on conflict (alliance_id, day) do update set last = counter.last + %(many)s
returning last
"""


def next_number(day: date, many: int = 1) -> int:
    """Take the next `many` running numbers of a local day, from 1; returns the first of them."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, {"alliance": current_alliance_id(), "day": day, "many": many})
        return int(cursor.fetchone()[0]) - many + 1
