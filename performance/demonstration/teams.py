"""Family-doctor teams of the townships with their members and their numbers (S1-45, S0-46): of the last
month, and what the insurer counts once a year, the cost a head of persons managed and not managed.

Each has a general practitioner, a public-health doctor as health manager and a nurse; the first of a place
also an expert of the lead hospital.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from alliance.demo.chance import below, stream
from alliance.lib.period import Month
from alliance.models import Institution, Staff, Team, TeamMember
from alliance.tenancy.scope import act_in
from performance.declared import services
from performance.declared.services import Entry, Place
from performance.demonstration.deliveries import local
from performance.demonstration.ground import Ground
from performance.engine.spans import Span

SINCE, MONTH = date(2026, 1, 1), Month(2026, 10)
YEAR = Span(Month(2025, 1), "year")  # the one that the months until December count
UNMANAGED = (380_000, 60_000)  # fen a head, and how much more by chance
MANAGED = (82, 14)  # of a hundred of that
ENTERED = datetime(2026, 11, 5, 11, 0)
NAMES = ("一队", "二队")
# Of every thousand residents of a team: how many, and how many more by chance.
COUNTS = {
    "resident_population": (1000, 0), "health_records": (850, 110), "records_updated": (520, 200),
    "priority_population": (260, 0), "priority_contracted": (190, 50), "managed_persons": (150, 0),
    "follow_up_normal": (105, 35), "prescribed_persons": (70, 50), "rehab_needed": (30, 0),
    "rehab_guided": (18, 11), "contracted_visits": (240, 0), "contracted_first_visits": (120, 70),
    "hypertension_managed": (110, 0), "hypertension_controlled": (58, 30), "hypertension_normal": (68, 30),
    "diabetes_managed": (45, 0), "diabetes_controlled": (22, 14),
}  # fmt: skip


def load(base: Ground) -> str:
    """Register the teams and deliver their numbers; a line of the report."""
    now = local(ENTERED)
    with act_in(base.alliance), transaction.atomic():
        teams = list(_registered())
        office, second = base.office[0], base.office[1]
        rows = services.enter(by=office, entries=list(_delivered(teams, str(office.user))), now=now)
        rows = services.submit_all(by=office, rows=rows, now=now + timedelta(minutes=5))
        services.confirm_all(by=second, rows=rows, now=now + timedelta(hours=1))
        members = TeamMember.objects.count()
    return f"{len(teams)} teams with {members} members, {len(rows)} of their numbers"


def _registered() -> Iterator[Team]:
    """Two teams a township or community centre."""
    places = Institution.objects.filter(kind__in=["township", "community"]).order_by("code")
    experts = iter(
        Staff.objects.filter(institution__role="lead", kind="doctor", title="副主任医师").order_by("code")
    )
    rows = []
    for place in places:
        doctors, managers, nurses = (_at(place, part) for part in ("02", "01", "HL01"))
        for number, name in enumerate(NAMES):
            team = Team.objects.create(
                institution=place, code=f"T{number + 1}", name=f"{place.short_name}{name}"
            )
            crew = [(doctors, "gp"), (managers, "health_manager"), (nurses, "nurse")]
            found = [(next(people, None), role) for people, role in crew]
            found += [(next(experts, None), "expert")] if number == 0 else []
            rows += [
                TeamMember(
                    institution=place, team=team, home_id=one.institution_id, staff=one, role=role,
                    leads=role == "gp", from_date=SINCE,
                )
                for one, role in found if one is not None
            ]  # fmt: skip
            yield team
    TeamMember.objects.bulk_create(rows)


def _at(place: Institution, department: str) -> Iterator[Staff]:
    rows = Staff.objects.filter(institution=place, department__code=department)
    return iter(rows.select_related("institution").order_by("-kind", "code"))


def _delivered(teams: list[Team], responsible: str) -> Iterator[Entry]:
    """The numbers of each team from the public-health system."""
    for team in teams:
        dice = stream("team", team.institution.code, team.code)
        thousands = max(1, (team.institution.served_population or 10_000) // 2000)
        for fact, (share, more) in COUNTS.items():
            value = Decimal(thousands * (share + (below(dice, more) if more else 0)))
            place = Place(team.institution, team=team.code)
            yield Entry(place, fact, Span(MONTH), value, responsible, "公卫系统月报")
        yield from _costs(team, responsible)


def _costs(team: Team, responsible: str) -> Iterator[Entry]:
    """What the scheme of teams asks for as their contribution to the groups (S0-36)."""
    dice = stream("team cost", team.institution.code, team.code)
    others = UNMANAGED[0] + below(dice, UNMANAGED[1])
    own = others * (MANAGED[0] + below(dice, MANAGED[1])) // 100
    for fact, fen in (("managed_cost_fen", own), ("unmanaged_cost_fen", others)):
        place = Place(team.institution, team=team.code)
        yield Entry(place, fact, YEAR, Decimal(fen), responsible, "医保清算年报")
