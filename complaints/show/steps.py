"""The kept steps of a complaint at the times its own row and its answers bear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from alliance.services import journal
from complaints.models import Complaint

STAMPS = {
    "file": "received_at", "assign": "assigned_at", "close": "closed_at", "reopen": "reopened_at",
    "restore": "reopened_at", "withdraw": "closed_at", "merge": "closed_at", "part": "reopened_at",
    "separate": "reopened_at", "settle": "settled_at", "answer": "first_answered_at",
}  # fmt: skip


def stamped(row: Complaint) -> Iterator[tuple[Any, datetime]]:
    """Each step with its time, oldest first: each result at its own, of the rest the last at the row's."""
    results = iter([one.at for one in row.answers.all() if one.kind == "result"])
    steps = list(journal.steps_of(row))
    last = {step.name: step.pk for step in steps}
    for step in steps:
        at = next(results, step.at) if step.name == "resolve" else None
        if at is None and last[step.name] == step.pk:
            at = getattr(row, STAMPS.get(step.name, ""), None)
        yield step, at or step.at
