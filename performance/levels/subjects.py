"""Who is scored at a level in a month, and how the records of other rooms name them.

Front pages name a doctor by name, referrals by the sign-in that logged them, all others by the staff row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership, Staff, Team, TeamMember
from performance.engine.levels import Subject
from performance.models import Level

ALLIANCE = 0  # the key of the alliance itself, which is no row of it
# What schemes call a team, by its kind.
TEAM_KINDS = {Team.Kind.FAMILY_DOCTOR: "team", Team.Kind.SERVICE: "service_team"}


@dataclass(frozen=True, slots=True)
class Who:
    """A subject with its rows: `pk` of the department, team or person (ALLIANCE: the alliance itself)."""

    pk: int
    subject: Subject
    institution_id: int | None = None
    department_id: int | None = None
    staff_id: int | None = None
    team_id: int | None = None


def of(level: str) -> list[Who]:
    """All subjects of a level, by institution and code; one query."""
    return {
        Level.ALLIANCE: _alliance, Level.DEPARTMENT: _departments, Level.TEAM: _teams, Level.PERSON: _persons,
    }[Level(level)]()  # fmt: skip


def _alliance() -> list[Who]:
    return [Who(ALLIANCE, Subject("alliance", "alliance", "alliance"))]


def _departments() -> list[Who]:
    rows = Department.objects.filter(is_active=True, institution__is_active=True)
    found = rows.select_related("institution").order_by("institution__code", "code")
    return [
        Who(row.pk, _subject(row.institution, row.code, row.kind), row.institution_id, row.pk)
        for row in found
    ]


def _teams() -> list[Who]:
    rows = Team.objects.filter(is_active=True, institution__is_active=True)
    found = rows.select_related("institution").order_by("institution__code", "code")
    return [
        Who(
            row.pk, _subject(row.institution, row.code, TEAM_KINDS[Team.Kind(row.kind)]), row.institution_id,
            team_id=row.pk,
        )
        for row in found
    ]  # fmt: skip


def names(level: str) -> Mapping[str, str]:
    """What the subjects of a level are called, with their institution, by code; one query."""
    if level == Level.ALLIANCE:
        return {}
    model = {Level.DEPARTMENT: Department, Level.TEAM: Team, Level.PERSON: Staff}[Level(level)]
    rows = model.objects.values_list("institution__code", "code", "institution__short_name", "name")
    return {f"{place}/{code}": f"{short} · {name}" for place, code, short, name in rows}


def crew(month: Month) -> Mapping[int, int]:
    """Who counts for which team in a month: staff -> team; one query.

    People of the team's own institution and of its village rooms, which are scored and paid through it
    (practice.md 1); an expert from another member works for many teams, and his numbers are his hospital's.
    Who was in several teams counts in the one joined last, so that nothing counts twice.
    """
    inside = Q(home=F("institution")) | Q(home__parent=F("institution"))
    rows = TeamMember.objects.of_month(month).filter(inside, staff__is_active=True)
    return dict(rows.values_list("staff", "team"))


def _persons() -> list[Who]:
    rows = Staff.objects.filter(is_active=True, institution__is_active=True)
    found = rows.select_related("institution").order_by("institution__code", "code")
    return [
        Who(
            row.pk, _subject(row.institution, row.code, row.kind), row.institution_id, row.department_id,
            row.pk,
        )
        for row in found
    ]  # fmt: skip


def _subject(place: Institution, code: str, kind: str) -> Subject:
    return Subject(f"{place.code}/{code}", place.pay_group, kind)


@dataclass(slots=True)
class Finder:
    """From what a record says to the key of its subject; each table is read once."""

    level: str
    _memo: dict[str, Mapping[tuple[Any, str], int]] = field(default_factory=dict)

    def case(self, institution_id: int, key: str) -> int | None:
        """Of a department's code or a doctor's name as the front page writes it.

        A name that two of the institution's staff bear names nobody.
        """
        if self.level == Level.ALLIANCE:
            return ALLIANCE
        table = self._read("case", self._departments if self.level == Level.DEPARTMENT else self._names)
        return table.get((institution_id, key))

    def team(self, institution: str, name: str) -> int | None:
        """Of a team's code, or its name where it was declared by name, at an institution (its code)."""
        table = self._read("team", self._teams)
        return table.get((institution, name))

    def team_of(self, institution_id: int, code: str) -> int | None:
        """Of a team's code at an institution (its key)."""
        return self._read("team_of", self._coded_teams).get((institution_id, code))

    def member(self, member_id: int) -> int | None:
        """The staff row of who signed in."""
        return self._read("member", self._members).get((member_id, ""))

    def _read(self, name: str, make: object) -> Mapping[tuple[Any, str], int]:
        if name not in self._memo:
            self._memo[name] = make()  # type: ignore[operator]
        return self._memo[name]

    @staticmethod
    def _departments() -> Mapping[tuple[int, str], int]:
        rows = Department.objects.values_list("institution", "code", "pk")
        return {(place, code): pk for place, code, pk in rows}

    @staticmethod
    def _teams() -> Mapping[tuple[str, str], int]:
        rows = list(Team.objects.values_list("institution__code", "code", "name", "pk"))
        named = {(place, name): pk for place, _code, name, pk in rows}
        return {**named, **{(place, code): pk for place, code, _name, pk in rows}}

    @staticmethod
    def _coded_teams() -> Mapping[tuple[int, str], int]:
        return {(at, code): pk for at, code, pk in Team.objects.values_list("institution", "code", "pk")}

    @staticmethod
    def _names() -> Mapping[tuple[int, str], int]:
        rows = list(Staff.objects.filter(is_active=True).values_list("institution", "code", "name", "pk"))
        borne = Counter((place, name) for place, _code, name, _pk in rows)
        named = {(place, name): pk for place, _code, name, pk in rows if borne[place, name] == 1}
        return {**named, **{(place, code): pk for place, code, _name, pk in rows}}

    @staticmethod
    def _members() -> Mapping[tuple[int, str], int]:
        staff = {
            (user, place): pk
            for pk, user, place in Staff.objects.exclude(user=None).values_list("pk", "user", "institution")
        }
        rows = Membership.objects.exclude(institution=None).values_list("pk", "user", "institution")
        return {(pk, ""): staff[user, place] for pk, user, place in rows if (user, place) in staff}
