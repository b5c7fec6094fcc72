"""SQL of referrals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import connection

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
    values = {
        "alliance": current_alliance_id(), "day": day, "digits": len(prefix) + 1,
        "begin": begin, "end": begin + timedelta(days=1), "shape": f"^{prefix}[0-9]{{1,8}}$",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, values)
        return int(cursor.fetchone()[0])
