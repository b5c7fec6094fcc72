"""Facts of consultations, of examinations ordered and of results made (S2-30, S3-06, S3-09, S3-32, S3-66)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Ids, Keys, Source, count, total
from performance.engine.fact import Fact
from referrals.consultations import facts as consultation_books
from referrals.measuring import PlaceFact
from referrals.recognition import facts as recognition_books

CONSULTATION, ORDER, RESULT = "consultation", "order", "result"
# Minutes from request to answer, over the answers of the month.
WAIT = "consultation_wait_minutes"


def _consultations(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    for fact in consultation_books.consultation_facts(month):
        for key in sorted(keys - {WAIT}):
            yield count(fact.institution, month, key, CONSULTATION, fact.ids.get(key, ()))
        if WAIT in keys:
            waited = fact.sums.get(consultation_books.WAIT, 0)
            answers = fact.ids.get(consultation_books.ANSWERS, ())
            yield total(fact.institution, month, WAIT, CONSULTATION, waited, answers)


def _consulted(month: Month, key: str) -> Mapping[str, Ids]:
    what = consultation_books.ANSWERS if key == WAIT else key
    return _ids(consultation_books.consultation_facts(month), what)


def _recognition(kind: str) -> Callable[[Month, Keys, Sequence[Institution]], Iterator[Fact]]:
    def read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
        for fact in recognition_books.recognition_facts(month):
            for key in sorted(keys):
                yield count(fact.institution, month, key, kind, fact.ids.get(key, ()))

    return read


def _recognised(month: Month, key: str) -> Mapping[str, Ids]:
    return _ids(recognition_books.recognition_facts(month), key)


def _ids(facts: Sequence[PlaceFact], what: str) -> Mapping[str, Ids]:
    return {fact.institution: fact.ids.get(what, ()) for fact in facts}


SOURCES = (
    Source(
        CONSULTATION,
        frozenset(consultation_books.MEASURES) | {WAIT},
        _consultations,
        _consulted,
        consultation_books.named,
    ),
    Source(
        ORDER,
        frozenset(recognition_books.ORDERS),
        _recognition(ORDER),
        _recognised,
        recognition_books.orders_named,
    ),
    Source(
        RESULT,
        frozenset({*recognition_books.RESULTS, recognition_books.DUPLICATE}),
        _recognition(RESULT),
        _recognised,
        recognition_books.results_named,
    ),
)
