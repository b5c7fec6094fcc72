"""The dated table of what may follow of which kind of violation (S4-32)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from alliance.services import parameters
from performance.violations.models import Penalty, Violation
from performance.violations.refusals import ViolationRefused

MEASURES, DEDUCT = "violation.measures.", "violation.deduct."


@dataclass(frozen=True, slots=True)
class Rule:
    """What the table lets follow of a kind, and the band of a deduction in percent."""

    measures: tuple[str, ...]
    low: Decimal
    high: Decimal


def in_force(kind: str, on: date) -> Rule:
    """The rule of a kind in force on a day. Raises NotInForce."""
    read: Any = parameters.several_in_force((MEASURES + kind, DEDUCT + kind), on=on)
    band = read[DEDUCT + kind]
    return Rule(tuple(read[MEASURES + kind]), Decimal(band["min"]), Decimal(band["max"]))


def check(violation: Violation, wanted: Mapping[str, Any], on: date) -> None:
    """Raise ViolationRefused (measure, percent, fen, agreement) where the table does not allow it.

    `wanted`: by measure its percent, amount in fen, agreement, or nothing.
    """
    rule = in_force(violation.kind, on)
    for measure, value in wanted.items():
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
