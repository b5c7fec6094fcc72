"""File a dispute, study it, answer it, settle it by a version of the scheme (S4-22)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Attachment, Membership
from alliance.models.base import Stale
from alliance.services import calendar, journal, parameters
from grouping.models import Case, Dispute, Scheme

State = Dispute.State


class DisputeRefused(Refused):
    """The step cannot be taken."""

    reasons = {
        "answer": "Write the answer.",
        "version": "Choose a version that began after the one the dispute is about.",
    }


@transaction.atomic
def file_dispute(
    *,
    by: Membership,
    about: str,
    scheme: Scheme,
    code: str,
    text: str,
    case: Case | None = None,
    evidence: Attachment | None = None,
    now: datetime,
) -> Dispute:
    """File a dispute; the answer is due by the parameter `dispute.answer`. Raises PermissionDenied."""
    if not by.can("dispute.file"):
        raise PermissionDenied
    rule = parameters.rule_in_force("dispute.answer", on=now.astimezone(SHANGHAI).date())
    row: Dispute = Dispute.objects.create(
        about=about, scheme=scheme, code=code, text=text, case=case, evidence=evidence, filed_by=by,
        filed_at=now, rule=rule, due_at=calendar.deadline(now, rule).due_at,
        institution=by.institution or (case.institution if case else None),
    )  # fmt: skip
    journal.write(by=by, verb="dispute.filed", about=row, kind=about, code=code, scheme=scheme.pk)
    return row


def study(*, by: Membership, dispute: Dispute, now: datetime) -> Dispute:
    """Take a dispute up."""
    return _move(by, dispute, "study", {})


def reply(*, by: Membership, dispute: Dispute, answer: str, now: datetime) -> Dispute:
    """Answer who filed it. Raises DisputeRefused (answer)."""
    if len(answer.strip()) < 2:
        raise DisputeRefused("answer")
    return _move(by, dispute, "reply", {"answer": answer.strip()[:2000], "answered_at": now})


def settle(*, by: Membership, dispute: Dispute, version: Scheme, now: datetime) -> Dispute:
    """Name the scheme that settled it: one that began later. Raises DisputeRefused (version)."""
    if version.from_date <= dispute.scheme.from_date:
        raise DisputeRefused("version")
    return _move(by, dispute, "settle", {"settled_in": version})


TARGETS = {"study": State.STUDIED, "reply": State.ANSWERED, "settle": State.SETTLED}


def _may(by: Membership, dispute: Dispute, name: str) -> bool:
    """Whether the member may take the step in the state it belongs to."""
    steps: Any = dispute
    every = steps.get_all_state_transitions()
    return any(step.name == name and by.can(step.custom["permit"]) for step in every)


@transaction.atomic
def _move(by: Membership, dispute: Dispute, name: str, change: dict[str, Any]) -> Dispute:
    """Claimed by the state it was seen in: of two who answer, one gets Stale, also when the other's answer is
    already there to be read.
    """
    if name not in [step.name for step in dispute.steps_for(by)]:
        if dispute.state != State.OPEN and _may(by, dispute, name):
            raise Stale(dispute)
        raise PermissionDenied
    before = dispute.state
    moved: Dispute = Dispute.objects.claim(
        dispute.pk, expect={"state": before}, change={"state": TARGETS[name], **change}
    )
    journal.step(by=by, about=moved, name=name, before=before, after=str(TARGETS[name]))
    journal.write(by=by, verb=f"dispute.{TARGETS[name]}", about=moved)
    return moved
