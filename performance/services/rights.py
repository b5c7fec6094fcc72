"""May the actor do it: services ask the same action as their page and button."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alliance.models import Membership


def require(by: Membership, action: str) -> None:
    """Raise PermissionDenied unless a member of the whole alliance may do the action."""
    if by.institution_id is not None or not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))
