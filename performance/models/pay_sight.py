"""Who sees whose pay: the offices everybody's, who leads an institution its people's."""

from __future__ import annotations

from alliance import roles
from alliance.models import Membership
from performance.models.pay import LOOK

PERSONS = "person_score.view"  # who sees other people's numbers


def leads_all(membership: Membership) -> bool:
    """True for who sees every person of the own institution; a head of department sees the own one alone."""
    return roles.allows(set(membership.roles) - {"department_head"}, PERSONS)


def sees_all(membership: Membership) -> bool:
    """True for the offices that look at everybody's pay; others of the whole alliance, such as a steward of
    data, read their own (requirements X2).
    """
    return membership.institution_id is None and membership.can(LOOK)
