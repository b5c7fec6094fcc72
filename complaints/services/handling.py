"""What the house does with a complaint: triage, departments, first answer, result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Membership
from alliance.models.base import Stale
from alliance.services import journal
from complaints import machine
from complaints.categories import categories
from complaints.models import Answer, Clock, Complaint, Concerned, Level, Severity, Verdict
from complaints.services import limits
from complaints.services.moves import move, needed
from complaints.services.refusals import ComplaintRefused


@transaction.atomic
def triage(
    *,
    by: Membership,
    complaint: Complaint,
    category: str,
    severity: str,
    subject: str,
    now: datetime,
    version: int | None = None,
) -> Complaint:
    """The complaint office says what it is about and how grave. Raises ComplaintRefused, Stale."""
    _office(by, complaint)
    kind = categories().get(category)
    if kind is None or not (kind.offered(now.astimezone(SHANGHAI).date()) or category == complaint.category):
        raise ComplaintRefused("category")
    if severity not in Severity.values:
        raise ComplaintRefused("category")
    changed = _change(complaint, version, category=category, severity=severity, subject=subject.strip()[:60])
    journal.write(by=by, verb="complaint.triaged", about=changed, category=category, severity=severity)
    return changed


@transaction.atomic
def assign(
    *,
    by: Membership,
    complaint: Complaint,
    departments: Sequence[Department],
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Complaint:
    """Give it to departments of the institution; the first one answers, several lengthen the result's limit.

    Given again while it is under way, the departments change and the state stays. Raises ComplaintRefused
    (no_department, department, not_open), PermissionDenied, Stale.
    """
    if not departments:
        raise ComplaintRefused("no_department")
    if any(one.institution_id != complaint.institution_id or not one.is_active for one in departments):
        raise ComplaintRefused("department")
    _office(by, complaint)
    _concern(by, complaint, departments, now)
    level = complaint.level if complaint.level == Level.ALLIANCE else Level.DEPARTMENT
    change: dict[str, Any] = {"department": departments[0], "level": level, **_limit(complaint)}
    said: dict[str, Any] = {"departments": [one.pk for one in departments]}
    if complaint.state == Complaint.State.RECEIVED:
        return move(
            "assign", verb="complaint.assigned", by=by, complaint=complaint, now=now, version=version,
            note=note or departments[0].name, said=said, **change,
        )  # fmt: skip
    if complaint.state not in Complaint.LIVE:
        raise ComplaintRefused("not_open", state=complaint.get_state_display())
    given = _change(complaint, version, assigned_at=complaint.assigned_at or now, **change)
    journal.write(by=by, verb="complaint.assigned", about=given, **said)
    journal.step(
        by=by, about=given, name="hand_over", before=given.state, after=given.state,
        note=note.strip()[:500] or departments[0].name,
    )  # fmt: skip
    return given


@transaction.atomic
def answer(
    *,
    by: Membership,
    complaint: Complaint,
    text: str,
    now: datetime,
    verdict: str = "",
    version: int | None = None,
) -> Complaint:
    """The first answer goes to the person. Raises ComplaintRefused (answer, verdict, too_early), Stale."""
    text = needed(text, "answer")
    if verdict and verdict not in Verdict.values:
        raise ComplaintRefused("verdict")
    moved = move("answer", verb="complaint.answered", by=by, complaint=complaint, now=now, version=version)
    Answer.objects.create(complaint=moved, kind=Clock.FIRST, text=text, verdict=verdict, by=by, at=now)
    return moved


@transaction.atomic
def resolve(
    *,
    by: Membership,
    complaint: Complaint,
    text: str,
    verdict: str,
    now: datetime,
    version: int | None = None,
) -> Complaint:
    """The result goes to the person, who is asked whether it is really solved."""
    text = needed(text, "answer")
    if verdict not in Verdict.values:
        raise ComplaintRefused("verdict")
    moved = move(
        "resolve", verb="complaint.resolved", by=by, complaint=complaint, now=now, version=version,
        verdict=verdict, said={"verdict": verdict},
    )  # fmt: skip
    Answer.objects.create(
        complaint=moved, kind=Clock.RESULT, round=moved.round, text=text, verdict=verdict, by=by, at=now
    )
    return moved


@transaction.atomic
def reveal(*, by: Membership, complaint: Complaint, reason: str, request: Any = None) -> tuple[str, str]:
    """Name and telephone of the person, for the complaint office alone; journaled with its reason.

    Raises ComplaintRefused (reason), PermissionDenied.
    """
    reason = needed(reason, "reason")
    if "department" in complaint.sides_of(by) or not complaint.sides_of(by) or not by.can(machine.REVEAL):
        raise PermissionDenied(_("Only the complaint office may see who complained."))
    journal.write(by=by, verb="complaint.revealed", about=complaint, request=request, reason=reason[:200])
    return complaint.name or "", complaint.phone or ""


def _office(by: Membership, complaint: Complaint) -> None:
    if not by.can(machine.HANDLE) or "department" in complaint.sides_of(by) or not complaint.sides_of(by):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))


def _change(complaint: Complaint, version: int | None, **change: Any) -> Complaint:
    """A change that is no step, of the version that was read."""
    if version not in (None, complaint.version):
        raise Stale(complaint)
    changed: Complaint = Complaint.objects.claim(
        complaint.pk,
        expect={"state": complaint.state, "version": complaint.version},
        change={"version": F("version") + 1, **change},
    )
    return changed


def _concern(by: Membership, complaint: Complaint, departments: Sequence[Department], now: datetime) -> None:
    rows = [
        Concerned(complaint=complaint, department=one, added_by=by, added_at=now)
        for one in dict.fromkeys(departments)
    ]
    Concerned.objects.bulk_create(rows, ignore_conflicts=True)


def _limit(complaint: Complaint) -> dict[str, Any]:
    """The result's limit with the departments of now; an order keeps the one it brought."""
    joint = Concerned.objects.filter(complaint=complaint).count() > 1
    if not joint or not complaint.result_rule:
        return {}
    found = limits.result(complaint.result_from, joint=True)
    if found["result_rule"] == complaint.result_rule:
        return {}
    return found
