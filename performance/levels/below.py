"""The way down from a score: from the alliance to its institutions, to their teams, to their members.

S0-46..49: person, team, region. A member's score opens only for who may see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Institution, Membership, TeamMember
from alliance.web import words
from performance.levels import seen, services
from performance.levels.explained import Explained
from performance.levels.subjects import crew
from performance.models import Level, LevelSubject, Line
from performance.services import months


@dataclass(frozen=True)
class Below:
    """One line further down: who, what, its score (`known` False: not for this reader), where it opens."""

    name: str
    what: str
    score: Any
    url: str
    known: bool = True


def below(membership: Membership, found: Explained) -> tuple[str, Sequence[Below]]:
    """The heading and the lines under a subject; a few queries whatever their number."""
    row, month = found.row, found.run.period
    if row.institution_id is None:
        return _("Institutions"), _institutions(membership, month)
    if row.team_id is not None:
        return _("Members of the team"), _members(membership, row, month)
    if row.staff_id is None:
        persons = _persons(membership, month).filter(department=row.department_id)
        return _("Scores of persons"), [_scored(one) for one in persons]
    return "", ()


def _institutions(membership: Membership, month: Month) -> list[Below]:
    """Every institution with a score of the month; those the reader may not open are named only."""
    run = months.current(month)
    if run is None or run.settlement is None:
        return []
    rows = Line.objects.filter(settlement=run.settlement).select_related("institution")
    return [
        Below(
            one.institution.name, str(Institution.Kind(one.institution.kind).label), one.score,
            reverse("month-institution", args=[str(month), one.institution.code])
            if membership.sees(one.institution_id) else "",
        )
        for one in rows.order_by("-score", "institution__code")
    ]  # fmt: skip


def _persons(membership: Membership, month: Month) -> Any:
    """The persons of the month whom the reader may see."""
    run = services.current(month, Level.PERSON)
    if run is None:
        return LevelSubject.objects.none()
    return seen.subjects(membership, run).order_by("-score", "code")


def _members(membership: Membership, row: LevelSubject, month: Month) -> list[Below]:
    """Everybody of the month's roster of the team, with the role and from when to when."""
    team = TeamMember.objects.of_month(month).filter(team=row.team_id).select_related("staff", "home")
    persons = _persons(membership, month).filter(staff__teams__team=row.team_id)
    scores = {one.staff_id: one for one in persons}
    counted, lines = crew(month), []
    for one in team.order_by("-leads", "role", "from_date"):
        found, said = scores.get(one.staff_id), _of(one, row, counted)
        score = found.score if found else None
        lines.append(Below(one.staff.name, said, score, _address(found), found is not None))
    return lines


def _of(one: TeamMember, row: LevelSubject, counted: Any) -> str:
    """Role, days, and where the person's numbers count when it is not here."""
    said = [str(one.get_role_display())]
    if one.leads:
        said.append(_("leads the team"))
    until = words.day(one.to_date) if one.to_date else _("today")
    said.append(_("%(first)s until %(last)s") % {"first": words.day(one.from_date), "last": until})
    if one.home_id != one.institution_id and one.home.parent_id != one.institution_id:
        said.append(_("of %(place)s; counts there") % {"place": one.home.short_name})
    elif counted.get(one.staff_id) != row.team_id:
        said.append(_("counts in another team this month"))
    return " · ".join(said)


def _scored(one: LevelSubject) -> Below:
    return Below(str(one.staff and one.staff.name), "", one.score, _address(one))


def _address(one: LevelSubject | None) -> str:
    return reverse("level-subject", args=[one.pk]) if one else ""


def lacking(row: LevelSubject, month: Month) -> str:
    """What the team lacks of expert, general practitioner and health manager (S1-45); empty when whole."""
    if row.team_id is None:
        return ""
    there = set(TeamMember.objects.of_month(month).filter(team=row.team_id).values_list("role", flat=True))
    absent = [str(role.label) for role in TeamMember.WHOLE if role not in there]
    return _("The team has no %(roles)s this month.") % {"roles": ", ".join(absent)} if absent else ""
