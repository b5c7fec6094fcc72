"""From amounts a sheet of dues gives by name to the pots of teams, departments and persons. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from alliance.lib.money import Fen
from performance.engine.pay.flow import Crew, Flow, FlowRule, Post, Pot, clinical_mean, gather
from performance.engine.pay.steps import Factors, PayRefused, Step, divide

PERSON = "person:"  # before the key of a person


def flow_named(
    institution: str, amounts: Mapping[str, Fen], posts: Iterable[Post] | Crew, rule: FlowRule
) -> Flow:
    """The pots of amounts worked out for teams or departments by name (`entitled`): each gets its own to the
    fen; a department's goes to its groups of staff by points x coefficient, a person's to the person.

    Raises PayRefused (nobody, absent).
    """
    crew = posts if isinstance(posts, Crew) else gather(posts)
    if any(key.startswith(PERSON) for key in amounts):
        return _to_persons(institution, amounts, crew)
    of_group: dict[str, dict[str, Fen]] = defaultdict(dict)
    steps: list[Step] = []
    for unit, fen in sorted(amounts.items()):
        if unit in crew.teams:
            of_group["team"][unit] = fen
            continue
        step = divide("group", unit, fen, _inside(unit, crew, rule))
        steps.append(step)
        for group, part in step.by_code().items():
            of_group[group][unit] = part
    pots: list[Pot] = []
    for group, parts in of_group.items():
        level, units = ("team", crew.teams) if group == "team" else ("unit", crew.units[group])
        named: dict[str, Factors] = {unit: (("entitled_fen", Decimal(fen)),) for unit, fen in parts.items()}
        if not any(parts.values()):
            continue
        below = divide(f"{level}:{group}", institution, sum(parts.values()), named)
        steps.append(below)
        pots += [Pot(unit, group, fen, units[unit].people) for unit, fen in below.by_code().items() if fen]
    return Flow(tuple(steps), tuple(pots))


def _to_persons(institution: str, amounts: Mapping[str, Fen], crew: Crew) -> Flow:
    """Each person's amount stands in a pot of the department and group where the person's points are most."""
    place: dict[str, tuple[Decimal, str, str]] = {}
    for group, units in crew.units.items():
        for unit, one in units.items():
            for person, points in one.people:
                place[person] = max(place.get(person, (points, group, unit)), (points, group, unit))
    held: dict[str, dict[str, dict[str, Fen]]] = defaultdict(lambda: defaultdict(dict))
    for key, fen in sorted(amounts.items()):
        person = key.removeprefix(PERSON)
        if person not in place:
            raise PayRefused("absent", person=person, parent=institution)
        _points, group, unit = place[person]
        held[group][unit][person] = fen
    steps: list[Step] = []
    pots: list[Pot] = []
    for group, parts in sorted(held.items()):
        sums = {unit: sum(people.values()) for unit, people in parts.items()}
        named: dict[str, Factors] = {unit: (("entitled_fen", Decimal(fen)),) for unit, fen in sums.items()}
        steps.append(divide(f"unit:{group}", institution, sum(sums.values()), named))
        pots += [
            Pot(
                unit, group, sums[unit], tuple((one, Decimal(fen)) for one, fen in sorted(people.items())),
                by_name=True,
            )
            for unit, people in sorted(parts.items())
        ]  # fmt: skip
    return Flow(tuple(steps), tuple(pots))


def _inside(unit: str, crew: Crew, rule: FlowRule) -> dict[str, Factors]:
    """Points of each group of staff of one department, times the group's coefficient."""
    coefficients = dict(rule.coefficients)
    found: dict[str, Factors] = {}
    for group, units in crew.units.items():
        if unit not in units:
            continue
        if group == "administrator":
            mean = clinical_mean(crew.time, coefficients)
            found[group] = (
                ("points", units[unit].points), ("clinical_mean", mean),
                ("administration", rule.administration),
            )  # fmt: skip
        elif group in coefficients:
            found[group] = (("points", units[unit].points), ("group_coefficient", coefficients[group]))  # type: ignore[index]
    return found
