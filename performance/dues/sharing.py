"""Other scores of a month divide anew every pool they have divided, not the bonus fund alone (practice 3, 4).

A pool of a source account is shared by score x basis of the month's run (S0-65, S2-41): where a score is
corrected, each of these pools moves by the difference between its division with the scores as they stand and
with the corrected ones, to the fen. Pools of entitlement sheets and between institutions rest on no score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from alliance.lib.period import Month
from alliance.models import Institution
from performance.engine.month import MonthResult
from performance.engine.pay.steps import Factors, divide
from performance.models import Appeal, AppealCorrection, CorrectionLine, MonthCorrection, PayPool, PayShare

Scores = Mapping[str, Decimal | None]  # by code of the institution


@dataclass(frozen=True, slots=True)
class Shared:
    """An institution's share of a pool, fen so far and corrected."""

    pool: PayPool
    institution: Institution
    before_fen: int
    after_fen: int

    @property
    def fen(self) -> int:
        """The difference."""
        return self.after_fen - self.before_fen


def scores_of(result: MonthResult) -> Scores:
    """The scores of a computed month."""
    return {line.institution: line.score for line in result.lines}


def pools_of(month: Month) -> QuerySet[PayPool]:
    """The pools in the books that the month's scores have divided, besides its bonus fund."""
    rows: QuerySet[PayPool] = PayPool.objects.filter(
        month=month.first_day, state=PayPool.State.POSTED, fund__isnull=False, entitlement=None
    )
    return rows


def anew(month: Month, so_far: Scores, corrected: Scores) -> list[Shared]:
    """What each share of each pool is with other scores of the month; unmoved ones are left out. Who had no
    share of a pool gets none. Three queries for any number of pools.

    Raises PayRefused (nobody) where nothing is left to divide a pool by.
    """
    rows = PayShare.objects.filter(pool__in=pools_of(month)).select_related("pool__fund", "institution")
    shares: dict[int, list[PayShare]] = defaultdict(list)
    for row in rows.order_by("pool", "institution__code"):
        shares[row.pool_id].append(row)
    earlier, found = _moved(shares), []
    for inside in shares.values():
        before, after = (_divided(inside, scores) for scores in (so_far, corrected))
        for row in inside:
            code = row.institution.code
            if fen := after[code] - before[code]:
                stands = row.fen + earlier.get((row.pool_id, row.institution_id), 0)
                found.append(Shared(row.pool, row.institution, stands, stands + fen))
    return found


def _divided(shares: Iterable[PayShare], scores: Scores) -> dict[str, int]:
    """A pool among the institutions that share it, as it was divided, by these scores."""
    rows = list(shares)
    weights: dict[str, Factors] = {row.institution.code: _factors(row, scores) for row in rows}
    return divide("institution", rows[0].pool.title, rows[0].pool.fen, weights).by_code()


def _factors(row: PayShare, scores: Scores) -> Factors:
    score = scores.get(row.institution.code) or Decimal(0)
    return tuple((name, score if name == "score" else Decimal(value)) for name, value in row.factors)


def same_scores(shares: Iterable[PayShare], scores: Scores) -> bool:
    """Whether a pool was divided by the scores as they stand."""
    return all(
        Decimal(value) == scores.get(row.institution.code)
        for row in shares for name, value in row.factors if name == "score"
    )  # fmt: skip


def _moved(pools: Iterable[int]) -> dict[tuple[int, int], int]:
    """What posted corrections gave or took of shares of pools: fen by pool and institution; two queries."""
    found: dict[tuple[int, int], int] = defaultdict(int)
    lines = CorrectionLine.objects.filter(
        pool__in=pools, correction__state=MonthCorrection.State.POSTED
    ).annotate(fen=F("after_fen") - F("before_fen"))  # fmt: skip
    entries = AppealCorrection.objects.filter(
        pool__in=pools, institution__isnull=False, appeal__state=Appeal.State.CORRECTED,
        revision=F("appeal__revision"),
    )  # fmt: skip
    for rows in (lines, entries):
        sums = rows.order_by().values_list("pool", "institution").annotate(whole=Sum("fen"))
        for pool, institution, fen in sums:
            found[pool, institution] += fen
    return dict(found)


def by_pool(rows: Iterable[tuple[int | None, int, int]]) -> dict[int, dict[int, int]]:
    """Differences (pool pk or None: the month itself, institution pk, fen) as `flowing.down` takes them."""
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for pool, institution, fen in rows:
        found[pool or 0][institution] += fen
    return {pool: dict(inside) for pool, inside in found.items()}
