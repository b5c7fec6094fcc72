"""SQL of complaints: running numbers, the clocks' claims, the lock of the sealed box."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from alliance.tenancy.scope import current_alliance_id

# One row a day and alliance: the row lock orders those who complain at the same moment.
NEXT_NUMBER = """
insert into complaints_complaintnumber as counter (alliance_id, day, last) values (%(alliance)s, %(day)s, 1)
on conflict (alliance_id, day) do update set last = counter.last + 1 returning last
"""

# What a clock claims it alone has claimed: a second run, or a second worker, meets the unique key.
ESCALATE = """
insert into complaints_escalation
  (alliance_id, complaint_id, round, clock, "when", level, due_at, at, by_id, reason)
select c.alliance_id, c.id, c.round, %(clock)s, %(when)s,
       case when c.level = 'department' then 'institution' else 'alliance' end,
       case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end, %(now)s, null, ''
from complaints_complaint c
where c.alliance_id = %(alliance)s and c.state = any(%(states)s)
  and case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end {sooner} %(until)s
  and case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end {later} %(now)s
order by c.id
on conflict do nothing
returning complaint_id, level
"""


def next_number(day: date) -> int:
    """Take the next running number of a local day, from 1."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, {"alliance": current_alliance_id(), "day": day})
        return int(cursor.fetchone()[0])


def escalate(
    clock: str, when: str, states: list[str], until: datetime, now: datetime
) -> list[tuple[int, str]]:
    """Claim every complaint in these states whose limit lies at `until` or before; for "before" only limits
    that are not over at `now`. Returns (complaint, level it goes to), each once a round.
    """
    before = when == "before"
    statement = ESCALATE.format(sooner="<=" if before else "<", later=">=" if before else "<")
    values: dict[str, Any] = {
        "alliance": current_alliance_id(), "clock": clock, "when": when, "states": states, "until": until,
        "now": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(int(pk), str(level)) for pk, level in cursor.fetchall()]


def set_box(state: str) -> str:
    """Open ("open") or shut ("") the sealed box for the rest of this transaction; returns what it was."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.sealed_box', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute("select set_config('app.sealed_box', %s, true)", [state])
    return str(before)
