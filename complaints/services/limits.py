"""The limits of a complaint, by the rules in force when a clock begins (S1-67, definitions 9 and 11)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from alliance.lib.workdays import SHANGHAI, Rule
from alliance.services import calendar, parameters
from complaints.models import Complaint

FIRST, RESULT, JOINT = "qe.complaint_reply", "complaint.result", "complaint.result_joint"


def first(now: datetime) -> dict[str, Any]:
    """Columns of the limit of the first answer, from the instant of receipt: a wall clock."""
    rule = parameters.rule_in_force(FIRST, on=now.astimezone(SHANGHAI).date())
    return {"first_rule": rule, "first_due_at": calendar.deadline(now, rule).due_at}


def result(start: datetime, *, joint: bool) -> dict[str, Any]:
    """Columns of the limit of the result from `start`; longer where several departments take part."""
    rule = parameters.rule_in_force(JOINT if joint else RESULT, on=start.astimezone(SHANGHAI).date())
    return _from(start, rule)


def _from(start: datetime, rule: str) -> dict[str, Any]:
    due = calendar.deadline(start, rule)
    return {
        "result_from": start, "result_rule": rule, "result_due_at": due.due_at,
        "result_stated_at": due.due_at, "provisional": due.provisional,
    }  # fmt: skip


def resumed(row: Complaint, now: datetime) -> dict[str, Any]:
    """Columns of the limits of one that had ended without its answers (merged, or noted as withdrawn) and is
    open again: they stood still for that time and no longer, so that nobody wins a clock by ending and
    opening it; what was late by then stays late. The database holds the same (CLOCK_GUARD of
    complaints.sql_guards).
    """
    if row.closed_at is None:
        return {}
    stood, (late_first, late_result) = now - row.closed_at, row.ended_late
    change: dict[str, Any] = {}
    if row.first_answered_at is None and not late_first:
        change["first_due_at"] = row.first_due_at + stood
    if row.resolved_at is None and not late_result:
        change |= (
            _from(row.result_from + stood, row.result_rule)
            if row.result_rule
            else {"result_due_at": row.result_due_at + stood, "result_stated_at": row.result_due_at + stood}
        )
    return change


def days(key: str, now: datetime) -> timedelta:
    """A parameter that is a rule of whole days, hours or minutes, as a span of time."""
    rule = Rule.parse(parameters.rule_in_force(key, on=now.astimezone(SHANGHAI).date()))
    return timedelta(**{{"D": "days", "H": "hours", "M": "minutes"}[rule.unit]: rule.number})
