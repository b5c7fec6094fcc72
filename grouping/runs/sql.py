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
    """Cases of a page as texts of their ids and revisions, in any order, each with the number of its outcome.

    end: the id the page goes up to; None when there is no case behind the page before.
    """

    ids: list[str] = field(default_factory=list)
    revisions: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    end: int | None = None


# Where a page ends is asked first, of ids alone: its cases then come as they lie, the first ones at once. To
# sort them would keep whoever groups them waiting for the last one.
PAGE_END = """
select max(id) from (
  select c.id from grouping_case c
  where c.alliance_id = %(alliance)s and c.month = %(month)s and c.voided_at is null and c.id > %(after)s
  order by c.id limit %(size)s
) n
"""
_PAGE = """
copy (
select c.id, c.revision, c.diagnoses, c.procedures,
       concat_ws('|', c.sex, c.age, coalesce(c.age_days::text, ''), coalesce(c.weight_g::text, ''),
                 c.stay_days, coalesce(c.icu_hours::text, ''), c.discharge_way, c.department_code)
from grouping_case c
where c.alliance_id = %(alliance)s and c.voided_at is null and c.id > %(after)s and c.id <= %(end)s
  and c.month = %(month)s {more}
) to stdout
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
PART = _PAGE.format(more="")

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


def page_end(**parameters: object) -> int | None:
    """The id that ends a page of `size` cases of a month after an id; None when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(PAGE_END, {"alliance": current_alliance_id(), **parameters})
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


@contextmanager
def page(statement: str, **parameters: object) -> Iterator[Iterator[Columns]]:
    """The cases of a page in blocks of columns, while the server still reads the next ones: whoever takes
    them works beside it. No other query may run inside the block.
    """
    wanted = {"alliance": current_alliance_id(), **parameters}
    with connection.cursor() as cursor, cursor.copy(statement, wanted) as lines:
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


def part_ends(**parameters: object) -> list[int]:
    """The last id of each part of a month; empty for a month without cases."""
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"alliance": current_alliance_id(), **parameters})
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
