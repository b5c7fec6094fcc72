"""Responsibility letters of the fund (S1-62): who must sign at the end of a month, and who has.

Known once a signing round was opened; of an institution without anybody who must sign nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Ids, Keys, Source, count
from performance.duty import facts as duty_books
from performance.engine.fact import Fact

DUTY = "duty_person"
DUE, SIGNED = "letters_due", "letters_signed"


def _ids(month: Month, key: str) -> Mapping[str, Ids]:
    found = defaultdict[str, Ids](tuple)
    for one in duty_books.persons(month.last_day):
        if key == DUE or one.signed:
            found[one.institution] += (one.id,)
    return found


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    known = _ids(month, DUE)
    ids = {key: _ids(month, key) for key in keys}
    for place in places:
        if place.code in known:
            for key in sorted(keys):
                yield count(place.code, month, key, DUTY, ids[key].get(place.code, ()))


SOURCES = (Source(DUTY, frozenset({DUE, SIGNED}), _read, _ids, duty_books.named),)
