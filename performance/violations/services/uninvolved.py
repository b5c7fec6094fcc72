"""Who finds: members with the right, not of the institution, who did not open the case."""

from __future__ import annotations

from alliance.models import Membership
from performance.violations.models import Violation
from performance.violations.refusals import ViolationRefused


def of_the_place(by: Membership, violation: Violation) -> bool:
    """Whether the person belongs to the institution under any of the own memberships."""
    rows = Membership.objects.filter(user=by.user_id, institution=violation.institution_id)
    return bool(rows.exists())


def require_uninvolved(by: Membership, violation: Violation) -> None:
    """Raise ViolationRefused (involved, opener)."""
    if of_the_place(by, violation):
        raise ViolationRefused("involved")
    if violation.opened_by.user_id == by.user_id:
        raise ViolationRefused("opener")
