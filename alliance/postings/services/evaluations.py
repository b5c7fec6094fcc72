"""The host evaluates a posting once a month."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.postings.models import Evaluation, Posting, Visit
from alliance.postings.services.moving import require
from alliance.postings.services.refusals import PostingRefused
from alliance.services import journal


@transaction.atomic
def evaluate(
    *,
    by: Membership,
    posting: Posting,
    month: Month,
    attendance: int,
    service: int,
    teaching: int,
    words: str,
    now: datetime,
) -> Evaluation:
    """Points of one to five for a month with confirmed days.

    Raises PostingRefused (points, month, evaluated), PermissionDenied.
    """
    require(by, posting, ["host"], "posting.host")
    if not all(1 <= points <= 5 for points in (attendance, service, teaching)):
        raise PostingRefused("points")
    days = {"day__gte": month.first_day, "day__lte": month.last_day, "state": Visit.State.CONFIRMED}
    if not Visit.objects.filter(posting=posting, **days).exists():
        raise PostingRefused("month")
    try:
        with transaction.atomic():
            made: Evaluation = Evaluation.objects.create(
                posting=posting, month=month.first_day, attendance=attendance, service=service,
                teaching=teaching, words=words.strip(), by=by, at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "posting_evaluation_once" not in str(error):
            raise
        raise PostingRefused("evaluated") from None
    journal.write(by=by, verb="posting.evaluated", about=posting, month=str(month))
    return made
