"""Shares of pools that a correction of a month divides anew, beside the month's own (practice.md 3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from alliance.lib.period import Month
from performance.dues import flowing, sharing
from performance.engine.inputs import MonthInputs
from performance.engine.month import MonthResult
from performance.engine.pay.steps import PayRefused
from performance.engine.restore import restore
from performance.engine.settlement import settle
from performance.life.refusals import CorrectionRefused
from performance.models import CorrectionLine, MonthCorrection


def of_pools(month: Month, before: MonthResult, after: MonthResult) -> Iterator[CorrectionLine]:
    """The shares of every pool that the month's scores divided and that other scores divide anew.

    Raises CorrectionRefused (blocked).
    """
    scores = [sharing.scores_of(result) for result in (before, after)]
    try:
        found = sharing.anew(month, *scores)
    except PayRefused:
        raise CorrectionRefused("blocked", month=month) from None
    for one in found:
        code = one.institution.code
        yield CorrectionLine(
            institution=one.institution, pool=one.pool, before_fen=one.before_fen, after_fen=one.after_fen,
            before_score=scores[0].get(code), after_score=scores[1].get(code),
        )  # fmt: skip


def moves(lines: Iterable[CorrectionLine]) -> flowing.Moves:
    """What shares differ by, as it flows down."""
    return sharing.by_pool((one.pool_id, one.institution_id, one.diff_fen) for one in lines)


def differ(row: MonthCorrection, lines: Iterable[CorrectionLine], now: Callable[[], MonthInputs]) -> bool:
    """Whether the pools in the books by now would move otherwise than a correction was drafted; `now` gives
    what the shares follow from today and is asked where there is such a pool.
    """
    found: list[CorrectionLine] = []
    if sharing.pools_of(row.period).exists():
        inputs = restore(MonthInputs, json.loads(bytes(row.inputs)))
        found = list(of_pools(row.period, settle(now()), settle(inputs)))
    return _key(found) != _key(one for one in lines if one.pool_id)


def _key(lines: Iterable[CorrectionLine]) -> list[tuple[int, int, int, int]]:
    return sorted((one.pool_id or 0, one.institution_id, one.before_fen, one.after_fen) for one in lines)
