"""Cases to look at: deaths in low-risk groups, and high weight with high cost and low effect (S1-33)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from alliance.services import parameters
from alliance.web import words
from grouping import facts as case_facts
from grouping.metrics import evidence
from grouping.metrics.facts import Yardstick
from grouping.metrics.show import Question
from grouping.readmission import facts as readmission


@dataclass(frozen=True)
class Reason:
    """A case and why it is looked at."""

    case: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """When a case is one of high weight, high cost, long stay (parameter): weight, and multiples of means."""

    weight: Decimal
    cost: Fraction
    stay: Fraction


def limits(asked: Question) -> Limits:
    """The limits in force for the month."""
    found: Any = parameters.in_force("metrics.review", on=asked.month.last_day)
    return Limits(Decimal(found["weight"]), Fraction(str(found["cost"])), Fraction(str(found["stay"])))


def low_risk_deaths(asked: Question, yardstick: Yardstick) -> list[Reason]:
    """Deaths in groups where hardly anybody dies: each one is reviewed."""
    found: Any = evidence.cases(asked.month, asked.scope, "lowrisk_dead", yardstick)
    label = _("died in the low-risk group %(drg)s (%(basis)s)")
    basis = _("published list") if yardstick.risk_list else _("own computation, local")
    return [Reason(pk, (label % {"drg": drg, "basis": basis},)) for pk, drg in found.values_list("pk", "drg")]


def focused(asked: Question, yardstick: Yardstick) -> list[Reason]:
    """High weight, high cost and low effect: died, came back, or stayed longer than its group (S1-33).

    Dearest against its group first. Cases of groups without a mean are not judged.
    """
    used = limits(asked)
    found = case_facts.weighted_cases(asked.month, asked.scope.institution)
    heavy: Any = found.filter(weight__gte=used.weight)  # type: ignore[misc]
    rows = heavy.values("pk", "drg", "weight", "total_fen", "stay_days", "discharge_way")
    again = _readmitted(asked)
    reasons = [
        (ratio, Reason(row["pk"], texts))
        for row in rows
        if (judged := _judge(row, yardstick, used, again)) and (ratio := judged[0]) and (texts := judged[1])
    ]
    return [reason for _ratio, reason in sorted(reasons, key=lambda one: (-one[0], one[1].case))]


def rewarded(asked: Question, yardstick: Yardstick) -> list[Reason]:
    """Low weight and high effect (S1-32): minimally invasive, alive, not back, no longer than its group.

    They are the cases a tariff's adjustment may reward; nothing without a catalogue of such operations.
    """
    most: Any = parameters.in_force("metrics.reward", on=asked.month.last_day)
    found: Any = evidence.cases(asked.month, asked.scope, "minimal", yardstick)
    light = found.filter(group_status="grouped", weight__lte=most).exclude(discharge_way=evidence.DIED)
    again = _readmitted(asked)
    reasons = []
    for row in light.values("pk", "drg", "weight", "stay_days"):
        norm = yardstick.norms.get(row["drg"])
        if row["pk"] in again or norm is None or not norm.mean_stay or row["stay_days"] > norm.mean_stay:
            continue
        said = _("weight %(weight)s, minimally invasive, %(days)d days, mean %(mean)s, not back") % {
            "weight": words.num(row["weight"], 2), "days": row["stay_days"],
            "mean": words.num(norm.mean_stay, 1),
        }  # fmt: skip
        reasons.append(Reason(row["pk"], (said,)))
    return reasons


def _readmitted(asked: Question) -> Mapping[int, int]:
    """Index discharges of the month that came back, and after how many days."""
    judged = readmission.judge([asked.month], readmission.windows(asked.month))
    gaps = {one.id: one.gap for one in judged}
    return {one.id: gaps[one.again["all"][0]] or 0 for one in judged if not one.excluded and one.again["all"]}


def _judge(
    row: Mapping[str, Any], yardstick: Yardstick, used: Limits, again: Mapping[int, int]
) -> tuple[Fraction, tuple[str, ...]] | None:
    """How dear the case is against its group, and the words; None when it is not to be looked at."""
    norm = yardstick.norms.get(row["drg"])
    if norm is None or not norm.mean_cost or row["total_fen"] <= used.cost * norm.mean_cost:
        return None
    effect = []
    if row["discharge_way"] == evidence.DIED:
        effect.append(_("died"))
    if row["pk"] in again:
        effect.append(_("came back after %(days)d days") % {"days": again[row["pk"]]})
    if norm.mean_stay and row["stay_days"] > used.stay * norm.mean_stay:
        mean = words.num(norm.mean_stay, 1)
        effect.append(_("stayed %(days)d days, mean %(mean)s") % {"days": row["stay_days"], "mean": mean})
    if not effect:
        return None
    ratio = row["total_fen"] / norm.mean_cost
    cost = _("weight %(weight)s, cost %(times)s times the mean of its group") % {
        "weight": words.num(row["weight"], 2), "times": words.num(ratio, 2)
    }  # fmt: skip
    return ratio, (cost, *effect)
