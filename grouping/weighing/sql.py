"""SQL of weight proposals: the costs of grouped cases, in pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from grouping.engine.weights import Cost, class_fen
from grouping.sql import IN_FORCE, fetch

PAGE = 20_000
COSTS = f"""
select c.id, g.drg, c.stay_days, c.total_fen, c.fees
from grouping_case c
join grouping_groupedcase g on g.alliance_id = c.alliance_id and g.case_id = c.id and g.revision = c.revision
  and g.scheme_id = {IN_FORCE} and g.status = 'grouped'
where c.alliance_id = %(alliance)s and c.month between %(first)s and %(last)s and c.document = 'front_page'
  and c.voided_at is null and c.id > %(after)s
order by c.id limit %(limit)s
"""


def costs(first: date, last: date) -> Iterator[Cost]:
    """The grouped cases of some months with their costs; a page of them is in memory at a time."""
    after = 0
    while rows := fetch(COSTS, first=first, last=last, after=after, limit=PAGE):
        for row in rows:
            yield Cost(row["drg"], row["stay_days"], row["total_fen"], class_fen(json.loads(row["fees"])))
        after = rows[-1]["id"]
