"""The frozen inputs of a month and what follows from them: plain values, JSON-able both ways, with digests.

Walls section 2: inputs are frozen as canonical JSON with SHA-256; recomputing a closed month gives the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from alliance.lib.canonical import canonical, digest
from alliance.lib.period import Month
from performance.engine.fact import Fact
from performance.engine.formula import Formula
from performance.engine.indicators import Indicator, IndicatorValue, Reason
from performance.engine.scheme import Scheme
from performance.engine.scoring import Limit, Status

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Member:
    """An institution of the month. `through`: the institution it reports, is scored and is paid through."""

    code: str
    role: str
    kind: str
    through: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """The performance-pay base of an institution in fen, since when and by which decision."""

    institution: str
    fen: int
    effective_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The money to share in fen (negative: to recover) and where it comes from."""

    fen: int
    source: str


@dataclass(frozen=True, slots=True)
class MonthInputs:
    """Everything a month is computed from, and nothing else. Lists are kept in order, so order never matters."""

    month: Month
    indicators: tuple[Indicator, ...]
    scheme: Scheme
    members: tuple[Member, ...]
    bases: tuple[Basis, ...]
    pool: Pool
    facts: tuple[Fact, ...]
    format: int = FORMAT

    def __post_init__(self) -> None:
        ordered: Mapping[str, tuple[object, ...]] = {
            "indicators": tuple(sorted(self.indicators, key=lambda indicator: indicator.code)),
            "members": tuple(sorted(self.members, key=lambda member: member.code)),
            "bases": tuple(sorted(self.bases, key=lambda basis: basis.institution)),
            "facts": tuple(sorted(self.facts, key=lambda fact: fact.place)),
        }
        for name, values in ordered.items():
            object.__setattr__(self, name, values)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of all inputs."""
        return digest(self)

    def frozen(self) -> bytes:
        """The canonical JSON that is kept with the month; `recompute` takes it."""
        return canonical(self)


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """Points of one indicator of one institution. `weight` as in the scheme, `weight_in_effect` after re-weighting.

    `reason` says why there are no points; the value and its own reason stand in the indicator's value.
    """

    institution: str
    indicator: str
    dimension: str
    weight: Decimal
    weight_in_effect: Decimal | None
    value: Decimal | None
    score: Decimal | None
    formula: Formula
    limited: Limit
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class DimensionPoints:
    """Points of a dimension out of the points its assessed indicators could give, and out of its whole weight."""

    dimension: str
    points: Decimal
    possible: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class InstitutionScore:
    """The score of an institution (points of 100, four decimals; None = not assessed or blocked) and its parts."""

    institution: str
    column: str
    status: Status
    score: Decimal | None
    points: Decimal
    possible: Decimal
    missing: tuple[str, ...]
    dimensions: tuple[DimensionPoints, ...]
    formula: Formula


@dataclass(frozen=True, slots=True)
class Line:
    """An institution's share. `weight` = score x basis (point-fen), `quota` = exact share in fen, four decimals.

    `fen` is the quota's whole part, plus one where `got_extra_fen` (largest remainder, rank in the queue).
    """

    institution: str
    fen: int
    score: Decimal | None
    basis_fen: int
    weight: Decimal
    quota: Decimal
    remainder_rank: int
    got_extra_fen: bool
    formula: Formula
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class MonthResult:
    """What follows from the inputs. `blocked`: a scheme rule stops the month; there are no lines then.

    `weight` is the sum of the lines' weights (point-fen); the lines' fen add up to `pool_fen`.
    """

    month: Month
    status: Literal["settled", "blocked"]
    inputs_digest: str
    scheme: str
    scheme_version: str
    scheme_digest: str
    pool_fen: int
    weight: Decimal
    values: tuple[IndicatorValue, ...]
    scores: tuple[IndicatorScore, ...]
    totals: tuple[InstitutionScore, ...]
    lines: tuple[Line, ...]
    blocked_by: tuple[str, ...] = ()
    format: int = FORMAT

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the whole result."""
        return digest(self)
