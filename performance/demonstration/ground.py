"""The ground of a demonstration alliance: places, people, sign-ins, roster, scheme of groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.models import Alliance, Department, Institution, Membership, RosterRow, Staff, User
from alliance.services import alliances
from alliance.tenancy.scope import act_in
from grouping.services import schemes

SCHEME = "xietong_demo"
FIRST_DAY = date(2025, 1, 1)
BATCH = 1_000


@dataclass(frozen=True)
class Ground:
    """What the later steps look up by code."""

    alliance: Alliance
    places: dict[str, Institution]
    units: dict[tuple[str, str], Department]
    members: dict[str, Membership]
    office: list[Membership]
    steward: Membership

    def clinician(self, place: str) -> Membership:
        """Who logged an institution's past referrals: its own clinician, else the steward who took them
        over.
        """
        here = self.places[place].pk
        own = (one for one in self.members.values() if one.institution_id == here and one.can("referral.log"))
        return next(own, self.steward)


def load(demo: DemoAlliance, password_hash: str) -> Ground:
    """Store the alliance and everything its months stand on."""
    alliance = alliances.found(
        code=demo.code,
        name=demo.name,
        name_en=demo.name_en,
        kind=demo.kind,
        word=demo.word,
        body=demo.body,
        calendar_since=FIRST_DAY.year,
    )
    with act_in(alliance), transaction.atomic():
        places = _places(demo)
        units = _units(demo, places)
        _staff(demo, places, units)
        members = _members(demo, places, password_hash)
        schemes.adopt_shipped(by=None, code=SCHEME, from_date=FIRST_DAY)
    office = [one for one in members.values() if "performance_office" in one.roles]
    steward = next(one for one in members.values() if "data_steward" in one.roles)
    return Ground(alliance, places, units, members, office, steward)


def _places(demo: DemoAlliance) -> dict[str, Institution]:
    """Parents before their rooms, so two rounds."""
    found: dict[str, Institution] = {}
    for with_parent in (False, True):
        rows = [
            Institution(
                code=place.code,
                organisation=place.organisation,
                name=place.name,
                short_name=place.short_name,
                pinyin=place.pinyin,
                level=place.level,
                kind=place.kind,
                role=place.role,
                beds=place.beds,
                served_population=place.served_population,
                parent=found.get(place.parent),
            )
            for place in demo.places
            if bool(place.parent) == with_parent
        ]
        found |= {row.code: row for row in Institution.objects.bulk_create(rows)}
    return found


def _units(demo: DemoAlliance, places: dict[str, Institution]) -> dict[tuple[str, str], Department]:
    rows = [
        Department(institution=places[unit.institution], code=unit.code, name=unit.name, kind=unit.kind)
        for unit in demo.units
    ]
    made = Department.objects.bulk_create(rows, batch_size=BATCH)
    return {(unit.institution, unit.code): row for unit, row in zip(demo.units, made, strict=True)}


def _staff(
    demo: DemoAlliance, places: dict[str, Institution], units: dict[tuple[str, str], Department]
) -> None:
    rows = [
        Staff(
            institution=places[one.institution],
            department=units.get((one.institution, one.department)),
            code=one.code,
            name=one.name,
            kind=one.kind,
            title=one.title,
        )
        for one in demo.staff
    ]
    made = Staff.objects.bulk_create(rows, batch_size=BATCH)
    by_code = {(one.institution, one.code): row for one, row in zip(demo.staff, made, strict=True)}
    RosterRow.objects.bulk_create(
        [
            RosterRow(
                month=line.month.first_day,
                staff=by_code[line.home, line.staff],
                institution=places[line.institution],
                department=units.get((line.institution, line.department)),
                post_coefficient=line.post_coefficient,
                share=line.share,
                days=line.days,
                leave_days=line.leave_days,
                seconded=line.seconded,
                employment=line.employment,
            )
            for line in demo.roster
        ],
        batch_size=BATCH,
    )


def _members(demo: DemoAlliance, places: dict[str, Institution], password_hash: str) -> dict[str, Membership]:
    found: dict[str, Membership] = {}
    for one in demo.users:
        user, _made = User.objects.get_or_create(
            username=one.username, defaults={"name": one.name, "password": password_hash}
        )
        found[one.username] = Membership.objects.create(
            user=user, institution=places.get(one.institution), roles=list(one.roles)
        )
    return found
