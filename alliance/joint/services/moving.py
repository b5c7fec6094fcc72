"""One step of a row of joint work: nobody faster, kept in the history; who may is asked before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from alliance.joint.services.refusals import JointRefused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership, Staff
from alliance.services import steps

LONGEST = 300  # characters of a reason


def move(
    name: str, *, by: Membership, row: Any, version: int | None = None, said: str = "", **change: Any
) -> Any:
    """The row after a step: of two who try at once, one gets Stale (N33).

    `said` goes to the history; call in a transaction. Raises Stale when the state allows no such step or
    somebody was faster.
    """
    step = steps.open_now(name, row, version)
    verb = f"joint.{row._meta.model_name}_{name}"
    return steps.take(step, by=by, row=row, verb=verb, remark=said, **change)


def require(by: Membership, action: str) -> None:
    """Raise PermissionDenied unless a role of the member includes the action."""
    if not by.can(action):
        raise PermissionDenied(_("Your role does not include this step."))


def require_side(by: Membership, action: str, *places: int) -> None:
    """Raise PermissionDenied unless the member has the right and stands for one of the institutions."""
    require(by, action)
    if by.institution_id not in places:
        raise PermissionDenied(_("This step belongs to the other side or to another role."))


def own_institution(by: Membership) -> Institution:
    """The member's institution. Raises JointRefused (no_institution)."""
    if by.institution is None:
        raise JointRefused("no_institution")
    return by.institution


def works_at(staff: Staff, institution_id: int) -> bool:
    """Whether somebody works there now."""
    return staff.institution_id == institution_id and staff.is_active


def local_day(now: datetime) -> date:
    """The day it is in Shanghai."""
    return now.astimezone(SHANGHAI).date()


def words(why: str) -> str:
    """A reason in a few words. Raises JointRefused (why)."""
    said = why.replace("\0", "").strip()
    if not 0 < len(said) <= LONGEST:
        raise JointRefused("why")
    return said
