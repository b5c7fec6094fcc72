"""What people do with items: ask the doctor, answer, send back to the source, say that it is no error.

One action for many. No service changes a record: that is done in the hospital's system.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now

from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership, Transition
from alliance.services import calendar, journal, parameters
from grouping.models import CaseQuestion, WorkItem
from grouping.models.queues import State

MOST = 2_000  # items one action takes


class QueueRefused(Refused):
    """The action cannot be done."""

    reasons = {
        "text": "Write a sentence of at least 2 characters.",
        "nothing": "None of the chosen items can take this step any more; somebody else was faster.",
        "many": "%(n)s items are more than the %(most)s one action takes; narrow the filter.",
    }


@transaction.atomic
def ask(*, by: Membership, items: Iterable[int], text: str, now: datetime) -> int:
    """Ask the doctor the same question about every item; due by the parameter `coding.doctor_answer`.

    Returns how many were asked. Raises PermissionDenied, QueueRefused.
    """
    text = _said(text)
    moved = _move(by, "queue.work", items, "ask", [State.OPEN], State.ASKED, text)
    again = _move(by, "queue.work", items, "ask_again", [State.ANSWERED], State.ASKED, text)
    rule = parameters.rule_in_force("coding.doctor_answer", on=now.astimezone(SHANGHAI).date())
    due = calendar.deadline(now, rule).due_at
    CaseQuestion.objects.bulk_create(
        CaseQuestion(item_id=pk, asked_by=by, asked_at=now, text=text, rule=rule, due_at=due)
        for pk in [*moved, *again]
    )
    return _journaled(by, "queue.asked", [*moved, *again])


@transaction.atomic
def items_of(member: Membership, state: str, cause: str) -> list[int]:
    """The numbers of the items a member may see in a state and of a cause, newest month first."""
    found = WorkItem.objects.visible_to(member).filter(state=state, cause=cause)
    return list(found.order_by("-month", "pk").values_list("pk", flat=True))


def answer(*, by: Membership, items: Iterable[int], text: str, now: datetime) -> int:
    """Answer the open question of every item."""
    text = _said(text)
    moved = _move(by, "queue.answer", items, "answer", [State.ASKED], State.ANSWERED, text)
    asked = CaseQuestion.objects.filter(item__in=moved, answered_at=None)
    asked.update(answer=text, answered_by=by, answered_at=now)
    return _journaled(by, "queue.answered", moved)


@transaction.atomic
def wait(*, by: Membership, items: Iterable[int], text: str = "", now: datetime) -> int:
    """Send items back to the source: they wait for the corrected file and close by themselves."""
    sources = [State.OPEN, State.ASKED, State.ANSWERED]
    moved = _move(by, "queue.work", items, "wait", sources, State.WAITING, text.strip()[:500])
    return _journaled(by, "queue.waiting", moved)


@transaction.atomic
def accept(*, by: Membership, items: Iterable[int], text: str, now: datetime) -> int:
    """Say of every item why it is no error; it leaves the queue."""
    sources = [State.OPEN, State.ANSWERED, State.WAITING]
    moved = _move(by, "queue.work", items, "accept", sources, State.ACCEPTED, _said(text))
    return _journaled(by, "queue.accepted", moved)


@transaction.atomic
def look_again(*, by: Membership, items: Iterable[int], text: str = "", now: datetime) -> int:
    """Take items back that were called no error."""
    moved = _move(by, "queue.work", items, "look_again", [State.ACCEPTED], State.OPEN, text.strip()[:500])
    return _journaled(by, "queue.looked_again", moved)


# By the name of the step, for pages that take it from the address.
STEPS: dict[str, Any] = {
    "ask": ask,
    "answer": answer,
    "wait": wait,
    "accept": accept,
    "look_again": look_again,
}


def _said(text: str) -> str:
    text = " ".join(text.split())
    if len(text) < 2:
        raise QueueRefused("text")
    return text[:500]


def _move(
    by: Membership,
    permit: str,
    items: Iterable[int],
    name: str,
    sources: Sequence[State],
    to: State,
    note: str,
) -> list[int]:
    """Claim the items that still are where the step begins; keep each step (conventions 8)."""
    if not by.can(permit):
        raise PermissionDenied
    wanted = list(items)
    if len(wanted) > MOST:
        raise QueueRefused("many", n=len(wanted), most=MOST)
    seen = WorkItem.objects.visible_to(by).filter(pk__in=wanted).values("pk")
    rows = WorkItem.objects.select_for_update().filter(pk__in=seen, state__in=sources).order_by("pk")
    states = dict(rows.values_list("pk", "state"))
    WorkItem.objects.filter(pk__in=states).update(state=to, changed_at=Now())
    kind = WorkItem._meta.label_lower
    Transition.objects.bulk_create(
        Transition(by=by, about_kind=kind, about_id=pk, name=name, from_state=state, to_state=to, note=note)
        for pk, state in states.items()
    )
    return list(states)


def _journaled(by: Membership, verb: str, items: Sequence[int]) -> int:
    if not items:
        raise QueueRefused("nothing")
    journal.write(by=by, verb=verb, items=len(items), first=min(items))
    return len(items)
