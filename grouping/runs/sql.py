"""SQL of runs: a page of cases as columns of texts, and the results of a page in one statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection

from alliance.tenancy.scope import current_alliance_id
from grouping.engine.result import Result
from grouping.sql import by_key

_LAST = 2**63 - 1  # no id is above it
_BLOCK = 500  # lines made into columns at once
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

# Ids, revisions, diagnoses, procedures, and the fields of `stored.FIELDS` in one text: a column costs more
# than its bytes, and most fields are never asked for. All as COPY writes them, which is what it costs the
# server least to say.
Columns = list[list[str]]
_WIDTH = 5


@dataclass
class Grouped:
    """Cases of a page as texts of their ids and revisions, in any order, each with the number of its
    outcome.
    """

    ids: list[str] = field(default_factory=list)
    revisions: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


# The cases of a page come as they lie, the first ones at once: to sort them would keep whoever groups them
# waiting for the last one.
_PAGE = """
copy (
select c.id, c.revision, c.diagnoses, c.procedures,
       concat_ws('|', c.sex, c.age, coalesce(c.age_days::text, ''), coalesce(c.weight_g::text, ''),
                 c.stay_days, coalesce(c.icu_hours::text, ''), c.discharge_way, c.department_code)
from grouping_case c {beside}
where c.alliance_id = %(alliance)s and c.voided_at is null and c.month = %(month)s {more}
) to stdout
"""
# Documents of both kinds whose present revision has no result under the scheme in force on the day of
# discharge. One look into the index of results a case, whatever the planner believes: while it takes an
# alliance for one without results, any index seems as good. Only that one has the order (`by_key`).
UNGROUPED = _PAGE.format(
    beside="""
left join lateral (
  select true as known from grouping_groupedcase g where g.alliance_id = c.alliance_id and g.case_id = c.id
    and g.revision between c.revision and c.revision and g.scheme_id = %(scheme)s
  order by g.revision limit 1) g on true""",
    more="""
  and c.discharged_at >= %(since)s and c.discharged_at < %(until)s and g.known is null
limit %(limit)s""",
)
PART = _PAGE.format(beside="", more="and c.id > %(after)s and c.id <= %(last)s")

# The ids that end the pieces of a month, or of a range of its ids, each but the last of `size` cases.
PIECES = """
select array_agg(id order by id) from (
  select c.id, row_number() over (order by c.id) as place, count(*) over () as cases from grouping_case c
  where c.alliance_id = %(alliance)s and c.month = %(month)s and c.voided_at is null
    and c.id > %(after)s and c.id <= %(last)s
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


@contextmanager
def page(statement: str, **parameters: object) -> Iterator[Iterator[Columns]]:
    """The cases of a page in blocks of columns, while the server still reads the next ones: whoever takes
    them works beside it. No other query may run inside the block.
    """
    wanted = {"alliance": current_alliance_id(), **parameters}
    with by_key(), connection.cursor() as cursor, cursor.copy(statement, wanted) as lines:
        yield _blocks(iter(lines))


def _blocks(lines: Iterator[Any]) -> Iterator[Columns]:
    """The columns of lines of COPY; a backslash stands before what would end a cell or a line."""
    while text := str(b"".join(islice(lines, _BLOCK)), "utf-8"):
        cells = text[:-1].replace("\n", "\t").split("\t")
        if "\\" in text:
            cells = [_ESCAPED.sub(_plain, cell) for cell in cells]
        yield [cells[column::_WIDTH] for column in range(_WIDTH)]


def _plain(escaped: re.Match[str]) -> str:
    return _CONTROL.get(escaped[1], escaped[1])


def piece_ends(*, after: int = 0, last: int = _LAST, **parameters: object) -> list[int]:
    """The last id of each piece of `size` cases of a month, after one id and up to another; empty when there
    are none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            PIECES, {"alliance": current_alliance_id(), "after": after, "last": last, **parameters}
        )
        return list(cursor.fetchone()[0] or ())


def store(statement: str, page: Grouped, outcomes: Sequence[Result], **keys: object) -> int:
    """Store the results of a page, whose numbers are places in `outcomes`; return the number of rows."""
    used = sorted(set(page.numbers))
    results = [outcomes[number] for number in used]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "alliance": current_alliance_id(),
                **keys,
                # As text: PostgreSQL reads a long list faster than its members are bound one by one.
                "cases": _array(page.ids),
                "revisions": _array(page.revisions),
                "numbers": _array(map(str, page.numbers)),
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
