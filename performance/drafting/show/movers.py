"""A trial of departments, teams or persons, month by month: columns, and who moves most through what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alliance.web import words as web_words
from performance.drafting import words
from performance.engine.scheme import Scheme
from performance.levels import subjects
from performance.levels.trying import ColumnTrial, LevelTrial
from performance.services import schemes


@dataclass(frozen=True)
class Row:
    """One who gains or loses: name, scored as, score before and after, points won, through what."""

    name: str
    column: str
    before: Decimal
    after: Decimal
    points: Decimal
    through: str


@dataclass(frozen=True)
class Shown:
    """A month of the trial as its page says it."""

    trial: LevelTrial
    columns: list[tuple[str, ColumnTrial]]
    movers: list[Row]


def level_months(found: Iterable[LevelTrial], scheme: Scheme, level: str) -> list[Shown]:
    """Every month of a trial, the newest first; one query for all names."""
    called, names = subjects.names(level), words.Names(scheme, schemes.known_indicators())
    return [
        Shown(
            month,
            [(names.column(row.column), row) for row in month.columns],
            [
                Row(
                    called.get(one.subject, one.subject), names.column(one.column), one.before, one.after,
                    one.points,
                    "; ".join(
                        f"{names.of(way.indicator)} {web_words.diff(way.points, 2)}" for way in one.through
                    ),
                )
                for one in month.movers
            ],
        )
        for month in reversed(list(found))
    ]  # fmt: skip
