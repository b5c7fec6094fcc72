"""Who decides about a clue: members with the right, of no institution it is about."""

from __future__ import annotations

from alliance.models import Membership
from performance.fairness.refusals import FairnessRefused
from performance.models import Clue
from performance.services.rights import require

DECIDE = "fairness.decide"


def is_involved(by: Membership, clue: Clue) -> bool:
    """Whether the person, under any of the own memberships, belongs to an institution it is about."""
    return bool(Membership.objects.filter(user=by.user_id, institution__in=clue.places).exists())


def may_decide(by: Membership, clue: Clue) -> bool:
    """Whether the member decides clues and is not involved in this one."""
    return by.institution_id is None and by.can(DECIDE) and not is_involved(by, clue)


def require_uninvolved(by: Membership, clue: Clue) -> None:
    """Raise PermissionDenied or FairnessRefused (involved)."""
    require(by, DECIDE)
    if is_involved(by, clue):
        raise FairnessRefused("involved")
