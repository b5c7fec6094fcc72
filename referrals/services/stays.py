"""Accepted referrals stated to the floor below, which finds the stays they join (readmission needs them)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from grouping.readmission import links
from referrals.machine import AGREED
from referrals.models import Referral

# The columns that say which stays a referral joins.
READ = (
    "number", "direction", "state", "origin_institution", "target_institution", "person", "answered_at",
    "arrived_at",
)  # fmt: skip


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
    if _joins(referral):
        links.follow([_stated(referral)], on=_answered_on(referral))
    else:
        links.withdraw([referral.number])


def follow_all(referrals: Iterable[Referral]) -> int:
    """Join many with the stays that are there, by the rule of the month of each answer; returns how many.

    One statement a month of answers. Those that join no stay are passed over.
    """
    by_month: dict[Month, list[links.Accepted]] = defaultdict(list)
    for one in referrals:
        if _joins(one):
            day = _answered_on(one)
            by_month[Month(day.year, day.month)].append(_stated(one))
    return sum(links.follow(found, on=month.last_day) for month, found in sorted(by_month.items()))


def _joins(one: Referral) -> bool:
    """A yes that holds, to a known patient, inside the alliance."""
    inside = one.target_institution_id is not None and one.person_id is not None
    return inside and one.state in AGREED and one.answered_at is not None


def _answered_on(one: Referral) -> date:
    assert one.answered_at, "the database keeps it filled in these states"
    return one.answered_at.astimezone(SHANGHAI).date()


def _stated(one: Referral) -> links.Accepted:
    assert one.answered_at and one.target_institution_id and one.person_id, (
        "the database keeps it filled in these states"
    )
    return links.Accepted(
        one.number, one.direction, one.origin_institution_id, one.target_institution_id, one.person_id,
        one.answered_at, one.arrived_at,
    )  # fmt: skip
