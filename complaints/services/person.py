"""What the person does with the private link, or says to a member who takes it down."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from alliance.lib.secrets import hashed
from alliance.models import Membership
from alliance.services import journal
from complaints import machine
from complaints.models import Addition, Complaint
from complaints.services import limits
from complaints.services.moves import move, needed
from complaints.services.refusals import ComplaintRefused


def of_link(secret: str) -> Complaint | None:
    """The complaint of a private link, in the alliance in scope; None where the link opens nothing."""
    rows = Complaint.objects.filter(link_hash=hashed(secret)).with_names()
    found: Complaint | None = rows.select_related("merged_into").first()
    return found


def confirm(
    *, by: Membership | None, complaint: Complaint, now: datetime, version: int | None = None
) -> Complaint:
    """It is really solved: the complaint is closed."""
    return move(
        "close", verb="complaint.confirmed",
        by=by, complaint=complaint, now=now, version=version, solved=True,
        said={"said_by": "person"},
    )  # fmt: skip


def reopen(
    *,
    by: Membership | None,
    complaint: Complaint,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Complaint:
    """It is not solved: the clock of the result begins anew, with the rules of now.

    Raises ComplaintRefused (reason; reopen_over past the days of `complaint.reopen`), Stale.
    """
    reason = needed(reason, "reason")
    if complaint.closed_at is not None:
        span = limits.days("complaint.reopen", now)
        if now > complaint.closed_at + span:
            raise ComplaintRefused("reopen_over", days=span.days)
    joint = complaint.concerned.count() > 1
    return move(
        "reopen", verb="complaint.reopened",
        by=by, complaint=complaint, now=now, version=version, note=reason,
        solved=False, round=F("round") + 1, resolved_at=None, closed_at=None, verdict="",
        **limits.result(now, joint=joint),
    )  # fmt: skip


def withdraw(
    *,
    by: Membership | None,
    complaint: Complaint,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> Complaint:
    """The person takes it back; a member who takes that down says why."""
    if by is not None:
        reason = needed(reason, "reason")
    return move(
        "withdraw", verb="complaint.withdrawn",
        by=by, complaint=complaint, now=now, version=version, note=reason,
        resolved_at=None, verdict="",
    )  # fmt: skip


@transaction.atomic
def add(*, by: Membership | None, complaint: Complaint, text: str, mark: str, now: datetime) -> Addition:
    """Keep what was said later; the same form sent twice is one addition. Raises ComplaintRefused."""
    text = needed(text, "text")
    if by is not None and not (complaint.sides_of(by) and by.can(machine.ENTER)):
        raise PermissionDenied(_("Only a member of the house takes a complaint down."))
    if complaint.state in Complaint.ENDED:
        raise ComplaintRefused("not_open", state=complaint.get_state_display())
    try:
        with transaction.atomic():
            row: Addition = Addition.objects.create(
                complaint=complaint, text=text, mark=hashed(mark), by=by, at=now
            )
    except IntegrityError:
        return Addition.objects.get(mark=hashed(mark))  # type: ignore[no-any-return]
    journal.write(by=by, verb="complaint.added", about=complaint)
    return row


def say_again(*, complaint: Complaint, text: str, mark: str, now: datetime) -> Addition | None:
    """The public form of a complaint came once more: other words are kept as an addition, the same ones once.

    Raises ComplaintRefused (sent_over) where the complaint is over: the words belong into a new one.
    """
    if (text := text.strip()) == complaint.text:
        return None
    if complaint.state in Complaint.ENDED:
        raise ComplaintRefused("sent_over", number=complaint.number)
    return add(by=None, complaint=complaint, text=text, mark=f"{mark}:{text}", now=now)
