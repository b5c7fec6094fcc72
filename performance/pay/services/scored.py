"""Pools that a month's scores divide: by the scores as they stand with the corrections in the books."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from alliance.lib.period import Month
from performance.appeals.services import anew
from performance.dues import sharing
from performance.engine.pay.steps import Factors
from performance.models import Line, MonthRun, PayPool, PayShare, Settlement
from performance.pay.refusals import PoolRefused


def lines(month: Month, wanted: set[int]) -> tuple[list[Line], Mapping[str, Factors]]:
    """The posted month's lines of the institutions wanted that have a weight, and the weights by their codes:
    score x basis. Raises PoolRefused (not_posted, institutions).
    """
    settlement = _posted(month)
    scores = anew.scores(settlement)
    rows = Line.objects.filter(settlement=settlement).select_related("institution")
    found = [
        line for line in rows
        if line.institution_id in wanted and scores.get(line.institution.code) and line.basis_fen
    ]  # fmt: skip
    if not found:
        raise PoolRefused("institutions", month=month)
    weights: dict[str, Factors] = {
        code: (("score", scores[code] or Decimal(0)), ("basis_fen", Decimal(line.basis_fen)))
        for line in found for code in [line.institution.code]
    }  # fmt: skip
    return found, weights


def check(pool: PayPool) -> None:
    """No pool is proposed or booked by scores that a correction has changed since it was made: what the
    correction moves of it would be lost. Raises PoolRefused (changed).
    """
    shares = list(PayShare.objects.filter(pool=pool, line__isnull=False).select_related("institution"))
    if pool.fund_id is None or not shares:
        return
    if not sharing.same_scores(shares, anew.scores(_posted(pool.period))):
        raise PoolRefused("changed")


def _posted(month: Month) -> Settlement:
    runs = MonthRun.objects.filter(month=month.first_day, state=MonthRun.State.POSTED)
    found: Settlement | None = (
        Settlement.objects.filter(pk__in=runs.values("settlement")).defer("inputs", "result").first()
    )
    if found is None:
        raise PoolRefused("not_posted", month=month)
    return found
