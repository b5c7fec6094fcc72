"""A draft of a level on past months beside the scheme in force: what becomes of the scores, column by column,
and who moves most through which indicator (S1-36, S2-47).

Nothing is stored as a result. Persons and departments are scored as they are registered today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from alliance.lib.canonical import later
from alliance.lib.period import Month
from performance.engine.exact import half_up
from performance.engine.levels import Result
from performance.engine.scheme import Scheme, check
from performance.engine.simulation import Moved, spearman, through
from performance.levels import services
from performance.models import SchemeDraft
from performance.services import schemes
from performance.services.refusals import DraftRefused

PLACES = 2
ENDS, WAYS = 8, 2  # who is kept at each end of gains and losses, and through how many indicators


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
class Mover:
    """One subject whose score becomes another: points of 100 before and after, and what moves it most."""

    subject: str
    column: str
    before: Decimal
    after: Decimal
    through: tuple[Moved, ...]

    @property
    def points(self) -> Decimal:
        """Points won (negative: lost)."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class LevelTrial:
    """A month under the draft. `movers`: who gains most and who loses most, greatest gain first.

    `gained`, `lost`: how many of those scored by both; None in reports from before they were kept.
    """

    month: Month
    columns: tuple[ColumnTrial, ...]
    movers: tuple[Mover, ...] = later(())
    gained: int | None = later(None)
    lost: int | None = later(None)


def tried(draft: SchemeDraft, months: Sequence[Month]) -> list[LevelTrial]:
    """Each month under the draft. Raises DraftRefused (faults) for one that cannot score anybody."""
    scheme = draft.scheme()
    if found := check(scheme, schemes.known_indicators(draft.level)):
        raise DraftRefused("faults", count=len(found))
    return [_month(draft, scheme, month) for month in months]


def _month(draft: SchemeDraft, scheme: Scheme, month: Month) -> LevelTrial:
    rows, _facts = services.scores(scheme, month, draft.level)
    after = {who.subject.code: result for who, result in rows}
    version = schemes.in_force(month, draft.level)
    before: Mapping[str, Result] = {}
    if version is not None:
        rows, _facts = services.scores(version.scheme(), month, draft.level, fresh=False)
        before = {who.subject.code: result for who, result in rows}
    columns = tuple(
        _column(one.code, {code: r for code, r in after.items() if r.column == one.code}, before)
        for one in scheme.columns
    )
    both = {code: (before[code], one) for code, one in after.items() if code in before}
    moved = sorted(
        (old.score - new.score, code)
        for code, (old, new) in both.items()
        if old.score is not None and new.score is not None and old.score != new.score
    )
    ends = moved if len(moved) <= 2 * ENDS else [*moved[:ENDS], *moved[-ENDS:]]
    old_scheme = version.scheme() if version is not None else scheme
    movers = tuple(_mover(code, *both[code], old_scheme, scheme) for _points, code in ends)
    gained = sum(points < 0 for points, _code in moved)
    return LevelTrial(month, columns, movers, gained, len(moved) - gained)


def _mover(code: str, old: Result, new: Result, before: Scheme, after: Scheme) -> Mover:
    assert old.score is not None and new.score is not None
    ways = through(_points(before, old), _points(after, new))[:WAYS]
    return Mover(code, new.column, old.score, new.score, ways)


def _points(scheme: Scheme, result: Result) -> dict[str, Decimal]:
    """Points of 100 each indicator gives a subject; the missing ones leave their weight to the others."""
    column = next(one for one in scheme.columns if one.code == result.column)
    known = [
        (item, Fraction(cell.score))
        for item, cell in zip(column.items, result.cells, strict=True)
        if cell.score is not None and item.weight
    ]
    held = sum((Fraction(item.weight) for item, _score in known), Fraction(0))
    return {item.indicator: half_up(Fraction(item.weight) * score / held, PLACES) for item, score in known}


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
