"""Clinical insurance liaisons 临床医保联络员: how many a clinical department has and should (S1-54).

The band is a dated parameter; who leaves or is seated moves the list at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from alliance.models import Department, Membership
from alliance.services import parameters

LIAISON, COUNT = "insurance_liaison", "qe.liaison_count"


@dataclass(frozen=True, slots=True)
class Band:
    """Persons a department."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A clinical department with its liaisons."""

    institution: str
    department: str
    names: tuple[str, ...]
    few: bool
    many: bool

    @property
    def wrong(self) -> bool:
        """Outside the band."""
        return self.few or self.many


def band(today: date) -> Band:
    """What holds on a day. Raises parameters.NotInForce."""
    found = cast("Mapping[str, Any]", parameters.in_force(COUNT, on=today))
    return Band(int(found["min"]), int(found["max"]))


def units(membership: Membership, held: Band) -> list[Unit]:
    """The clinical departments a member sees, those outside the band first; two queries."""
    rows = Department.objects.filter(kind=Department.Kind.CLINICAL, institution__is_active=True)
    if membership.institution_id is not None:
        rows = rows.filter(institution=membership.institution_id)
    names: dict[int, list[str]] = defaultdict(list)
    holders = Membership.objects.living().filter(roles__contains=[LIAISON], department__isnull=False)
    for department, name in holders.values_list("department", "user__name").order_by("user__name"):
        names[department].append(name)
    found = [
        Unit(
            one.institution.short_name, one.name, tuple(names[one.pk]), len(names[one.pk]) < held.least,
            len(names[one.pk]) > held.most,
        )
        for one in rows.select_related("institution").order_by("institution__code", "code")
    ]  # fmt: skip
    return sorted(found, key=lambda unit: not unit.wrong)


def wrong(membership: Membership, today: date) -> int:
    """How many departments a member sees are outside the band; 0 where no band is in force."""
    try:
        held = band(today)
    except parameters.NotInForce:
        return 0
    return sum(one.wrong for one in units(membership, held))
