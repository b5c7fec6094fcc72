"""The dated table of what may follow of which kind of violation (S4-32)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F

from alliance.services import parameters
from performance.violations.models import Penalty, Violation
from performance.violations.refusals import ViolationRefused

MEASURES, DEDUCT, TOLERATED = "violation.measures.", "violation.deduct.", "violation.tolerated"

WARNING = Penalty.Measure.WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """What the table lets follow of a kind, and the band of a deduction in percent."""

    measures: tuple[str, ...]
    low: Decimal
    high: Decimal
    tolerated: int | None = None  # findings of an institution that may end with a warning; None: any number


def in_force(kind: str, on: date) -> Rule:
    """The rule of a kind in force on a day. Raises NotInForce."""
    read: Any = parameters.several_in_force((MEASURES + kind, DEDUCT + kind, TOLERATED), on=on)
    band = read[DEDUCT + kind]
    few = read[TOLERATED].get(kind)
    low, high = Decimal(band["min"]), Decimal(band["max"])
    return Rule(tuple(read[MEASURES + kind]), low, high, None if few is None else int(few))


def lets(violation: Violation, on: date) -> Rule:
    """The rule as it stands for one case: without the warning where nothing more is tolerated (S1-62)."""
    rule = in_force(violation.kind, on)
    if not _warned_enough(violation, rule):
        return rule
    return replace(rule, measures=tuple(one for one in rule.measures if one != WARNING))


def _warned_enough(violation: Violation, rule: Rule) -> bool:
    """Whether the institution has had as many warnings of the kind as are tolerated."""
    if rule.tolerated is None:
        return False
    before = Penalty.objects.filter(
        measure=WARNING, attempt=F("violation__attempt"), violation__institution=violation.institution_id,
        violation__kind=violation.kind, violation__state__in=["decided", "closed"],
    ).exclude(violation=violation.pk)  # fmt: skip
    return before.count() >= rule.tolerated


def check(violation: Violation, wanted: Mapping[str, Any], on: date) -> None:
    """Raise ViolationRefused (zero, measure, percent, fen, agreement) where the table does not allow it.

    `wanted`: by measure its percent, amount in fen, agreement, or nothing.
    """
    rule = lets(violation, on)
    for measure, value in wanted.items():
        if measure == WARNING and _warned_enough(violation, rule):
            raise ViolationRefused("zero")
        if measure not in rule.measures:
            raise ViolationRefused("measure")
        if measure == Penalty.Measure.DEDUCT and not (value and rule.low <= value <= rule.high):
            raise ViolationRefused("percent", low=rule.low, high=rule.high)
        if measure == Penalty.Measure.REPAY and not (value and value > 0):
            raise ViolationRefused("fen")
        if measure == Penalty.Measure.END and (
            value is None or value.institution_id != violation.institution_id or value.state != "in_force"
        ):
            raise ViolationRefused("agreement")
