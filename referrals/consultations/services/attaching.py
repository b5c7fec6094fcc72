"""Files of a consultation: either side adds them while it may still read them, nobody takes them away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.models import Attachment, Membership
from alliance.services import files, journal
from referrals.consultations.models import Consultation, ConsultationFile


@transaction.atomic
def attach(
    *,
    by: Membership,
    consultation: Consultation,
    name: str,
    content: Iterable[bytes],
    content_type: str,
    limit: int,
    now: datetime,
) -> ConsultationFile:
    """Keep a file sealed beside the consultation. Raises PermissionDenied and files.TooLarge."""
    side = consultation.side_of(by)
    right = {"origin": "consultation.ask", "target": "consultation.answer"}.get(side, "")
    if not right or not by.can(right):
        raise PermissionDenied(_("Only the two sides of a consultation add files."))
    stored = files.store(
        by=by, name=name, content=content, purpose=Attachment.Purpose.EVIDENCE, content_type=content_type,
        limit=limit, institution=by.institution,
    )  # fmt: skip
    row: ConsultationFile = ConsultationFile.objects.create(
        consultation=consultation, attachment=stored, added_by=by, added_at=now
    )
    journal.write(by=by, verb="consultation.file_added", about=consultation, file=stored.pk)
    return row
