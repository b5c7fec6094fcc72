"""What the rates are made of: each count with the referrals behind it (S3-49, S3-58; definitions section 4).

A count belongs to the institution that sent the patient, so that every referral counts at one place only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Count, F, Q, QuerySet

from alliance.lib.period import Month
from referrals.measuring import bounds
from referrals.models import Referral
from referrals.models.queries import accepted, undecided
from referrals.services import ineffective

Sent = dict[int, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Part:
    """One count: the time that puts a referral in a month, which rows; `effective`: no ineffective ones;
    `of`: what is counted, referrals or persons.
    """

    stamp: str
    which: Callable[[datetime], Q]
    effective: bool = False
    of: str = "pk"


PARTS: Mapping[str, Part] = {
    "arrived": Part("arrived_at", lambda now: Q()),
    "effective": Part("arrived_at", lambda now: Q(), effective=True),
    "up_effective": Part("arrived_at", lambda now: Q(direction="up"), effective=True),
    "down_effective": Part("arrived_at", lambda now: Q(direction="down"), effective=True),
    "down_persons": Part("arrived_at", lambda now: Q(direction="down"), effective=True, of="person"),
    "submitted": Part("logged_at", lambda now: Q()),
    # Neither a success nor a failure while the limit has not passed.
    "due": Part("logged_at", lambda now: ~undecided(now)),
    "undecided": Part("logged_at", undecided),
    "accepted_in_time": Part("logged_at", lambda now: accepted() & Referral.in_time(F("answered_at"))),
}


def sent(month: Month, *, now: datetime, flagged: Collection[int]) -> Sent:
    """Every count of a month by sending institution; `flagged` are the ineffective ones. Two queries."""
    found: Sent = {}
    for stamp in ("arrived_at", "logged_at"):
        parts = {name: part for name, part in PARTS.items() if part.stamp == stamp}
        counted = {
            name: Count(part.of, filter=_which(part, now, flagged), distinct=part.of != "pk")
            for name, part in parts.items()
        }
        rows = _within(stamp, month).order_by().values_list("origin_institution").annotate(**counted)
        for place, *numbers in rows:
            found.setdefault(place, {}).update(zip(counted, numbers, strict=True))
    return found


def behind(
    names: Sequence[str], month: Month, *, now: datetime, flagged: Collection[int],
    institution: int | None = None,
) -> QuerySet[Referral]:  # fmt: skip
    """The very referrals of counts that are added up, of one institution or of all; a count of persons gives
    all referrals of these persons. Raises KeyError for an unknown count.
    """
    parts = [PARTS[name] for name in names]
    which = reduce(or_, (_which(part, now, flagged) for part in parts))
    rows = _within(parts[0].stamp, month).filter(which)
    return rows if institution is None else rows.filter(origin_institution=institution)


def effective_by_month(
    months: Sequence[Month], *, flagged: Mapping[int, ineffective.Finding]
) -> dict[Month, int]:
    """Effective arrivals of months that follow each other; one query: what arrived, less what was found."""
    within = {
        str(month): Count("pk", filter=Q(arrived_at__gte=bounds(month)[0], arrived_at__lt=bounds(month)[1]))
        for month in months
    }
    begin, end = bounds(months[0])[0], bounds(months[-1])[1]
    came = Referral.objects.filter(arrived_at__gte=begin, arrived_at__lt=end).aggregate(**within)
    found = Counter(one.month for one in flagged.values())
    return {month: came[str(month)] - found[month] for month in months}


def _which(part: Part, now: datetime, flagged: Collection[int]) -> Q:
    which = part.which(now)
    return which & ~Q(pk__in=list(flagged)) if part.effective and flagged else which


def _within(stamp: str, month: Month) -> QuerySet[Referral]:
    begin, end = bounds(month)
    rows: QuerySet[Referral] = Referral.objects.filter(**{f"{stamp}__gte": begin, f"{stamp}__lt": end})
    return rows
