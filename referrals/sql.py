"""SQL of referrals."""

from __future__ import annotations

from datetime import date

from django.db import connection

from alliance.tenancy.scope import current_alliance_id

# One row a day and alliance: the row lock orders those who log at the same moment.
NEXT_NUMBER = """
insert into referrals_referralnumber (alliance_id, day, last) values (%(alliance)s, %(day)s, 1)
on conflict (alliance_id, day) do update set last = referrals_referralnumber.last + 1
returning last
"""


def next_number(day: date) -> int:
    """Take the next running number of a day in the alliance in scope, from 1."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, {"alliance": current_alliance_id(), "day": day})
        return int(cursor.fetchone()[0])
