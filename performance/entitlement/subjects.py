"""Who has lines of a sheet, with the scores the month brings; constant queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import F, Sum

from alliance.lib.period import Month
from alliance.models import Department, Institution, RosterRow, Staff, Team
from performance.engine.exact import half_up
from performance.engine.pay.entitled_rules import KINDS, OWED
from performance.levels import services as levels
from performance.models import (
    EntitlementKind,
    EntitlementLine,
    Level,
    LevelRun,
    LevelSubject,
    PayDue,
    PayLine,
    PayPot,
)

PLACES = 2


@dataclass(frozen=True, slots=True)
class Subject:
    """A team, department, institution or person: its key among the rows, its name, what a line of it is
    about, and its percent of the possible points by dimension; of a person the pay of the month.
    """

    key: str
    name: str
    institution: Institution
    department: Department | None = None
    team: Team | None = None
    staff: Staff | None = None
    scores: dict[str, Decimal] = field(default_factory=dict)

    @property
    def paid(self) -> Institution:
        """Who is paid: a village room through its township."""
        here = self.institution
        return here.parent if here.parent_id and here.parent is not None else here


def of(kind: str, month: Month) -> list[Subject]:
    """All that may have a line of this kind, by institution and code."""
    how = KINDS[kind]
    if how.level == "team":
        return _teams(month, how.scores, owing=OWED in how.brings)
    if how.level == "department":
        return _departments()
    if how.level == "person":
        return _persons(month)
    places = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    return [
        Subject(f"i{one.pk}", one.short_name, one, scores=_side(one) if "side" in how.scores else {})
        for one in places.order_by("code")
    ]


def _side(one: Institution) -> dict[str, Decimal]:
    """Whose group template C counts it in: 1 of primary institutions, 0 of hospitals (S3-50)."""
    return {"side": Decimal(one.level == Institution.Level.PRIMARY)}


def _teams(month: Month, wanted: tuple[str, ...], *, owing: bool) -> list[Subject]:
    rows = Team.objects.filter(is_active=True, kind=Team.Kind.FAMILY_DOCTOR, institution__is_active=True)
    scores = _scores(month, wanted) if wanted else {}
    for team, fen in owed().items() if owing else ():
        if fen:
            scores.setdefault(team, {})[OWED] = Decimal(fen)
    return [
        Subject(f"t{one.pk}", named(one), one.institution, team=one, scores=scores.get(one.pk, {}))
        for one in rows.select_related("institution__parent").order_by("institution__code", "code")
    ]  # fmt: skip


def owed() -> dict[int, int]:
    """What each team still owes after its last confirmed sheet, fen; one query."""
    rows = EntitlementLine.objects.filter(team__isnull=False, sheet__confirmed_at__isnull=False)
    last = rows.exclude(sheet__kind=EntitlementKind.FOUR_PART).order_by(
        "team", "-sheet__confirmed_at", "-sheet_id"
    ).distinct("team")  # fmt: skip
    return dict(last.values_list("team", "owed_fen"))


def _departments() -> list[Subject]:
    rows = Department.objects.filter(is_active=True, institution__is_active=True)
    rows = rows.exclude(institution__kind=Institution.Kind.VILLAGE).select_related("institution__parent")
    return [
        Subject(f"d{one.pk}", named(one), one.institution, department=one)
        for one in rows.order_by("institution__code", "code")
    ]


def _persons(month: Month) -> list[Subject]:
    """Who has pay of the month in the books, posted corrections of its lines included, at the place of the
    roster where most of the time is spent.
    """
    first = month.first_day
    pay = PayLine.objects.filter(
        pot__state=PayPot.State.POSTED, pot__pool__month=first, plan=F("pot__plan")
    ).exclude(pot__pool__entitlement__kind=EntitlementKind.INNOVATION_PERSONAL)  # fmt: skip
    moved = PayDue.objects.of_lines().filter(line__in=pay.values("pk"))
    found: dict[int, int] = defaultdict(int)
    for rows_of in (pay, moved):
        for one in rows_of.values("staff").annotate(sum=Sum("fen")).order_by():
            found[one["staff"]] += one["sum"]
    found = {staff: fen for staff, fen in found.items() if fen > 0}
    rows = RosterRow.objects.filter(month=first, staff__in=found).select_related(
        "staff__institution", "institution__parent"
    )
    known = {
        row.staff_id: Subject(
            f"p{row.staff_id}", f"{row.staff.name} {row.staff.institution.code}/{row.staff.code}",
            row.institution, staff=row.staff, scores={"month_pay_fen": Decimal(found[row.staff_id])},
        )
        for row in rows.order_by("share", "-pk")
    }  # fmt: skip
    return sorted(known.values(), key=lambda one: one.name)


def called(one: Subject) -> frozenset[str]:
    """What a person may be called by: the name, the number, the number with that of the institution."""
    assert one.staff is not None, "only persons are called by name"
    code = one.staff.code
    return frozenset({one.staff.name, code, f"{one.staff.institution.code}/{code}"})


def named(one: Team | Department) -> str:
    """With its institution, unless its name begins with it."""
    place = str(one.institution.short_name)
    return str(one.name) if one.name.startswith(place) else f"{place} {one.name}"


def scored(month: Month, teams: Sequence[int], at: datetime) -> dict[int | None, int]:
    """Where the scores of teams stand that a sheet entered at a moment read: subjects of the level's run (pk)
    by team.
    """
    run = LevelRun.objects.filter(
        month=month.first_day, level=Level.TEAM, state=LevelRun.State.COMPUTED, computed_at__lte=at
    ).order_by("-number").first() if teams else None  # fmt: skip
    return dict(LevelSubject.objects.filter(run=run, team__in=teams).values_list("team", "pk")) if run else {}


def _scores(month: Month, wanted: tuple[str, ...]) -> dict[int, dict[str, Decimal]]:
    """Percent of the possible points of the dimensions wanted, of each team scored; one that could not be
    scored is missing.
    """
    run = levels.current(month, Level.TEAM)
    if run is None:
        return {}
    rows: Any = LevelSubject.objects.filter(run=run, team__isnull=False)
    found: dict[int, dict[str, Decimal]] = {}
    for team, dimensions in rows.values_list("team", "dimensions"):
        found[team] = {
            code: half_up(100 * Fraction(str(points)) / Fraction(str(possible)), PLACES)
            for code, points, possible in dimensions if code in wanted and Fraction(str(possible))
        }  # fmt: skip
    return found
