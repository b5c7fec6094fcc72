"""SQL of runs: a page of cases as few texts a row, and the results of a page in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from alliance.tenancy.scope import current_alliance_id
from grouping.engine.result import Result

# id, revision, diagnoses, procedures, and the fields of `stored.FIELDS` in one text: a column costs more than
# its bytes, and most fields are never asked for.
Row = tuple[str, str, str, str, str]

_PAGE = """
select c.id::text, c.revision::text, c.diagnoses::text, c.procedures::text,
       concat_ws('|', c.sex, c.age, coalesce(c.age_days::text, ''), coalesce(c.weight_g::text, ''),
                 c.stay_days, coalesce(c.icu_hours::text, ''), c.discharge_way, c.department_code)
from grouping_case c
where c.alliance_id = %(alliance)s and c.voided_at is null and c.id > %(after)s
  and c.month = %(month)s {more}
order by c.id limit %(limit)s
"""
# Documents of both kinds whose present revision has no result under the scheme in force on the day of
# discharge.
UNGROUPED = _PAGE.format(
    more="""
  and c.discharged_at >= %(since)s and c.discharged_at < %(until)s
  and not exists (select 1 from grouping_groupedcase g
                   where g.alliance_id = c.alliance_id and g.case_id = c.id
                     and g.revision = c.revision and g.scheme_id = %(scheme)s offset 0)"""
)
PART = _PAGE.format(more="and c.id <= %(last)s")

# The ids that end the parts of a month, each but the last of `size` cases.
PARTS = """
select array_agg(id order by id) from (
  select c.id, row_number() over (order by c.id) as place, count(*) over () as cases from grouping_case c
  where c.alliance_id = %(alliance)s and c.month = %(month)s and c.voided_at is null
) n where place %% %(size)s = 0 or place = cases
"""

# What a page came to: every case with the number of its outcome, and the outcomes once.
_STORE = """
insert into {table} (alliance_id, run_id, case_id, revision, mdc, adrg, drg, status, weight{column})
select %(alliance)s, %(run)s, n.case_id, n.revision, o.mdc, o.adrg, o.drg, o.status, o.weight{value}
from unnest(%(cases)s::bigint[], %(revisions)s::smallint[], %(numbers)s::int[])
       as n (case_id, revision, number)
join unnest(%(outcomes)s::int[], %(mdcs)s::text[], %(adrgs)s::text[], %(drgs)s::text[], %(statuses)s::text[],
            %(weights)s::numeric[]) as o (number, mdc, adrg, drg, status, weight) using (number)
order by n.case_id{conflict}
"""
# Two runs may meet over a case: the result is the same, the first one stays.
STORE_LIVE = _STORE.format(
    table="grouping_groupedcase",
    column=", scheme_id",
    value=", %(scheme)s",
    conflict=" on conflict do nothing",
)
STORE_TRIAL = _STORE.format(table="grouping_trialcase", column="", value="", conflict="")

# A page of a trial holds its run, so that nobody discards the trial around it.
HOLD = """
select discarded_at is null from grouping_groupingrun
where alliance_id = %(alliance)s and id = %(run)s for share
"""
DISCARD = "delete from grouping_trialcase where alliance_id = %(alliance)s and run_id = %(run)s"


def page(statement: str, **parameters: object) -> list[Row]:
    """Fetch a page of cases."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"alliance": current_alliance_id(), **parameters})
        found: list[Row] = cursor.fetchall()
    return found


def part_ends(**parameters: object) -> list[int]:
    """The last id of each part of a month; empty for a month without cases."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"alliance": current_alliance_id(), **parameters})
        return list(cursor.fetchone()[0] or ())


def store(
    statement: str, rows: Sequence[Row], numbers: Sequence[int], outcomes: Sequence[Result], **keys: object
) -> int:
    """Store the results of a page; `numbers` are places in `outcomes`. Return how many rows were written."""
    used = sorted(set(numbers))
    results = [outcomes[number] for number in used]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "alliance": current_alliance_id(),
                **keys,
                # As text: PostgreSQL reads a long list faster than its members are bound one by one.
                "cases": _array(row[0] for row in rows),
                "revisions": _array(row[1] for row in rows),
                "numbers": _array(map(str, numbers)),
                "outcomes": used,
                "mdcs": [result.mdc for result in results],
                "adrgs": [result.adrg for result in results],
                "drgs": [result.drg for result in results],
                "statuses": [result.status.value for result in results],
                "weights": [result.weight for result in results],
            },
        )
        return int(cursor.rowcount)


def _array(numbers: Iterable[str]) -> str:
    return f"{{{','.join(numbers)}}}"


def hold(run: int) -> bool:
    """Keep a run from being discarded until this transaction ends; False when it already is."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"alliance": current_alliance_id(), "run": run})
        return bool(cursor.fetchone()[0])


def discard(run: int) -> int:
    """Delete the results of a trial; return how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(DISCARD, {"alliance": current_alliance_id(), "run": run})
        return int(cursor.rowcount)
