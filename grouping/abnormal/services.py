"""Report an abnormal case, answer it, link what follows (S1-54)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Membership
from alliance.services import calendar, journal, parameters, steps
from grouping.abnormal.models import ANSWER, REPORT, AbnormalReport, Kind
from grouping.models import Case, Dispute

LIMIT = "abnormal.answer"
# What stands above and may follow from a report: kind -> (its word, (id, words) of each a member may see).
_followed: dict[str, tuple[Any, Callable[[Membership], list[tuple[int, str]]], str]] = {}


class AbnormalRefused(Refused):
    """A report cannot be taken, or not answered."""

    reasons = {
        "kind": "Choose what is unusual.",
        "text": "Say in a sentence what you saw.",
        "again": "The same is reported of this case already and waits for its answer.",
        "answer": "Write what was found and what is done.",
        "own": "Somebody else than who reported it answers.",
        "followed": "Choose one of those offered.",
    }
    fields = {"again": "kind", "own": ""}


def register_followed(
    kind: str, word: Any, offers: Callable[[Membership], list[tuple[int, str]]], page: str
) -> None:
    """Let a thing above follow from a report; `page` names its page. Called in an app's `ready()`."""
    _followed[kind] = (word, offers, page)


def followed_kinds() -> dict[str, tuple[Any, Callable[[Membership], list[tuple[int, str]]], str]]:
    """Every kind that may follow."""
    return dict(_followed)


@transaction.atomic
def report(*, by: Membership, case: Case, kind: str, text: str, now: datetime) -> AbnormalReport:
    """Report a case and start the office's clock.

    Raises PermissionDenied, AbnormalRefused (kind, text, again).
    """
    if not by.can(REPORT) or not by.sees(case.institution_id):
        raise PermissionDenied(_("Your role does not include this step."))
    if kind not in Kind.values:
        raise AbnormalRefused("kind")
    if not text.strip():
        raise AbnormalRefused("text")
    rule = parameters.rule_in_force(LIMIT, on=now.astimezone(SHANGHAI).date())
    ward = Department.objects.filter(institution=case.institution_id, code=case.department_code).first()
    try:
        with transaction.atomic():
            row: AbnormalReport = AbnormalReport.objects.create(
                case=case, institution_id=case.institution_id, department=ward, kind=kind, text=text.strip(),
                reported_by=by, reported_at=now, rule=rule, due_at=calendar.deadline(now, rule).due_at,
            )  # fmt: skip
    except IntegrityError:
        raise AbnormalRefused("again") from None
    journal.write(by=by, verb="abnormal.reported", about=row, kind=kind)
    journal.step(by=by, about=row, name="report", before="", after=row.state)
    return row


@transaction.atomic
def reply(
    *, by: Membership, report: AbnormalReport, finding: str, answer: str, now: datetime,
    version: int | None = None,
) -> AbnormalReport:  # fmt: skip
    """Answer a report. Raises PermissionDenied, Stale, AbnormalRefused (answer, own)."""
    step = steps.admitted("reply", by=by, row=report, version=version)
    if report.reported_by_id == by.pk:
        raise AbnormalRefused("own")
    if not answer.strip():
        raise AbnormalRefused("answer")
    moved: AbnormalReport = steps.take(
        step, by=by, row=report, verb="abnormal.answered", now=now, finding=finding, answer=answer.strip(),
        answered_by=by, said={"finding": finding},
    )  # fmt: skip
    return moved


@transaction.atomic
def withdraw(*, by: Membership, report: AbnormalReport, version: int | None = None) -> AbnormalReport:
    """Take back what was reported by mistake. Raises PermissionDenied, Stale."""
    step = steps.admitted("withdraw", by=by, row=report, version=version)
    moved: AbnormalReport = steps.take(step, by=by, row=report, verb="abnormal.withdrawn")
    return moved


@transaction.atomic
def link(
    *, by: Membership, report: AbnormalReport, dispute: Dispute | None = None, kind: str = "",
    pk: int | None = None,
) -> AbnormalReport:  # fmt: skip
    """Say what followed: a dispute, or a thing above of a registered kind.

    Raises PermissionDenied, AbnormalRefused (followed).
    """
    if not by.can(ANSWER) or not by.sees(report.institution_id):
        raise PermissionDenied(_("Your role does not include this step."))
    change: dict[str, Any] = {}
    if dispute is not None:
        if not Dispute.objects.visible_to(by).filter(pk=dispute.pk).exists():
            raise AbnormalRefused("followed")
        change["dispute"] = dispute
    if kind:
        if kind not in _followed or pk not in dict(_followed[kind][1](by)):
            raise AbnormalRefused("followed")
        change |= {"followed_kind": kind, "followed_id": pk}
    if not change:
        raise AbnormalRefused("followed")
    kept: AbnormalReport = AbnormalReport.objects.claim(report.pk, expect={}, change=change)
    journal.write(by=by, verb="abnormal.linked", about=kept)
    return kept
