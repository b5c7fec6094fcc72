"""Who stands on which side of a declared value."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alliance.models import Membership
from performance.models.declared import CONFIRM, ENTER, DeclaredValue


def require_first(by: Membership, institution_id: int | None) -> None:
    """Raise PermissionDenied unless the member enters values of the place."""
    _require(by, ENTER, institution_id)


def require_second(by: Membership, institution_id: int | None, way: str = "") -> None:
    """Raise PermissionDenied unless the member confirms values of the place.

    What was found there on site only a member of the whole alliance confirms or sends back.
    """
    _require(by, CONFIRM, None if way == DeclaredValue.Way.VISIT else institution_id)


def _require(by: Membership, action: str, institution_id: int | None) -> None:
    if not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))
    if by.institution_id not in (None, institution_id):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
