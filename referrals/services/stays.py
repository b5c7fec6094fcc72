"""Accepted referrals stated to the floor below, which finds the stays they join (readmission needs them)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from alliance.lib.workdays import SHANGHAI
from grouping.readmission import links
from referrals.machine import AGREED
from referrals.models import Referral


def accepted(first: date, last: date) -> Sequence[links.Accepted]:
    """Referrals in an accepted state that were answered or arrived from one day to another; one query."""
    begin = datetime.combine(first, time(), SHANGHAI)
    end = datetime.combine(last, time(), SHANGHAI) + timedelta(days=1)
    inside = Q(answered_at__gte=begin, answered_at__lt=end) | Q(arrived_at__gte=begin, arrived_at__lt=end)
    # Who goes outside the alliance, or is not known, has no stay here to be joined with.
    rows = Referral.objects.filter(
        inside, state__in=AGREED, target_institution__isnull=False, person__isnull=False
    )
    return [_stated(one) for one in rows]


def follow(referral: Referral) -> None:
    """After a step: an accepted referral is joined with its stays, one that is no longer so is let go."""
    if (
        referral.state in AGREED
        and referral.answered_at
        and referral.target_institution_id
        and referral.person_id
    ):
        links.follow([_stated(referral)], on=referral.answered_at.astimezone(SHANGHAI).date())
    else:
        links.withdraw([referral.number])


def _known(one: Referral) -> bool:
    return one.target_institution_id is not None and one.person_id is not None


def _stated(one: Referral) -> links.Accepted:
    assert one.answered_at and one.target_institution_id and one.person_id, (
        "the database keeps it filled in these states"
    )
    return links.Accepted(
        one.number, one.direction, one.origin_institution_id, one.target_institution_id, one.person_id,
        one.answered_at, one.arrived_at,
    )  # fmt: skip
