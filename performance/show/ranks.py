"""Places of institutions by score: equal scores share a place, small groups have none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from alliance.lib.period import Month
from alliance.services import parameters
from performance.models import Line


@dataclass(frozen=True)
class Place:
    """A place in a group; `shared` when others have the same score."""

    number: int
    shared: bool


RANKED = ("min_n_rank", "cp.rank_assessed_min")


def scores(lines: Iterable[Line], *, least_assessed: Decimal) -> dict[str, Decimal | None]:
    """Scores by institution for ranking; who was assessed for less of the 100 points is not compared."""
    return {line.institution.code: line.score if line.possible >= least_assessed else None for line in lines}


def least(month: Month) -> tuple[int, Decimal]:
    """How many a ranking needs and how much of each must be assessed (min_n_rank, cp.rank_assessed_min)."""
    return least_of(parameters.several_in_force(RANKED, on=month.last_day))


def least_of(found: Mapping[str, object]) -> tuple[int, Decimal]:
    """The same out of parameters that were read with others."""
    return int(str(found["min_n_rank"])), cast(Decimal, found["cp.rank_assessed_min"])


def places(scores: Mapping[str, Decimal | None], *, least: int) -> dict[str, Place]:
    """The place of each code with a score, best first; empty where fewer than `least` have one."""
    known = {code: score for code, score in scores.items() if score is not None}
    if len(known) < least:
        return {}
    ordered: Sequence[Decimal] = sorted(known.values(), reverse=True)
    return {code: Place(ordered.index(score) + 1, ordered.count(score) > 1) for code, score in known.items()}
