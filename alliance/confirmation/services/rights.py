"""Who may do what with a line."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alliance.confirmation.models import Line
from alliance.models import Membership


def require(by: Membership, action: str) -> None:
    """Raise PermissionDenied unless the member has the right."""
    if not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))


def require_side(by: Membership, line: Line) -> str:
    """The side a member may speak for. Raises PermissionDenied for everybody else."""
    require(by, "confirmation.confirm")
    side = line.side_of(by)
    if not side:
        raise PermissionDenied(_("Only the two sides of a line speak about it."))
    return side


def require_office(by: Membership, action: str) -> None:
    """Raise PermissionDenied unless the member stands for the whole alliance and has the right."""
    require(by, action)
    if by.institution_id is not None:
        raise PermissionDenied(_("This is a matter of the alliance's office."))
