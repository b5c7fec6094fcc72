"""Facts of cases: what was discharged in a month, or what was declared of a month before the system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from alliance.lib.period import Month
from alliance.models import Institution
from grouping import facts as case_books
from performance.collect.source import Keys, Part, Parts, Source
from performance.engine.fact import Fact
from performance.engine.formula import Number

CASE, DECLARATION = "case", "declaration"
CASE_KEYS = frozenset({"discharges", "stay_days", "cost_fen", "weighted_cases", "total_weight"})
DECLARED_KEYS = frozenset({"discharges", "cost_fen"})
# Weights of schemes have four decimals or more; a sum out of the database carries zeros nobody wrote.
WEIGHT_PLACES = Decimal("0.0001")


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    """Discharges and their sums: declared totals of a month before the system, else what the cases say."""
    totals = {total.code: total for total in case_books.declared_totals(month)}
    for total in totals.values():
        yield Fact(total.code, month, "discharges", total.discharges, DECLARATION, 1)
        yield Fact(total.code, month, "cost_fen", total.cost_fen, DECLARATION, 1)
    counted = {fact.code: fact for fact in case_books.case_facts(month, stored=False)}
    for fact in counted.values():
        known = DECLARED_KEYS if fact.code in totals else frozenset()
        yield from _of_cases(fact, CASE_KEYS - known)
    for row in case_books.completeness(month):
        if row.declared == 0 and row.code not in counted.keys() | totals.keys():
            yield from (Fact(row.code, month, key, _zero(key), CASE, 0) for key in sorted(CASE_KEYS))


def _of_cases(fact: case_books.CaseFact, keys: frozenset[str]) -> Iterator[Fact]:
    """The evidence of every figure is all discharges: those without weight were looked at, too."""
    for key, value in _numbers(fact).items():
        if key in keys:
            yield Fact(fact.code, fact.month, key, value, CASE, fact.discharges)


def _numbers(fact: case_books.CaseFact) -> dict[str, Number]:
    return {
        "discharges": fact.discharges,
        "stay_days": fact.stay_days,
        "cost_fen": fact.cost_fen,
        "weighted_cases": fact.weighted_cases,
        "total_weight": plain_weight(fact.total_weight or Decimal(0)),
    }


def _part(month: Month, keys: Keys, ids: frozenset[int]) -> Parts:
    """What some cases give to each sum."""
    return {
        (fact.code, key): Part(value, fact.discharges)
        for fact in case_books.facts_of_some(month, sorted(ids))
        for key, value in _numbers(fact).items()
        if key in keys
    }


def _zero(key: str) -> Number:
    return plain_weight(Decimal(0)) if key == "total_weight" else 0


def plain_weight(weight: Decimal) -> Decimal:
    """A weight with four decimals, or as many as it needs: equal weights are written alike."""
    short = weight.normalize()
    places = short.as_tuple().exponent
    return short if isinstance(places, int) and places < -4 else short.quantize(WEIGHT_PLACES)


SOURCES = (Source(CASE, CASE_KEYS, _read, part=_part),)
