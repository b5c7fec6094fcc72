"""The clock of disputes: fifteen working days by default, reported upward before it is late (S4-22, A18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alliance.lib.workdays import SHANGHAI, Deadline, deadline
from alliance.services import calendar, parameters
from grouping.models import Dispute

ANSWER, ESCALATE = "dispute.answer", "dispute.escalate"


@dataclass(frozen=True)
class Due:
    """The rule of the answer, when it is due, and when the dispute is reported upward; never later."""

    rule: str
    answer: Deadline
    escalates_at: datetime


def due(start: datetime) -> Due:
    """The clock of a dispute that is filed now, by the parameters of its day."""
    known, on = calendar.calendar(), start.astimezone(SHANGHAI).date()
    rule = parameters.rule_in_force(ANSWER, on=on)
    answer = deadline(start, rule, known)
    upward = deadline(start, parameters.rule_in_force(ESCALATE, on=on), known)
    return Due(rule, answer, min(upward.due_at, answer.due_at))


def recount() -> int:
    """Count the open provisional clocks anew, once a plan of holidays is published; how many moved."""
    moved, known = 0, calendar.calendar()
    for row in Dispute.objects.unanswered().filter(provisional=True):
        answer = deadline(row.filed_at, row.rule, known)
        if (answer.due_at, answer.provisional) != (row.due_at, row.provisional):
            moved += Dispute.objects.filter(pk=row.pk, state=row.state).update(
                due_at=answer.due_at, provisional=answer.provisional,
                escalates_at=min(due(row.filed_at).escalates_at, answer.due_at),
            )  # fmt: skip
    return moved
