"""Facts that were declared or imported and confirmed by a second person (S0-15, S3-33).

One value is one record: the evidence count of such a fact is 1. A declared 0 is a known zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Keys, Part, Parts, Source, total
from performance.declared import book, facts
from performance.engine.fact import Fact

DECLARED = "declared"
KEYS: Keys = frozenset(book.often())


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    for one in facts.declared_facts(month, sorted(keys)):
        yield total(one.institution, month, one.key, DECLARED, one.value, (one.id,))


def _part(month: Month, keys: Keys, ids: frozenset[int]) -> Parts:
    """One value is one record: what is left out is not known."""
    return {
        (one.institution, one.key): Part(None, 1)
        for one in facts.declared_facts(month, sorted(keys))
        if one.id in ids
    }


SOURCES = (Source(DECLARED, KEYS, _read, facts.behind, facts.rows, part=_part),)
