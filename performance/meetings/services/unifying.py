"""Entering how far an institution is in an area of the six unifications (S2-52)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from alliance.models import Institution, Membership
from alliance.services import journal
from performance.meetings.models import Unified
from performance.meetings.refusals import ReviewRefused
from performance.meetings.services.bodies import require_run


@transaction.atomic
def enter(
    *, by: Membership, institution: Institution, area: str, degree: str, evidence: str, now: datetime
) -> Unified:
    """Enter how far it is; the newest entry counts. Raises PermissionDenied, ReviewRefused (evidence)."""
    require_run(by, institution.pk)
    if degree != Unified.Degree.NOT and not evidence.strip():
        raise ReviewRefused("evidence")
    row: Unified = Unified.objects.create(
        institution=institution, area=area, degree=degree, evidence=evidence.strip(), entered_by=by,
        entered_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="unified.entered", about=row, institution=institution.code, area=area)
    return row


def newest(by: Membership) -> dict[tuple[int, str], Unified]:
    """The entry that counts, by institution and area; one query."""
    rows = Unified.objects.seen_by(by).select_related("entered_by__user").order_by("pk")
    return {(row.institution_id, row.area): row for row in rows}
