"""Who finds and decides: members with the right, not of the institution, who did not open the case."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.approvals.models import Approval
from alliance.models import Membership
from performance.violations.models import Violation
from performance.violations.refusals import ViolationRefused


def of_the_place(by: Membership, violation: Violation) -> bool:
    """Whether the person belongs to the institution under any of the own memberships."""
    rows = Membership.objects.filter(user=by.user_id, institution=violation.institution_id)
    return bool(rows.exists())


def involved(approvals: Sequence[Approval], members: Sequence[Membership]) -> set[tuple[int, int]]:
    """Pairs (approval pk, member pk) of who opened the case or belongs to its institution; two queries."""
    cases = Violation.objects.filter(pk__in=[one.about_id for one in approvals])
    about = {
        pk: (opener, place) for pk, opener, place in cases.values_list("pk", "opened_by__user", "institution")
    }
    users = [one.user_id for one in members]
    rows = Membership.objects.filter(
        user__in=users, institution__in=[place for _opener, place in about.values()]
    )
    theirs = set(rows.values_list("user", "institution"))
    return {
        (approval.pk, one.pk)
        for approval in approvals
        for one in members
        if one.user_id == about[approval.about_id][0] or (one.user_id, about[approval.about_id][1]) in theirs
    }


def require_uninvolved(by: Membership, violation: Violation) -> None:
    """Raise ViolationRefused (involved, opener)."""
    if of_the_place(by, violation):
        raise ViolationRefused("involved")
    if violation.opened_by.user_id == by.user_id:
        raise ViolationRefused("opener")
