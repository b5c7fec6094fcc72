"""From amounts a sheet of dues gives by name to the pots of teams and departments. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from alliance.lib.money import Fen
from performance.engine.pay.flow import Crew, Flow, FlowRule, Post, Pot, clinical_mean, gather
from performance.engine.pay.steps import Factors, Step, divide


def flow_named(
    institution: str, amounts: Mapping[str, Fen], posts: Iterable[Post] | Crew, rule: FlowRule
) -> Flow:
    """The pots of amounts worked out for teams or departments by name (`entitled`): each gets its own to the
    fen; a department's goes to its groups of staff by points x coefficient.

    Raises PayRefused (nobody).
    """
    crew = posts if isinstance(posts, Crew) else gather(posts)
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
