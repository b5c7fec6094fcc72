"""Facts of complaints: how many, and how many with a first answer in time (S1-67, S3-17, definitions 5.5).

Where an institution takes complaints here its records count before what is declared of the same number, and
a month without one is a known zero. Where it has recorded none by the end of the month, what it declares
counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from complaints import facts as complaint_books
from performance.collect.source import Ids, Keys, Source, Why, count
from performance.engine.fact import Fact

COMPLAINT = "complaint"
KEYS: Keys = complaint_books.KEYS


taking = complaint_books.taking


def _records(month: Month, key: str) -> Mapping[str, Ids]:
    """Those of a village room are its township's."""
    found: dict[str, Ids] = defaultdict(tuple)
    for fact in complaint_books.complaint_facts(month):
        found[fact.unit] += fact.ids.get(key, ())
    return found


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    known = complaint_books.taking(month)
    if not known:
        return
    found: dict[tuple[str, str], Ids] = defaultdict(tuple)
    for fact in complaint_books.complaint_facts(month):
        for key in keys:
            found[fact.unit, key] += fact.ids.get(key, ())
    for code in sorted(known):
        for key in sorted(keys):
            yield count(code, month, key, COMPLAINT, found[code, key])


def _sifted(month: Month, key: str) -> tuple[Mapping[str, Ids], Mapping[str, Why]]:
    return _records(month, key), complaint_books.not_counted(month, key)


SOURCES = (Source(COMPLAINT, KEYS, _read, _records, complaint_books.named, sifted=_sifted),)
