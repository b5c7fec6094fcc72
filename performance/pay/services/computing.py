"""From an institution's share to pots: the frozen roster, scores and teams of a month, read set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import cast

from alliance.lib.period import Month
from alliance.models import RosterRow, Team
from alliance.services import parameters
from performance.engine.pay.flow import Flow, FlowRule, Group, Post, flow, time_worked
from performance.levels import services as levels
from performance.levels import subjects
from performance.models import Level, LevelSubject
from performance.pay.refusals import PoolRefused

TEAM = "team:"  # before the key of a team, so that it is never that of a department
NAMED = 3


@dataclass(frozen=True, slots=True)
class Ground:
    """What the flow of a month reads: posts by institution paid (village rooms through their township),
    scores of 100 by key, and the rows behind the keys.
    """

    posts: Mapping[int, Sequence[Post]]
    scores: Mapping[str, Decimal]
    least_team: Decimal
    staff: Mapping[str, int]
    units: Mapping[str, int]
    teams: Mapping[str, int] = field(default_factory=dict)

    def flow(self, institution: int, code: str, fen: int, rule: FlowRule) -> Flow:
        """The pots of an institution's share. Raises PayRefused."""
        return flow(
            code, fen, self.posts.get(institution, ()), rule, scores=self.scores, least_team=self.least_team
        )


def ground(month: Month) -> Ground:
    """Read the month; five queries. Raises PoolRefused (no_roster, no_department)."""
    crew = subjects.crew(month)
    teams = {row.pk: row for row in Team.objects.select_related("institution")}
    keys = {pk: f"{TEAM}{row.institution.code}/{row.code}" for pk, row in teams.items()}
    posts: dict[int, list[Post]] = defaultdict(list)
    staff: dict[str, int] = {}
    units: dict[str, int] = {}
    for row in _roster(month):
        person = f"{row.staff.institution.code}/{row.staff.code}"
        department = row.department or row.staff.department
        assert department is not None  # _roster has refused it
        unit = f"{row.institution.code}/{department.code}"
        staff[person], units[unit] = row.staff_id, department.pk
        team = crew.get(row.staff_id)
        here = team is not None and teams[team].institution_id == row.institution_id
        time = time_worked(row.share, row.days, row.leave_days, employed=_employed(row, month))
        posts[row.institution.parent_id or row.institution_id].append(
            Post(
                person,
                unit,
                cast(Group, row.staff.kind),
                row.post_coefficient,
                time,
                keys[team] if team and here else "",
            )
        )
    least = parameters.in_force("fd.team_share_min", on=month.first_day)
    return Ground(
        posts, {**_scores(month, Level.DEPARTMENT), **_scores(month, Level.TEAM, TEAM)}, Decimal(str(least)),
        staff, units, {key: pk for pk, key in keys.items()},
    )  # fmt: skip


def _roster(month: Month) -> list[RosterRow]:
    rows = list(
        RosterRow.objects.filter(month=month.first_day)
        .select_related("staff__institution", "staff__department", "institution", "department")
        .order_by("institution__code", "staff__code", "pk")
    )
    if not rows:
        raise PoolRefused("no_roster", month=month)
    nowhere = [row.staff.name for row in rows if not (row.department_id or row.staff.department_id)]
    if nowhere:
        raise PoolRefused("no_department", names="、".join(nowhere[:NAMED]))
    return rows


def _employed(row: RosterRow, month: Month) -> Fraction:
    """The part of the month's days between joining and leaving."""
    first: date = max(row.joined_on or month.first_day, month.first_day)
    last: date = min(row.left_on or month.last_day, month.last_day)
    days = (month.last_day - month.first_day).days + 1
    return Fraction(max(0, (last - first).days + 1), days)


def _scores(month: Month, level: str, before: str = "") -> Mapping[str, Decimal]:
    """Scores of the run that counts, by key; nothing where the level is not scored."""
    run = levels.current(month, level)
    if run is None:
        return {}
    rows = LevelSubject.objects.filter(run=run).values_list("code", "score")
    return {f"{before}{code}": score for code, score in rows.iterator() if score is not None}
