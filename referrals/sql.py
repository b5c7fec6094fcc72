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


# Of what was submitted to each institution in a stretch of time: how many, answered, in time, declined, and
# the median minutes to the answer; `undecided`: neither answered nor due at the instant `now`. Clocks as in
# referrals.models.queries.
TURNAROUND = """
select target_institution_id as institution, count(*) as received, count(answered_at) as answered,
  count(*) filter (where answered_at is not null and state not in ('declined', 'diverted')
    and (answered_at < answer_due_at or (answered_at = answer_due_at and answer_rule ~ '^[MH]'))) as in_time,
  count(*) filter (where state = 'declined') as declined,
  count(*) filter (where state = 'returned' or state = 'submitted'
    and (answer_due_at > %(now)s or (answer_due_at = %(now)s and answer_rule ~ '^[MH]'))) as undecided,
  percentile_cont(0.5) within group (order by extract(epoch from answered_at - logged_at) / 60)
    filter (where answered_at is not null) as median_minutes
from referrals_referral
where alliance_id = %(alliance)s and logged_at >= %(begin)s and logged_at < %(end)s
  and target_institution_id is not null
group by target_institution_id
"""


def turnaround(begin: datetime, end: datetime, now: datetime) -> list[dict[str, Any]]:
    """One row for each institution that received a referral in the time."""
    return fetch(TURNAROUND, begin=begin, end=end, now=now)


def fetch(statement: str, **values: Any) -> list[dict[str, Any]]:
    """The rows of a statement by column name, in the alliance in scope."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"alliance": current_alliance_id(), **values})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# Down, arrived, and up again with the same three characters within the days: both of the pair. Days are
# calendar days in Shanghai from the arrival below to the new referral. Then who arrived and of whom neither
# treatment nor follow-up is known.
SUSPECTS = """
with pairs as (
  select d.id as down, u.id as up, d.arrived_at as down_at, u.arrived_at as up_at,
         (u.logged_at at time zone 'Asia/Shanghai')::date
           - (d.arrived_at at time zone 'Asia/Shanghai')::date as days
  from referrals_referral d
  join referrals_referral u on u.alliance_id = d.alliance_id and u.person_id = d.person_id
    and u.direction = 'up' and u.logged_at >= d.arrived_at
    and u.arrived_at >= %(begin)s - make_interval(days => %(days)s + 1)
    and u.logged_at >= %(begin)s - make_interval(days => %(days)s + 1)
    and u.logged_at < %(end)s + make_interval(days => %(days)s + 1)
    and left(u.diagnosis_code, 3) = left(d.diagnosis_code, 3)
  where d.alliance_id = %(alliance)s and d.direction = 'down' and d.diagnosis_code <> ''
    and d.arrived_at >= %(begin)s - make_interval(days => %(days)s + 1) and d.arrived_at < %(end)s
), sides as (
  select down as id, up as other, 'down' as direction, days, down_at as at from pairs
  where days between 0 and %(days)s
  union all
  select up, down, 'up', days, up_at from pairs where days between 0 and %(days)s
)
(select distinct on (id) id, direction, at, other, days, '' as number, true as answered from sides
 where at >= %(begin)s and at < %(end)s order by id, days, other)
union all
select id, direction, arrived_at, null, null, number, completed_at is not null from referrals_referral
where alliance_id = %(alliance)s and arrived_at >= %(begin)s and arrived_at < %(end)s
  and treated_at is null and followed_up_at is null
"""


def suspects(begin: datetime, end: datetime, days: int) -> list[dict[str, Any]]:
    """Of the referrals that arrived in the time, those of a pair down and up again, with the nearest other
    of each and the days between; then those without treatment or follow-up, with number and whether answered
    with a reply (days None). Columns: id, direction, at (the arrival), other, days, number, answered.
    """
    return fetch(SUSPECTS, begin=begin, end=end, days=days)


# What each institution did month by month, and how much of it on the last days or long after it happened:
# referrals by the day they were logged, follow-ups by the day they were made, and by the day they were
# written down (`late`: more than so many days after). `ids` are referrals, of the month asked for.
EVENT_DAYS = """
with events as (
  select r.id, r.origin_institution_id as place, 'referral' as kind, null::boolean as late,
         (r.logged_at at time zone 'Asia/Shanghai')::date as day
  from referrals_referral r
  where r.alliance_id = %(alliance)s and r.logged_at >= %(begin)s and r.logged_at < %(end)s
  union all
  select f.referral_id, m.institution_id, 'followup', null, (f.seen_at at time zone 'Asia/Shanghai')::date
  from referrals_followup f
  join alliance_membership m on m.alliance_id = f.alliance_id and m.id = f.recorded_by_id
  where f.alliance_id = %(alliance)s and f.seen_at >= %(begin)s and f.seen_at < %(end)s
  union all
  select f.referral_id, m.institution_id, 'late', (f.recorded_at at time zone 'Asia/Shanghai')::date
           - (f.seen_at at time zone 'Asia/Shanghai')::date > %(late)s,
         (f.recorded_at at time zone 'Asia/Shanghai')::date
  from referrals_followup f
  join alliance_membership m on m.alliance_id = f.alliance_id and m.id = f.recorded_by_id
  where f.alliance_id = %(alliance)s and f.recorded_at >= %(begin)s and f.recorded_at < %(end)s
), told as (
  select e.*, date_trunc('month', e.day)::date as month,
         coalesce(e.late, e.day > (date_trunc('month', e.day) + interval '1 month')::date - 1 - %(days)s)
           as hit
  from events e
)
select i.code as place, t.kind, t.month, count(*)::int as events, count(*) filter (where t.hit)::int as hits,
       (array_agg(distinct t.id order by t.id) filter (where t.hit and t.month = %(month)s))[1:%(most)s]
         as ids
from told t join alliance_institution i on i.alliance_id = %(alliance)s and i.id = t.place
group by 1, 2, 3 order by 1, 2, 3
"""

# What arrived between two institutions, whichever way.
BETWEEN = """
select o.code as origin, t.code as target, count(*)::int as arrived
from referrals_referral r
join alliance_institution o on o.alliance_id = r.alliance_id and o.id = r.origin_institution_id
join alliance_institution t on t.alliance_id = r.alliance_id and t.id = r.target_institution_id
where r.alliance_id = %(alliance)s and r.arrived_at >= %(begin)s and r.arrived_at < %(end)s
group by 1, 2 order by 1, 2
"""
