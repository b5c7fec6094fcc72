"""What referrals tell a look for unusual patterns: idle ones between two institutions, days of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alliance.lib.period import Month
from alliance.models import Membership
from referrals import sql
from referrals.measuring import bounds
from referrals.models import Referral
from referrals.services import ineffective

KIND = Referral._meta.label_lower


@dataclass
class Between:
    """Two institutions by code (in their order) and what arrived between them, whichever way.

    `arrived` counts a patient sent down and up again once, with the referral down; `idle` are those without
    effect (ineffective.Finding), the bounced ones by the referral down.
    """

    first: str
    second: str
    arrived: int = 0
    idle: list[ineffective.Finding] = field(default_factory=list)


def between(months: Sequence[Month], *, now: datetime) -> list[Between]:
    """Every pair of institutions with arrivals in months that follow each other; six queries.

    Source: S3-49, definitions 4 (ping-pong). The days that make a bounce are those of each month.
    """
    begin, end = bounds(months[0])[0], bounds(months[-1])[1]
    found: dict[tuple[str, str], Between] = {}
    for row in sql.fetch(sql.BETWEEN, begin=begin, end=end):
        first, second = sorted((row["origin"], row["target"]))
        found.setdefault((first, second), Between(first, second)).arrived += row["arrived"]
    idle = ineffective.findings_of(months, now=now)
    sides = Referral.objects.filter(pk__in=idle, target_institution__isnull=False)
    codes = sides.values_list("pk", "origin_institution__code", "target_institution__code")
    for pk, origin, target in codes.order_by("pk"):
        pair, one = found[min(origin, target), max(origin, target)], idle[pk]
        if one.rule == ineffective.BOUNCED and one.direction == "up":
            pair.arrived -= 1  # the way back of one that is counted by its way down
        else:
            pair.idle.append(one)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class EventDays:
    """Events of one kind (referral, followup, late) of an institution in a month; `hits` of them on the last
    days, of kind late those written down long after. Some of the month's hits by referral.
    """

    place: str
    kind: str
    month: Month
    events: int
    hits: int
    ids: tuple[int, ...]


def event_days(month: Month, before: int, *, days: int, late: int, most: int) -> list[EventDays]:
    """The month and so many months before it; one query. `days` last ones, `late` more than so many after."""
    begin, end = bounds(month.plus(-before))[0], bounds(month)[1]
    rows = sql.fetch(
        sql.EVENT_DAYS, begin=begin, end=end, month=month.first_day, days=days, late=late, most=most
    )
    return [
        EventDays(
            row["place"], row["kind"], Month.of(row["month"]), row["events"], row["hits"],
            tuple(row["ids"] or ()),
        )
        for row in rows
    ]  # fmt: skip


def numbers(ids: Sequence[int], membership: Membership) -> dict[int, Referral]:
    """Referrals a member may see, by their keys: number, both institutions, arrival; one query."""
    rows = Referral.objects.visible_to(membership).filter(pk__in=ids)
    rows = rows.select_related("origin_institution", "target_institution")
    return {
        one.pk: one
        for one in rows.only(
            "number", "direction", "logged_at", "arrived_at", "origin_institution__short_name",
            "target_institution__short_name", "alliance",
        )
    }  # fmt: skip
