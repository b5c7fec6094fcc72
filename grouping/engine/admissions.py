"""Stays as readmission sees them, referrals between them, what can be said of each (definitions 1, 8)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

TRANSFER, COMMUNITY, DEATH = 2, 3, 5  # ways of discharge B34C (RC019)
PLANNED = 2  # B36C (RC028)
THERAPY = ("Z51.0", "Z51.1", "Z49")
R01_THERAPY = ("Z51.", "Z49")
VARIANTS = ("all", "dx3", "adrg")


@dataclass(frozen=True, slots=True)
class Rules:
    """Windows an alliance decides: days and hours, all inclusive but the overlap (strictly more)."""

    readmit_days: int = 30
    split_days: int = 15
    overlap: timedelta = timedelta(hours=4)
    transfer: timedelta = timedelta(hours=24)
    down_referral_days: int = 7
    newborn_days: int = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One stay. `key` orders stays that end together: institution, record, visit.

    `receiver` is the member that B35 names ("" if it names none); `adrg` "" where it came to none.
    """

    id: str
    person: Hashable
    institution: str
    key: tuple[str, str, str]
    admitted: datetime
    discharged: datetime
    way: int
    diagnosis: str
    adrg: str = ""
    receiver: str = ""
    plan: int | None = None
    age: int = 50
    age_days: int | None = None
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A referral in an accepted state: where from and to, the stay it came from, the admission it led to."""

    direction: str
    origin: str
    target: str
    source: str = ""
    admission: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a stay is, as a discharge and as an admission.

    `excluded`: why it is no index ("" = it is one). `previous`, `gap`: its nearest previous discharge and the
    days since. `reason`: why it is no readmission, or "counted". `readmissions`: the counted admissions after
    it, by variant.
    """

    excluded: str
    previous: str
    gap: int | None
    reason: str
    readmissions: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Split:
    """R01 on the second stay: nearest previous discharge of the same institution, and "flag" or why not.

    `alliance` says whether the same holds for the nearest previous discharge anywhere.
    """

    previous: str
    gap: int | None
    reason: str
    alliance: bool

    def within(self, days: int) -> bool:
        """Whether the flag also holds for a shorter window."""
        return self.reason == "flag" and self.gap is not None and self.gap <= days


@dataclass(frozen=True, slots=True)
class Overlap:
    """R02 (e) on a stay: "flag" with the other stays, else the reason that released it ("" = no overlap)."""

    reason: str
    others: tuple[str, ...] = ()


def gap_days(first: Stay, second: Stay) -> int:
    """Calendar days from the discharge of the first to the admission of the second."""
    return (second.admitted.date() - first.discharged.date()).days


def alike(variant: str, first: Stay, second: Stay) -> bool:
    """Whether two stays count together under a variant: all, dx3 (category of the diagnosis), adrg."""
    if variant == "all":
        return True
    if variant == "dx3":
        return bool(first.diagnosis) and first.diagnosis[:3] == second.diagnosis[:3]
    return bool(first.adrg) and first.adrg == second.adrg
