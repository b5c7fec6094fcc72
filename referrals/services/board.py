"""What the live board counts: the queue, what is late and at whose door, turnaround, declines (S2-05)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum, prefetch_related_objects

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import parameters
from referrals import sql
from referrals.machine import EXPECTED, HERE, LIVE, State
from referrals.measuring import bounds
from referrals.models import Referral
from referrals.models.queries import followup_late, form_late, late, reply_late, unanswered_late

SHOWN = 50
# Seconds after which a page that stands open says its clocks anew.
CLOCKS_TURN = 300


@dataclass(frozen=True)
class Turnaround:
    """One institution's month as a receiver: counts of referrals submitted to it in the month.

    `undecided` of them are neither answered nor due. `median_minutes`: to the answer, None without.
    """

    institution: Institution
    received: int
    answered: int
    in_time: int
    declined: int
    undecided: int
    median_minutes: Decimal | None

    @property
    def refusal(self) -> Decimal:
        """Declined of received, in percent (S2-05)."""
        return Decimal(100 * self.declined) / self.received

    @property
    def due(self) -> int:
        """What can be judged: a referral that may still be answered in time is no failure."""
        return self.received - self.undecided

    @property
    def punctual(self) -> Decimal | None:
        """Accepted within the limit of what was due, in percent; None before anything was."""
        return Decimal(100 * self.in_time) / self.due if self.due else None


def ours(membership: Membership) -> QuerySet[Referral]:
    """Referrals this board is about: those the institution receives; all of them for the whole alliance."""
    rows: QuerySet[Referral] = Referral.objects.visible_to(membership)
    here = membership.institution_id
    return rows if here is None else rows.filter(target_institution=here)


def waiting(membership: Membership) -> list[Referral]:
    """The first of those without an answer, the nearest limit first."""
    rows: Any = ours(membership).filter(state=State.SUBMITTED)
    found = list(rows.order_by("answer_due_at", "pk").first_lines(SHOWN))
    # An emergency says who sent it: two queries more, whatever their number.
    prefetch_related_objects([one for one in found if one.urgency == "critical"], "logged_by__user")
    return found


def coming(membership: Membership, now: datetime) -> list[Referral]:
    """The first of those on the way, and of those arrived today."""
    today = datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    rows: Any = ours(membership).filter(Q(state__in=EXPECTED) | Q(state__in=HERE, arrived_at__gte=today))
    return list(rows.order_by("planned_at", "expected_at", "answered_at", "pk").first_lines(SHOWN))


def counts(membership: Membership, now: datetime) -> dict[str, int]:
    """How many wait, together and by urgency, how many of these are late or are on the way; one query."""
    rows = ours(membership).filter(state__in=(State.SUBMITTED, *EXPECTED))
    open_ones = Q(state=State.SUBMITTED)
    found: dict[str, int] = rows.aggregate(
        waiting=Count("pk", filter=open_ones), late=Count("pk", filter=unanswered_late(now)),
        coming=Count("pk", filter=Q(state__in=EXPECTED)),
        **{level: Count("pk", filter=open_ones & Q(urgency=level)) for level in Referral.Urgency.values},
    )  # fmt: skip
    return found


def doors(membership: Membership, now: datetime) -> list[tuple[int, str, int]]:
    """(institution, what is late, how many): answer and reply at the receiver's, form at the sender's.

    What a place outside the alliance said is recorded by the sender: it stands at the sender's door. One
    query over what is unfinished, by pairs of institutions.
    """
    down = Q(direction="down")
    target, origin = 0, 1
    asked = (
        ("answer", unanswered_late(now), target),
        ("reply", reply_late(now), target),
        ("followup", followup_late(now) & down, target),
        ("followup", followup_late(now) & ~down, origin),
        ("form", form_late(now), origin),
    )
    counts = [Count("pk", filter=condition) for _what, condition, _side in asked]
    rows = Referral.objects.visible_to(membership).unfinished().order_by()
    pairs = rows.values_list("target_institution", "origin_institution")
    found: Counter[tuple[int, str]] = Counter()
    for pair in pairs.annotate(**{f"n{place}": count for place, count in enumerate(counts)}):
        for (what, _condition, side), number in zip(asked, pair[2:], strict=True):
            if number:
                found[pair[side] or pair[origin], what] += number
    return [(place, what, number) for (place, what), number in found.most_common()]


def declines(membership: Membership, month: Month) -> list[tuple[str, int]]:
    """Reasons for declining what was submitted in the month, most frequent first."""
    begin, end = bounds(month)
    rows = ours(membership).filter(state=State.DECLINED, logged_at__gte=begin, logged_at__lt=end)
    counted = rows.order_by().values_list("decline_reason").annotate(n=Count("pk"))
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))


def turnaround(month: Month, now: datetime) -> tuple[list[Turnaround], list[Turnaround]]:
    """The receivers of a month, highest refusal rate first, and those with too few to be ranked, by code.

    Aggregates, which all may read. How few are too few is the parameter `min_n_rank`.
    """
    places = Institution.objects.in_bulk()
    least = int(str(parameters.in_force("min_n_rank", on=month.last_day)))
    rows = [
        Turnaround(
            places[row["institution"]], row["received"], row["answered"], row["in_time"], row["declined"],
            row["undecided"],
            None if row["median_minutes"] is None else Decimal(str(row["median_minutes"])),
        )
        for row in sql.turnaround(*bounds(month), now)
    ]  # fmt: skip
    rows.sort(key=lambda one: one.institution.code)
    ranked = [one for one in rows if one.received >= least]
    return sorted(ranked, key=lambda one: -one.refusal), [one for one in rows if one.received < least]


def state_of(membership: Membership, now: datetime) -> str:
    """A word that changes when a row comes to this member's lists, moves, leaves them or becomes late.

    And every few minutes, because clocks are read from the page. One query by an index.
    """
    open_rows = Referral.objects.visible_to(membership).filter(state__in=(*LIVE, State.FOLLOWUP_DUE))
    rows = open_rows.aggregate(
        n=Count("pk"), v=Sum("version"), last=Max("pk"), late=Count("pk", filter=late(now))
    )
    turn = int(now.timestamp()) // CLOCKS_TURN
    return f"{rows['n']}-{rows['v'] or 0}-{rows['last'] or 0}-{rows['late']}-{turn}"


def state_of_one(referral: int, membership: Membership, now: datetime) -> str:
    """The same of one referral; '' where the member's institution is no side of it. One query."""
    rows = Referral.objects.visible_to(membership).filter(pk=referral)
    found = rows.annotate(papers=Count("files")).values_list("version", "papers").order_by().first()
    return f"{found[0]}-{found[1]}-{int(now.timestamp()) // CLOCKS_TURN}" if found else ""
