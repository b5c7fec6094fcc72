"""Readmission, split admission, overlapping stays and down-referrals among stays (definitions 1, 8, 11).

Pure: the yardstick of the same judgement made in SQL. A patient is whoever bears the same `person`; days are
calendar days between discharge and admission. The nearest previous discharge of an admission is the latest
one not after it in time, of any other stay; at one instant that of the admission's own institution, else the
smallest key. So the order is total, and an admission counts for one discharge only. Source of every choice:
the readmission oracle.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from grouping.engine.admissions import (
    COMMUNITY,
    DEATH,
    PLANNED,
    R01_THERAPY,
    THERAPY,
    TRANSFER,
    VARIANTS,
    Judged,
    Link,
    Overlap,
    Rules,
    Split,
    Stay,
    alike,
    gap_days,
)  # fmt: skip
from grouping.engine.exact import percent


@dataclass(slots=True)
class Book:
    """The stays of an alliance by patient, ready to be asked; `members` has the primary institutions."""

    stays: Sequence[Stay]
    links: Sequence[Link] = ()
    primary: frozenset[str] = frozenset()
    rules: Rules = field(default_factory=Rules)
    _by_person: dict[Hashable, list[Stay]] = field(init=False, repr=False)
    _ends: dict[Hashable, list[datetime]] = field(init=False, repr=False)
    _admissions: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_person = defaultdict(list)
        for stay in sorted(self.stays, key=lambda one: (one.discharged, one.key)):
            self._by_person[stay.person].append(stay)
        self._ends = {who: [one.discharged for one in own] for who, own in self._by_person.items()}
        self._admissions = frozenset(link.admission for link in self.links if link.admission)

    def others(self, stay: Stay) -> list[Stay]:
        """The other stays of the patient, by discharge."""
        return [one for one in self._by_person[stay.person] if one.id != stay.id]

    def previous(self, stay: Stay, *, same_institution: bool = False) -> Stay | None:
        """The nearest previous discharge of an admission; None without one."""
        own = self._by_person[stay.person]
        before = [
            one
            for one in own[: bisect_right(self._ends[stay.person], stay.admitted)]
            if one.id != stay.id and not (same_institution and one.institution != stay.institution)
        ]
        if not before:
            return None
        latest = [one for one in before if one.discharged == before[-1].discharged]
        return min(latest, key=lambda one: (one.institution != stay.institution, one.key))

    def excluded(self, stay: Stay, data_end: date) -> str:
        """Why a discharge is no index; "" when it is. `data_end` is the last day with data."""
        if stay.way == DEATH:
            return "death"
        if stay.age == 0 and stay.age_days is not None and stay.age_days <= self.rules.newborn_days:
            return "newborn"
        if stay.way == TRANSFER and self._moved_same_day(stay):
            return "same_day_transfer"
        return "window" if (data_end - stay.discharged.date()).days < self.rules.readmit_days else ""

    def _moved_same_day(self, stay: Stay) -> bool:
        return any(
            one.institution != stay.institution
            and one.admitted >= stay.discharged
            and one.admitted.date() == stay.discharged.date()
            for one in self.others(stay)
        )

    def referred(self, stay: Stay) -> bool:
        """Whether an accepted referral led to this admission."""
        return stay.id in self._admissions

    def transferred(self, first: Stay, second: Stay) -> bool:
        """Whether the first stay ended with an ordered move to the second's institution within the hours."""
        return (
            first.way in (TRANSFER, COMMUNITY)
            and first.receiver == second.institution
            and second.admitted - first.discharged <= self.rules.transfer
        )

    def _reason(self, stay: Stay, before: Stay, excluded: str) -> str:
        """Why an admission after a discharge is no readmission, or "counted"; the first reason wins."""
        if excluded:
            return f"index_{excluded}"
        if gap_days(before, stay) > self.rules.readmit_days:
            return "beyond_window"
        if self.referred(stay):
            return "accepted_referral"
        if self.transferred(before, stay):
            return "transfer_within_24h"
        if before.plan == PLANNED:
            return "planned"
        return "therapy" if stay.diagnosis.startswith(THERAPY) else "counted"

    def judge(self, data_end: date) -> dict[str, Judged]:
        """Every stay as index and as admission, by id."""
        excluded = {stay.id: self.excluded(stay, data_end) for stay in self.stays}
        before = {stay.id: self.previous(stay) for stay in self.stays}
        reasons = {}
        after: dict[str, list[Stay]] = defaultdict(list)
        for stay in sorted(self.stays, key=lambda one: (one.admitted, one.discharged, one.id)):
            first = before[stay.id]
            reasons[stay.id] = self._reason(stay, first, excluded[first.id]) if first else "no_previous"
            if first and reasons[stay.id] == "counted":
                after[first.id].append(stay)
        return {
            stay.id: Judged(
                excluded[stay.id], first.id if (first := before[stay.id]) else "",
                gap_days(first, stay) if first else None, reasons[stay.id],
                {name: tuple(again.id for again in after[stay.id] if alike(name, stay, again))
                 for name in VARIANTS},
            )
            for stay in self.stays
        }  # fmt: skip

    def split(self, stay: Stay) -> Split:
        """R01 分解住院: the stay against the nearest previous discharge, at home and anywhere."""
        home, anywhere = self.previous(stay, same_institution=True), self.previous(stay)
        reason = self._split_reason(home, stay)
        return Split(
            home.id if home else "", gap_days(home, stay) if home else None, reason,
            self._split_reason(anywhere, stay) == "flag",
        )  # fmt: skip

    def _split_reason(self, first: Stay | None, second: Stay) -> str:
        if first is None:
            return "no_previous"
        if gap_days(first, second) > self.rules.split_days:
            return f"over_{self.rules.split_days}_days"
        if not (alike("dx3", first, second) or alike("adrg", first, second)):
            return "different_diagnosis_and_group"
        if first.way in (TRANSFER, COMMUNITY, DEATH):
            return "first_was_death_or_transfer"
        if first.plan == PLANNED:
            return "planned"
        if self.referred(second):
            return "accepted_referral"
        if self.transferred(first, second):
            return "transfer_within_24h"
        if second.diagnosis.startswith(R01_THERAPY):
            return "therapy"
        return "emergency_critical" if second.emergency else "flag"

    def overlap(self, stay: Stay) -> Overlap:
        """R02 (e): stays of the patient elsewhere that share more than the hours with this one."""
        found = {other.id: self._overlap_reason(stay, other) for other in self.others(stay)}
        flagged = tuple(sorted(other for other, reason in found.items() if reason == "flag"))
        if flagged:
            return Overlap("flag", flagged)
        order = ("referral", "same_day_transfer", f"overlap_up_to_{self._hours}h")
        return Overlap(next((reason for reason in order if reason in found.values()), ""))

    @property
    def _hours(self) -> int:
        return int(self.rules.overlap.total_seconds() // 3600)

    def _overlap_reason(self, one: Stay, other: Stay) -> str:
        shared = min(one.discharged, other.discharged) - max(one.admitted, other.admitted)
        if one.institution == other.institution or shared <= timedelta(0):
            return ""
        if shared <= self.rules.overlap:
            return f"overlap_up_to_{self._hours}h"
        if self._referred_between(one, other):
            return "referral"
        first, second = sorted((one, other), key=lambda stay: (stay.admitted, stay.discharged, stay.id))
        moved = first.way in (TRANSFER, COMMUNITY) and first.discharged.date() == second.admitted.date()
        return "same_day_transfer" if moved else "flag"

    def _referred_between(self, one: Stay, other: Stay) -> bool:
        places = {one.institution, other.institution}
        return any(
            link.admission in (one.id, other.id) and {link.origin, link.target} == places
            for link in self.links
            if link.admission
        )

    def down_referral(self, stay: Stay) -> bool:
        """Whether a discharge is a down-referral: ordered, and taken in by the receiver; or by a referral."""
        if any(link.direction == "down" and link.source == stay.id and link.admission for link in self.links):
            return True
        ordered = stay.way == COMMUNITY or (stay.way == TRANSFER and stay.receiver in self.primary)
        return ordered and any(
            one.institution == stay.receiver
            and one.admitted >= stay.discharged
            and gap_days(stay, one) <= self.rules.down_referral_days
            for one in self.others(stay)
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """Readmitted of eligible index discharges."""

    eligible: int
    readmitted: int

    @property
    def pct(self) -> Decimal | None:
        """Percent, two decimals; None when nothing is eligible."""
        return percent(self.readmitted, self.eligible)


def rates(stays: Iterable[Stay], judged: Mapping[str, Judged], variant: str) -> dict[str, Rate]:
    """Rate of each institution with a discharge, of the index's institution; "" is all of them."""
    eligible: dict[str, int] = defaultdict(int)
    again: dict[str, int] = defaultdict(int)
    for stay in stays:
        one = judged[stay.id]
        for place in ("", stay.institution):
            eligible[place] += not one.excluded
            again[place] += not one.excluded and bool(one.readmissions[variant])
    return {place: Rate(eligible[place], again[place]) for place in eligible}


__all__ = ["VARIANTS", "Book", "Judged", "Link", "Overlap", "Rate", "Rules", "Split", "Stay", "rates"]
