"""Drawing cases for a meeting by a seed, and what reviewers say of them (S1-49)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.services import journal, parameters
from grouping import facts as cases
from performance.meetings.models import CaseOpinion, CaseReview, DrawnCase, Meeting, Seat
from performance.meetings.refusals import ReviewRefused
from performance.meetings.services.meetings import require_desk

SIZE = "review.cases"


def order(ids: Iterable[int], seed: str) -> list[int]:
    """The ids in the order a seed gives them: by the digest of seed and id, the same for everybody."""
    return sorted(ids, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).hexdigest())


@transaction.atomic
def draw(*, by: Membership, meeting: Meeting, now: datetime, seed: str = "") -> CaseReview:
    """Draw as many of the month's discharges as the parameter says; the institution's own for its bodies.

    Raises PermissionDenied, ReviewRefused (closed, drawn, none).
    """
    require_desk(by, meeting.body)
    if not meeting.open:
        raise ReviewRefused("closed")
    found = cases.cases(meeting.period, meeting.body.institution_id)
    groups: dict[int, str | None] = dict(found.values_list("pk", "drg"))  # type: ignore[misc]
    if not groups:
        raise ReviewRefused("none")
    seed = seed or secrets.token_hex(8)
    size = int(str(parameters.in_force(SIZE, on=timezone.localdate(now))))
    chosen = order(groups, seed)[:size]
    try:
        with transaction.atomic():
            row: CaseReview = CaseReview.objects.create(
                meeting=meeting,
                seed=seed,
                size=len(chosen),
                population=len(groups),
                drawn_by=by,
                drawn_at=now,
            )
    except IntegrityError as error:
        if "case_review_once" not in str(error):
            raise
        raise ReviewRefused("drawn") from None
    DrawnCase.objects.bulk_create(
        DrawnCase(review=row, place=place, case_id=pk, group=groups[pk] or "")
        for place, pk in enumerate(chosen, start=1)
    )
    journal.write(by=by, verb="review.drawn", about=meeting, cases=len(chosen))
    return row


def reviews(by: Membership, meeting: Meeting) -> bool:
    """Whether the member sits in the body on the day of the meeting, and so reviews."""
    day = timezone.localdate(meeting.begins_at)
    return bool(Seat.objects.on(day).filter(body=meeting.body_id, user=by.user_id).exists())


@transaction.atomic
def say(
    *, by: Membership, meeting: Meeting, drawn: DrawnCase, verdict: str, text: str, now: datetime
) -> CaseOpinion:
    """One reviewer's opinion of a case, once. Raises PermissionDenied, ReviewRefused (closed, text, said)."""
    if not reviews(by, meeting):
        raise PermissionDenied(_("Members of the body review its cases."))
    if not meeting.open:
        raise ReviewRefused("closed")
    if verdict != CaseOpinion.Verdict.SOUND and not text.strip():
        raise ReviewRefused("text")
    try:
        with transaction.atomic():
            row: CaseOpinion = CaseOpinion.objects.create(
                drawn=drawn, verdict=verdict, text=text.strip(), said_by=by, said_at=now
            )
    except IntegrityError as error:
        if "case_opinion_once" not in str(error):
            raise
        raise ReviewRefused("said") from None
    journal.write(by=by, verb="review.said", about=meeting, number=drawn.place)
    return row
