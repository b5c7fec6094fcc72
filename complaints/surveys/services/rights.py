"""Rights of surveys: to read results, to run surveys, to hand out slips, to print their codes (the alliance's
office alone: who is rated never sees a code)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alliance.models import Membership

VIEW, RUN, HAND_OUT, PRINT = "survey.view", "survey.run", "survey.hand_out", "survey.print"


def require(by: Membership, action: str) -> None:
    """Raise PermissionDenied unless the member's role includes the action."""
    if not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))
