"""What follows from the inputs of a month: plain values, JSON-able both ways, with a digest."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from alliance.lib.canonical import digest
from alliance.lib.period import Month
from performance.engine.formula import Formula
from performance.engine.indicators import IndicatorValue, Reason
from performance.engine.inputs import FORMAT
from performance.engine.scoring import Limit, Status


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """Points of one indicator of one institution; `weight` by the scheme, `weight_in_effect` re-weighted.

    `reason` says why there are no points; the indicator's value holds its own reason.
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
    """Points of a dimension, the points its assessed indicators could give, and its whole weight."""

    dimension: str
    points: Decimal
    possible: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class InstitutionScore:
    """The score of an institution (points of 100, four decimals; None: not assessed or blocked)."""

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
    """An institution's share: `weight` = score x basis (point-fen), `quota` exact share (fen, 4 decimals).

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
