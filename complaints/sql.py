"""SQL of complaints: running numbers, the clocks' claims, how a transaction opens a link or the box."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from alliance import roles
from alliance.tenancy.scope import current_alliance_id
from complaints import machine

# One row a day and alliance: the row lock orders those who complain at the same moment.
NEXT_NUMBER = """
insert into complaints_complaintnumber as counter (alliance_id, day, last) values (%(alliance)s, %(day)s, 1)
on conflict (alliance_id, day) do update set last = counter.last + 1 returning last
"""

# Who holds the complaint office of a level at this moment, by name; `p` is the institution complained of.
OFFICE = """coalesce((
         select left(string_agg(u.name, '、' order by u.name), 500)
           from alliance_membership m join alliance_user u on u.id = m.user_id
          where m.alliance_id = p.alliance_id and m.is_active and u.is_active
            and m.roles && %(roles)s::varchar[]
            and case when {level} = 'institution' then m.institution_id in (p.id, p.parent_id)
                     else m.institution_id is null end), '')"""
LEVEL_UP = "case when c.level = 'department' then 'institution' else 'alliance' end"

# What a clock claims it alone has claimed: a second run, or a second worker, meets the unique key.
ESCALATE = f"""
insert into complaints_escalation
  (alliance_id, complaint_id, round, clock, "when", level, due_at, at, by_id, reason, told)
select c.alliance_id, c.id, c.round, %(clock)s, %(when)s, {LEVEL_UP},
       case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end, %(now)s, null, '',
       {OFFICE.format(level=LEVEL_UP)}
from complaints_complaint c join alliance_institution p on p.id = c.institution_id
where c.alliance_id = %(alliance)s and c.state = any(%(states)s)
  and case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end {{sooner}} %(until)s
  and case when %(clock)s = 'first' then c.first_due_at else c.result_due_at end {{later}} %(now)s
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
        "now": now, "roles": _office_roles(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(int(pk), str(level)) for pk, level in cursor.fetchall()]


def _office_roles() -> list[str]:
    return sorted(code for code in roles.roles() if roles.allows([code], machine.HANDLE))


def office_of(institution: int, level: str) -> str:
    """The names of who holds the complaint office of a level for an institution now."""
    office = OFFICE.format(level="%(level)s")
    statement = f"select {office} from alliance_institution p where p.id = %(place)s"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"level": level, "place": institution, "roles": _office_roles()})
        return str(cursor.fetchone()[0])


def open_link(link_hash: str) -> None:
    """Let the rest of this transaction take the word of the person with this private link."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.complaint_link', %s, true)", [link_hash])


def set_box(state: str) -> str:
    """Open the sealed box for the rest of this transaction: "m:<membership>" for a keeper, "k:<hash>" for the
    one report of a link or of a form; "" shuts it. Returns what it was.
    """
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.sealed_box', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute("select set_config('app.sealed_box', %s, true)", [state])
    return str(before)


def box_now() -> datetime:
    """The clock by which the database opens the box."""
    with connection.cursor() as cursor:
        cursor.execute("select sealed_box_now()")
        found: datetime = cursor.fetchone()[0]
    return found


def box_standing(membership: int) -> bool:
    """Whether a member's appointment to the sealed box stands now."""
    with connection.cursor() as cursor:
        cursor.execute("select sealed_box_standing(%s)", [membership])
        return bool(cursor.fetchone()[0])
