"""What all services of the room ask first."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership, Staff
from referrals.recognition.models import Item
from referrals.recognition.services.refusals import RecognitionRefused


def require(by: Membership, action: str) -> None:
    """Raise PermissionDenied unless the member's role includes the action."""
    if not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))


def own_place(by: Membership) -> Institution:
    """The member's institution. Raises RecognitionRefused for who stands for the whole alliance."""
    if by.institution is None:
        raise RecognitionRefused("no_institution")
    return by.institution


def staff_of(by: Membership) -> Staff | None:
    """The staff record of a member at the own institution; None when nobody linked one."""
    rows = Staff.objects.filter(user=by.user_id, institution=by.institution_id, is_active=True)
    found: Staff | None = rows.order_by("code").first()
    return found


def local_day(at: datetime) -> date:
    """The day in Asia/Shanghai."""
    return at.astimezone(SHANGHAI).date()


def item_on(code: str, day: date) -> Item:
    """The item of a code as it holds on a day. Raises RecognitionRefused (item)."""
    found: Item | None = Item.objects.in_force(day).filter(code=code.strip()).first()
    if found is None:
        raise RecognitionRefused("item", code=code.strip())
    return found
