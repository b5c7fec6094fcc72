"""What a detector says: who, how many, how unlikely, and the very records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from performance.engine.gaming.statistics import adjusted

Severity = Literal["low", "middle", "high"]
Number = Decimal | int | str
Numbers = Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the evidence: what it is (referral, case, value ...), its id, what is striking in it."""

    kind: str
    id: int
    told: Numbers


@dataclass(frozen=True, slots=True)
class Finding:
    """A clue: the place (code), the other one of a pair ("" for none), which part of it ("" for the whole).

    `numbers` are those of the formula. `chance` is the probability of so much or more by accident, `share`
    the same after all places are looked at together (Benjamini and Hochberg).
    """

    place: str
    numbers: Numbers
    chance: float
    other: str = ""
    part: str = ""
    records: tuple[Record, ...] = ()
    share: float = 1.0
    severity: Severity = "low"

    @property
    def subject(self) -> str:
        """What names the pattern from month to month."""
        return f"{self.place}|{self.other}|{self.part}"


@dataclass(frozen=True, slots=True)
class Common:
    """Limits every detector shares: the share of false clues that is tolerated, and where a clue is grave."""

    false_share: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look: places tested, places too small to be tested, and the clues."""

    tested: int
    small: int
    findings: tuple[Finding, ...]


def select(tested: Sequence[Finding], small: int, large: Callable[[Finding], bool], by: Common) -> Looked:
    """Of all tested places those that stand out: by probability together, and by an effect that is large."""
    shares = adjusted([one.chance for one in tested])
    found = [
        replace(one, share=share, severity=_severity(share, by))
        for one, share in zip(tested, shares, strict=True)
        if share <= by.false_share and large(one)
    ]
    return Looked(len(tested), small, tuple(sorted(found, key=lambda one: (one.share, one.subject))))


def _severity(share: float, by: Common) -> Severity:
    return "high" if share <= by.high else "middle" if share <= by.middle else "low"


def percent(part: float, whole: float) -> Decimal:
    """A share in percent with one decimal; 0 of nothing is 0."""
    return Decimal(str(round(100 * part / whole, 1))) if whole else Decimal(0)


def shown(value: float, places: int = 2) -> Decimal:
    """A computed number with so many decimals."""
    return Decimal(f"{value:.{places}f}")


def joined(looks: Iterable[Looked]) -> Looked:
    """Several looks as one."""
    kept = list(looks)
    return Looked(
        sum(one.tested for one in kept), sum(one.small for one in kept),
        tuple(found for one in kept for found in one.findings),
    )  # fmt: skip
