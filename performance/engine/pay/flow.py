"""From an institution's share to pots of departments and teams, and to persons (practice.md 1, S0-65). Pure.

Doctors, nurses and technicians have pots of their own, weighed by full-time work and a coefficient of their
group; administration is paid by the clinical mean x coefficient. Inside a group a department's weight is the
points of its people by the roster (post coefficient x time worked), where the rule says so times its score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from alliance.lib.money import Fen
from performance.engine.exact import half_up
from performance.engine.pay.steps import PLACES, Factors, PayRefused, Step, divide, total, weight_of

Group = Literal["doctor", "nurse", "technician", "administrator"]
GROUPS: tuple[Group, ...] = ("doctor", "nurse", "technician", "administrator")
CLINICAL: tuple[Group, ...] = ("doctor", "nurse")  # whose mean pays administration
FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Post:
    """One line of the frozen roster: a person at a department (`unit`), in a team or none.

    `time` is the part of a full month worked there, `points` = post coefficient x time, four decimals each.
    """

    person: str
    unit: str
    group: Group
    coefficient: Decimal
    time: Decimal
    team: str = ""

    @property
    def points(self) -> Decimal:
        """What the line weighs."""
        return half_up(Fraction(self.coefficient) * Fraction(self.time), PLACES)


def time_worked(
    share: Decimal, days: Decimal, leave: Decimal, *, employed: Fraction = Fraction(1)
) -> Decimal:
    """Share of the person's time x days worked of those due x part of the month in service, four decimals.

    Without a day due it is 0.
    """
    due = days + leave
    worked = Fraction(days) / Fraction(due) if due else Fraction(0)
    return half_up(Fraction(share) * worked * employed, PLACES)


@dataclass(frozen=True, slots=True)
class FlowRule:
    """How a pool flows below the institution; a version of it is dated and decided by a body.

    `coefficients` of the groups paid by their own work, `administration` x the clinical mean; `basis` weighs
    a unit by points or by points x score; `unassessed`: a unit without a score counts with the mean, or not
    at all; `team_percent` of the amount goes to family-doctor teams first (S0-65: at least the parameter).
    """

    coefficients: tuple[tuple[Group, Decimal], ...]
    administration: Decimal
    basis: Literal["points", "score"] = "score"
    unassessed: Literal["mean", "nothing"] = "mean"
    team_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Pot:
    """What a department's group or a team divides among its people: whole fen and their points by roster;
    `by_name`: the points are what each person is due, to the fen.
    """

    unit: str
    group: str
    fen: Fen
    points: tuple[tuple[str, Decimal], ...]
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """Everything below one institution's share: the steps in their order, and the pots with money."""

    steps: tuple[Step, ...]
    pots: tuple[Pot, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A department's people of one group, or a team's: each one's points in order of their keys, and all."""

    people: tuple[tuple[str, Decimal], ...]
    points: Decimal


@dataclass(frozen=True, slots=True)
class Crew:
    """The posts of an institution added up, once for any number of pools: full-time work by group, the units
    of each group, the teams.
    """

    time: Mapping[str, Decimal]
    units: Mapping[str, Mapping[str, Unit]]
    teams: Mapping[str, Unit]


Tally = dict[str, dict[str, Decimal]]  # unit -> person -> points


def gather(posts: Iterable[Post]) -> Crew:
    """Add posts up; their order has no effect. Source: practice.md 1."""
    time: dict[str, Decimal] = defaultdict(Decimal)
    units: dict[str, Tally] = defaultdict(_tally)
    teams = _tally()
    for post in posts:
        time[post.group] += post.time
        points = post.points
        units[post.group][post.unit][post.person] += points
        if post.team:
            teams[post.team][post.person] += points
    return Crew(dict(time), {group: _summed(inside) for group, inside in units.items()}, _summed(teams))


def _tally() -> Tally:
    return defaultdict(lambda: defaultdict(Decimal))


def _summed(tally: Tally) -> dict[str, Unit]:
    return {unit: Unit(tuple(sorted(one.items())), total(one.values())) for unit, one in tally.items()}


Scores = Mapping[str, Decimal]


def flow(
    institution: str, fen: Fen, posts: Iterable[Post] | Crew, rule: FlowRule, *, scores: Scores,
    least_team: Decimal,
) -> Flow:  # fmt: skip
    """The pots of an institution's share; they add up to it. `scores` of units and teams, of 100; one without
    a score is missing there. The order of the posts has no effect.

    Raises PayRefused (negative, nobody, weightless, no_team, team_share).
    """
    crew = posts if isinstance(posts, Crew) else gather(posts)
    parts, steps = team_first(institution, fen, rule, least_team)
    pots: list[Pot] = []
    if parts["team"]:
        if not crew.teams:
            raise PayRefused("no_team", parent=institution)
        below, made = _units(institution, parts["team"], crew.teams, rule, scores, level="team", group="team")
        steps, pots = [*steps, below], [*pots, *made]
    if parts["unit"] or not parts["team"]:
        weights = group_weights(crew.time, rule)
        if any(crew.time.values()):
            _weighed(institution, sorted(crew.time), weights)
        groups = divide("group", institution, parts["unit"], weights)
        steps.append(groups)
        for group, part in groups.by_code().items():
            if part:
                units = crew.units[group]
                below, made = _units(institution, part, units, rule, scores, level="unit", group=group)
                steps, pots = [*steps, below], [*pots, *made]
    return Flow(tuple(steps), tuple(pots))


def team_first(
    institution: str, fen: Fen, rule: FlowRule, least: Decimal
) -> tuple[dict[str, Fen], list[Step]]:
    """The teams' part before anything else: by largest remainder, and never below the least share. `team` and
    `unit` in fen. Raises PayRefused (team_share).
    """
    if not rule.team_percent:
        return {"team": 0, "unit": fen}, []
    if rule.team_percent < least:
        raise PayRefused("team_share", least=least, percent=rule.team_percent)
    weights: dict[str, Factors] = {"team": (("percent", rule.team_percent),)}
    weights["unit"] = (("percent", FULL - rule.team_percent),)
    step = divide("part", institution, fen, weights)
    floor = -(-fen * Fraction(least) // 100)  # the next whole fen
    team = max(step.by_code()["team"], int(floor))
    parts = {"team": team, "unit": fen - team}
    shares = tuple(replace(share, fen=parts[share.code]) for share in step.shares)
    return parts, [replace(step, shares=shares)]


def group_weights(time: Mapping[str, Decimal], rule: FlowRule) -> dict[str, Factors]:
    """Full-time work of each group x its coefficient; administration: x coefficient x clinical mean."""
    coefficients = dict(rule.coefficients)
    found: dict[str, Factors] = {
        group: (("time", time[group]), ("group_coefficient", coefficient))
        for group, coefficient in coefficients.items()
        if group in time and group != "administrator"
    }
    if "administrator" in time:
        mean = clinical_mean(time, coefficients)
        found["administrator"] = (
            ("time", time["administrator"]), ("clinical_mean", mean), ("administration", rule.administration),
        )  # fmt: skip
    return found


def clinical_mean(time: Mapping[str, Decimal], coefficients: Mapping[Group, Decimal]) -> Decimal:
    """What a full-time doctor or nurse weighs on the average, four decimals; 1 where there is none."""
    clinical = [group for group in CLINICAL if time.get(group) and group in coefficients]
    whole = sum((Fraction(time[group]) for group in clinical), Fraction(0))
    weighed = sum((Fraction(time[group]) * Fraction(coefficients[group]) for group in clinical), Fraction(0))
    return half_up(weighed / whole, PLACES) if whole else Decimal(1)


def _units(
    institution: str, fen: Fen, units: Mapping[str, Unit], rule: FlowRule, scores: Scores, *, level: str,
    group: str,
) -> tuple[Step, list[Pot]]:  # fmt: skip
    """Between the departments of a group, or between teams, and the people of each with their points."""
    weights = unit_weights({unit: one.points for unit, one in units.items()}, rule, scores)
    _weighed(institution, [group], weights)
    step = divide(f"{level}:{group}", institution, fen, weights)
    pots = [Pot(unit, group, part, units[unit].people) for unit, part in step.by_code().items() if part]
    return step, pots


def _weighed(institution: str, groups: Iterable[str], weights: Mapping[str, Factors]) -> None:
    """Raise PayRefused (weightless) where people worked and nothing that divides weighs anything."""
    if not any(weight_of(factors) for factors in weights.values()):
        raise PayRefused("weightless", parent=institution, groups=tuple(groups))


def unit_weights(points: Mapping[str, Decimal], rule: FlowRule, scores: Scores) -> dict[str, Factors]:
    """Points of each unit, times its score; without one the mean of the others or nothing, as the rule says.

    Where none is assessed, or each that counts scored 0, all count alike: a group's scores divide its money
    among its departments, how much the group has is not theirs to say (practice.md 1).
    """
    if rule.basis == "points":
        return {unit: (("points", number),) for unit, number in points.items()}
    known = {unit: scores[unit] for unit in points if unit in scores}
    if not known:
        return {unit: (("points", number),) for unit, number in points.items()}
    mean = mean_score(points, known)
    found: dict[str, Factors] = {}
    for unit, number in points.items():
        if unit in known:
            found[unit] = (("points", number), ("score", known[unit]))
        else:
            other = mean if rule.unassessed == "mean" else Decimal(0)
            found[unit] = (("points", number), ("mean_score", other))
    return found if any(map(weight_of, found.values())) else _alike(points, rule, known)


def _alike(points: Mapping[str, Decimal], rule: FlowRule, known: Scores) -> dict[str, Factors]:
    """By points, 1 in the place of each score; 0 of one without a score that is to get nothing."""
    return {
        unit: (("points", number), ("alike_score", Decimal(unit in known or rule.unassessed == "mean")))
        for unit, number in points.items()
    }


def mean_score(points: Mapping[str, Decimal], scores: Scores) -> Decimal:
    """The mean of the scores weighed by points, four decimals; the plain mean where all points are 0."""
    whole = sum((Fraction(points[unit]) for unit in scores), Fraction(0))
    if not whole:
        return half_up(Fraction(sum(scores.values(), Decimal(0))) / len(scores), PLACES)
    weighed = sum((Fraction(points[unit]) * Fraction(score) for unit, score in scores.items()), Fraction(0))
    return half_up(weighed / whole, PLACES)


def persons(unit: str, fen: Fen, points: Mapping[str, Decimal]) -> Step:
    """A pot among its people by points. Raises PayRefused (points, no_points, nobody, negative)."""
    for person, number in points.items():
        if not number.is_finite() or number < 0:
            raise PayRefused("points", person=person)
    if points and not any(points.values()):
        raise PayRefused("no_points")
    return divide("person", unit, fen, {person: (("points", number),) for person, number in points.items()})
