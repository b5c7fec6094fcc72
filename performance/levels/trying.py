"""A draft of a level on past months beside the scheme in force: what becomes of the scores, column by column.

Nothing is stored as a result. Persons and departments are scored as they are registered today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from alliance.lib.period import Month
from performance.engine.exact import half_up
from performance.engine.levels import Result
from performance.engine.scheme import check
from performance.engine.simulation import spearman
from performance.levels import services
from performance.models import SchemeDraft
from performance.services import schemes
from performance.services.refusals import DraftRefused

PLACES = 2


@dataclass(frozen=True, slots=True)
class ColumnTrial:
    """One column of the draft in a month: how many it takes, how many get a score, and which.

    `before`: the mean of the same subjects under the scheme in force, None where it scored none of them;
    `correlation`: rank correlation of those scored by both.
    """

    column: str
    subjects: int
    scored: int
    mean: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    before: Decimal | None
    correlation: Decimal | None


@dataclass(frozen=True, slots=True)
class LevelTrial:
    """A month under the draft."""

    month: Month
    columns: tuple[ColumnTrial, ...]


def tried(draft: SchemeDraft, months: Sequence[Month]) -> list[LevelTrial]:
    """Each month under the draft. Raises DraftRefused (faults) for one that cannot score anybody."""
    scheme = draft.scheme()
    if found := check(scheme, schemes.known_indicators(draft.level)):
        raise DraftRefused("faults", count=len(found))
    return [LevelTrial(month, _month(draft, month)) for month in months]


def _month(draft: SchemeDraft, month: Month) -> tuple[ColumnTrial, ...]:
    after, _facts = services.scores(draft.scheme(), month, draft.level)
    version = schemes.in_force(month, draft.level)
    before: Mapping[str, Result] = {}
    if version is not None:
        rows, _facts = services.scores(version.scheme(), month, draft.level, fresh=False)
        before = {who.subject.code: result for who, result in rows}
    return tuple(
        _column(column.code, {w.subject.code: r for w, r in after if r.column == column.code}, before)
        for column in draft.scheme().columns
    )


def _column(code: str, after: Mapping[str, Result], before: Mapping[str, Result]) -> ColumnTrial:
    known = [one.score for one in after.values() if one.score is not None]
    pairs = [
        (old, one.score)
        for name, one in after.items()
        if one.score is not None and name in before and (old := before[name].score) is not None
    ]
    both = [old for old, _new in pairs], [new for _old, new in pairs]
    return ColumnTrial(
        column=code,
        subjects=len(after),
        scored=len(known),
        mean=_mean(known),
        lowest=min(known, default=None),
        highest=max(known, default=None),
        before=_mean(both[0]),
        correlation=spearman(*both) if len(pairs) > 1 else None,
    )


def _mean(scores: Iterable[Decimal]) -> Decimal | None:
    found = [Fraction(one) for one in scores]
    return half_up(sum(found, Fraction(0)) / len(found), PLACES) if found else None
