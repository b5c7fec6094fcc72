"""The clock of appeals: working days of the answer, when it is reported upward, the second instance.

The day of filing is not counted, make-up days are, a year without published plan is provisional
(definitions 9). Every number is a parameter in force on the day the clock begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alliance.lib.workdays import SHANGHAI, Deadline, deadline, working_day_number
from alliance.services import calendar, parameters
from performance.models import Appeal

ANSWER = "appeal.answer"
OBJECTION = "cp.objection"  # S3-29: objections to indicators
ESCALATE = "appeal.escalate"
SECOND = "appeal.second"
DEDUCTION = "appeal.deduction"


@dataclass(frozen=True)
class Due:
    """When an answer is due, and when the appeal is reported upward; never later."""

    answer: Deadline
    escalates_at: datetime


def due(kind: str, start: datetime) -> Due:
    """The clock of an appeal of a kind that is filed now; its escalation is never after its end."""
    known, on = calendar.calendar(), start.astimezone(SHANGHAI).date()
    key = OBJECTION if kind == Appeal.Kind.INDICATOR else ANSWER
    answer = deadline(start, parameters.rule_in_force(key, on=on), known)
    upward = deadline(start, parameters.rule_in_force(ESCALATE, on=on), known)
    return Due(answer, min(upward.due_at, answer.due_at))


def second_until(ended: datetime) -> datetime:
    """Until when a second instance may be asked for after an answer."""
    rule = parameters.rule_in_force(SECOND, on=ended.astimezone(SHANGHAI).date())
    return calendar.deadline(ended, rule).due_at


def deduction_until(decided: datetime) -> datetime:
    """Until when an appeal about a deduction is filed, from its decision on."""
    rule = parameters.rule_in_force(DEDUCTION, on=decided.astimezone(SHANGHAI).date())
    return calendar.deadline(decided, rule).due_at


def day_of(appeal: Appeal, now: datetime) -> int:
    """Which working day of its time it is: the 2 of "day 2 of 15"."""
    return working_day_number(appeal.filed_at, now.astimezone(SHANGHAI).date(), calendar.calendar())


def recount() -> int:
    """Count the open provisional clocks anew, once a plan of holidays is published; returns how many moved.

    `due_first_at` keeps what was said when the appeal was filed.
    """
    moved = 0
    known = calendar.calendar()
    for row in Appeal.objects.running().filter(provisional=True):
        answer = deadline(row.filed_at, row.rule, known)
        if (answer.due_at, answer.provisional) != (row.due_at, row.provisional):
            upward = due(row.kind, row.filed_at).escalates_at
            moved += Appeal.objects.filter(pk=row.pk, state=row.state, version=row.version).update(
                due_at=answer.due_at, provisional=answer.provisional,
                escalates_at=min(upward, answer.due_at),
            )  # fmt: skip
    return moved
