"""Facts of opinion: what counted rounds of evaluation gave each institution (S3-21..26)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Keys, Source
from performance.engine.evaluators import Evaluators
from performance.engine.fact import Fact
from performance.evaluations import services
from performance.models import EvaluationRound

OPINION = "opinion"


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    """Points are mean x raters, so that points by ratings is the weighted mean; too few raters: not known."""
    return _facts(month, keys)


def facts_by(month: Month, judges: Evaluators) -> Iterator[Fact]:
    """Every fact of opinion of a month as other weights of the evaluators would have it."""
    return _facts(month, frozenset(key for pair in services.indicators().values() for key in pair), judges)


def _facts(month: Month, keys: Keys, judges: Evaluators | None = None) -> Iterator[Fact]:
    asked = {code: pair for code, pair in services.indicators().items() if keys & set(pair)}
    rounds = EvaluationRound.objects.filter(
        month=month.first_day, indicator__in=asked, state=EvaluationRound.State.CLOSED
    )
    for made, found in services.outcomes(rounds, judges):
        if found.points is not None:
            points, ratings = asked[made.indicator]
            code = found.subject.code
            yield Fact(code, month, points, found.points * found.n, OPINION, found.n)
            yield Fact(code, month, ratings, found.n, OPINION, found.n)


SOURCES = (Source(OPINION, frozenset(key for pair in services.indicators().values() for key in pair), _read),)
