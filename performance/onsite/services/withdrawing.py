"""A photo taken back: it stays as a row with its reason, its file is shown to nobody any more."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.services import journal
from performance.models import OnsiteInspector, OnsitePhoto, OnsiteVisit
from performance.models.onsite import INSPECT, PLAN
from performance.onsite.refusals import OnsiteRefused

State = OnsiteVisit.State


def may_withdraw(
    by: Membership, visit: OnsiteVisit, mine: OnsiteInspector | None, photo: OnsitePhoto
) -> bool:
    """While the visit is under way who took it, or the lead; once it is signed the office alone."""
    if photo.withdrawn_at is not None:
        return False
    if visit.state == State.OPEN:
        return mine is not None and by.can(INSPECT) and (mine.is_lead or photo.by_id == by.pk)
    return visit.state == State.SIGNED and by.institution_id is None and by.can(PLAN)


@transaction.atomic
def withdraw(*, by: Membership, photo: OnsitePhoto, why: str, now: datetime) -> OnsitePhoto:
    """Take a photo back, with a reason. Raises PermissionDenied, OnsiteRefused (why, withdrawn)."""
    mine = OnsiteInspector.objects.filter(visit=photo.visit, member=by).first()
    if photo.withdrawn_at is None and not may_withdraw(by, photo.visit, mine, photo):
        raise PermissionDenied(_("Only the inspectors of this visit do this."))
    if not why.strip():
        raise OnsiteRefused("why")
    rows = OnsitePhoto.objects.filter(pk=photo.pk, withdrawn_at=None)
    if not rows.update(withdrawn_by=by, withdrawn_at=now, withdrawn_why=why.strip()):
        raise OnsiteRefused("withdrawn")
    journal.write(
        by=by, verb="onsite.photo_withdrawn", about=photo.visit, item=photo.item, sha256=photo.file.sha256
    )
    photo.refresh_from_db()
    return photo
