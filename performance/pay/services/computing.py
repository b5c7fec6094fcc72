"""From an institution's share to pots: the frozen roster, scores and teams of a month, read set-based."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import cast

from django.db import connection

from alliance.lib.canonical import digest
from alliance.lib.period import Month
from alliance.models import Department, RosterRow, Team
from alliance.services import parameters
from performance.engine.pay.flow import (
    Crew,
    Flow,
    FlowRule,
    Group,
    Post,
    Pot,
    flow,
    gather,
    time_worked,
)
from performance.engine.pay.named import flow_named
from performance.levels import services as levels
from performance.levels import subjects
from performance.models import Level, LevelSubject
from performance.pay.refusals import PoolRefused
from performance.roster import services as roster

TEAM = "team:"  # before the key of a team, so that it is never that of a department
NAMED = 3
BY_RULE: Mapping[str, int] = {"": 0}  # no sheet names teams or departments: the rule divides


@dataclass(frozen=True, slots=True)
class People:
    """A month's posts by institution paid (village rooms through their township), added up, and the rows
    behind their keys.
    """

    crews: Mapping[int, Crew]
    staff: Mapping[str, int]
    units: Mapping[str, int]
    teams: Mapping[str, int]
    # Who divides a pot, by its group and unit, as JSON: [staff, points as text]; the same for every pool.
    told: Mapping[tuple[str, str], str]

    def said(self, pot: Pot) -> str:
        """Who divides a pot: those of its unit, or each who is paid by name with what is due."""
        if not pot.by_name:
            return self.told[pot.group, pot.unit]
        return json.dumps([[self.staff[person], str(points)] for person, points in pot.points])


@dataclass(frozen=True, slots=True)
class Ground:
    """What the flow of a month reads: its people, and scores of 100 by key of their unit or team."""

    people: People
    scores: Mapping[str, Decimal]
    least_team: Decimal
    mark: str  # digest of all that was read: two grounds with the same one give the same pots

    def flow(self, institution: int, code: str, fen: int, rule: FlowRule) -> Flow:
        """The pots of an institution's share. Raises PayRefused."""
        crew: Crew | tuple[()] = self.people.crews.get(institution, ())
        return flow(code, fen, crew, rule, scores=self.scores, least_team=self.least_team)

    def named(
        self, institution: int, code: str, fen: int, amounts: Mapping[str, int], rule: FlowRule
    ) -> Flow:
        """The pots of amounts a sheet names for teams or departments; what it names for the institution
        itself flows by the rule. Raises PayRefused.
        """
        if "" in amounts:
            return self.flow(institution, code, fen, rule)
        return flow_named(code, amounts, self.people.crews.get(institution, ()), rule)


def ground(month: Month, number: int | None = None) -> Ground:
    """Read the month; the people anew only when anything about them changed since another pool read them.

    `number`: its roster as it was after so many corrections, else as it is.

    Raises PoolRefused (no_roster, no_department).
    """
    least = parameters.in_force("fd.team_share_min", on=month.first_day)
    scores = {**_scores(month, Level.DEPARTMENT), **_scores(month, Level.TEAM, TEAM)}
    state = _state(month)
    mark = digest([state, number, scores, str(least)])
    return Ground(_people(month, state, number), scores, Decimal(str(least)), mark)


# What people's posts are made of, of the open alliance alone by row security, its ids among it.
STATE = """
select md5(string_agg(part, '' order by part)) from (
  select md5(string_agg(r::text, '' order by r.id)) part from alliance_rosterrow r where month = %s
  union all select md5(string_agg(r::text, '' order by r.id)) from alliance_staff r
  union all select md5(string_agg(r::text, '' order by r.id)) from alliance_department r
  union all select md5(string_agg(r::text, '' order by r.id)) from alliance_institution r
  union all select md5(string_agg(r::text, '' order by r.id)) from alliance_team r
  union all select md5(string_agg(r::text, '' order by r.id)) from alliance_teammember r
) parts
"""


def _state(month: Month) -> str:
    """The state of every row the people of a month are read from; a tenth of the time of reading them."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [month.first_day])
        return str(cursor.fetchone()[0])


@lru_cache(maxsize=2)
def _people(month: Month, state: str, number: int | None) -> People:
    """The people of a month in that state, whose digest names their ids too; kept for the next pool."""
    found: dict[int, list[Post]] = defaultdict(list)
    staff: dict[str, int] = {}
    units: dict[str, int] = {}
    keys = _team_keys()
    for row, post in _posts(month, keys, number):
        staff[post.person], units[post.unit] = row.staff_id, department_of(row).pk
        found[paid_through(row)].append(post)
    crews = {institution: gather(inside) for institution, inside in found.items()}
    told = {
        (group, unit): json.dumps([[staff[person], str(points)] for person, points in one.people])
        for crew in crews.values()
        for group, inside in {**crew.units, "team": crew.teams}.items() for unit, one in inside.items()
    }  # fmt: skip
    return People(crews, staff, units, {key: pk for pk, (key, _place) in keys.items()}, told)


def posts(month: Month, number: int | None = None) -> Iterator[tuple[RosterRow, Post]]:
    """Every line of the roster with the post it is to the engine. Raises PoolRefused as `ground`."""
    return _posts(month, _team_keys(), number)


def scored(read: Ground, scores: Mapping[str, Decimal]) -> Ground:
    """The same month with other scores: those a pool took when it was made."""
    return replace(read, scores=scores, mark="")


Keys = Mapping[int, tuple[str, int]]  # team: its key and its institution


def _team_keys() -> Keys:
    rows = Team.objects.select_related("institution")
    return {row.pk: (f"{TEAM}{row.institution.code}/{row.code}", row.institution_id) for row in rows}


def _posts(month: Month, keys: Keys, number: int | None) -> Iterator[tuple[RosterRow, Post]]:
    crew = subjects.crew(month)
    for row in _roster(month, number):
        key, home = keys.get(crew.get(row.staff_id, 0), ("", None))
        time = time_worked(row.share, row.days, row.leave_days, employed=employed(row, month))
        yield row, Post(
            f"{row.staff.institution.code}/{row.staff.code}",
            f"{row.institution.code}/{department_of(row).code}",
            cast(Group, row.staff.kind), row.post_coefficient, time,
            key if home == paid_through(row) else "",
        )  # fmt: skip


def paid_through(row: RosterRow) -> int:
    """The institution a line of the roster is paid through: of a village room its township (practice 1)."""
    return row.institution.parent_id or row.institution_id


def department_of(row: RosterRow) -> Department:
    """Where a line of the roster counts: its own department, else the person's."""
    found = row.department or row.staff.department
    assert found is not None, "_roster has refused it"
    return found


def _roster(month: Month, number: int | None) -> list[RosterRow]:
    rows = roster.as_of(month, list(
        RosterRow.objects.filter(month=month.first_day)
        .select_related("staff__institution", "staff__department", "institution__parent", "department")
        .order_by("institution__code", "staff__code", "pk")
    ), number)  # fmt: skip
    if not rows:
        raise PoolRefused("no_roster", month=month)
    nowhere = [row.staff.name for row in rows if not (row.department_id or row.staff.department_id)]
    if nowhere:
        raise PoolRefused("no_department", names="、".join(nowhere[:NAMED]))
    return rows


def employed(row: RosterRow, month: Month) -> Fraction:
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
