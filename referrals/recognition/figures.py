"""Recognition and duplicates of a month as the page shows them: rates, floor, reasons, months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import parameters
from referrals import measuring
from referrals.measuring import PlaceFact
from referrals.recognition import facts, reasons
from referrals.recognition.models import Order

MONTHS_BACK = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One place of a month with its counts and rates; a rate with an empty denominator is None."""

    fact: PlaceFact | None
    counts: dict[str, int]
    floor: Fraction

    def rate(self, part: str, whole: str) -> Fraction | None:
        """One count divided by another."""
        return Fraction(self.counts[part], self.counts[whole]) if self.counts[whole] else None

    @property
    def recognition(self) -> Fraction | None:
        """Recognised ÷ recognisable (definitions 5.2)."""
        return self.rate("results_recognised", "results_recognisable")

    @property
    def below(self) -> bool:
        """Whether the rate lies below the alert floor (S3-32)."""
        return self.recognition is not None and self.recognition < self.floor

    @property
    def duplicate(self) -> Fraction | None:
        """Duplicate examinations ÷ examinations made."""
        return self.rate(facts.DUPLICATE, "results_made")

    @property
    def shared(self) -> Fraction | None:
        """Results with an address for others ÷ results made."""
        return self.rate("results_shared", "results_made")

    @property
    def in_time(self) -> Fraction | None:
        """Decided within the limit ÷ recognisable."""
        return self.rate("decided_in_time", "results_recognisable")


def lines(membership: Membership, month: Month, level: str = "institution") -> tuple[list[Line], Line]:
    """The places of a month that did anything, as far as the member may see them, and their total."""
    floor = floor_of(month)
    seen = [fact for fact in facts.recognition_facts(month, level) if _mine(membership, fact)]
    rows = [
        Line(fact, {what: fact.count(what) for what in facts.MEASURES}, floor) for fact in seen if fact.ids
    ]
    total = {what: sum(row.counts[what] for row in rows) for what in facts.MEASURES}
    return rows, Line(None, total, floor)


def _mine(membership: Membership, fact: PlaceFact) -> bool:
    here = membership.institution
    return here is None or fact.institution == here.code


def rates(membership: Membership, month: Month) -> list[Fraction]:
    """The recognition rate of each institution the member may see that had something to decide; one query."""
    begin, end = measuring.bounds(month)
    rows = Order.objects.visible_to(membership).filter(ordered_at__gte=begin, ordered_at__lt=end)
    counted = (
        rows.exclude(state__in=[Order.State.CLEAR, Order.State.WITHDRAWN])
        .order_by()
        .values_list("institution")
        .annotate(able=Count("pk"), taken=Count("pk", filter=Q(state=Order.State.RECOGNISED)))
    )
    return [Fraction(taken, able) for _place, able, taken in counted]


def floor_of(month: Month) -> Fraction:
    """The alert floor in force at the end of a month, as a share."""
    percent: Any = parameters.in_force("cp.recognition_min", on=month.last_day)
    return Fraction(Decimal(percent)) / 100


def reasons_of(membership: Membership, month: Month) -> list[tuple[str, int]]:
    """(reason in words, how often) of what was repeated in a month, the most frequent first; one query."""
    begin, end = measuring.bounds(month)
    rows = Order.objects.visible_to(membership).filter(
        ordered_at__gte=begin, ordered_at__lt=end, state=Order.State.REPEATED
    )
    found: Sequence[tuple[str, int]] = list(
        rows.order_by().values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    )
    return [(reasons.words(code), number) for code, number in found]


def months(membership: Membership, last: Month) -> list[tuple[Month, int, int]]:
    """(month, recognisable, recognised) of the last twelve months that had any; one query."""
    begin, end = measuring.bounds(last.plus(1 - MONTHS_BACK))[0], measuring.bounds(last)[1]
    rows = (
        Order.objects.visible_to(membership)
        .filter(ordered_at__gte=begin, ordered_at__lt=end)
        .exclude(state__in=[Order.State.CLEAR, Order.State.WITHDRAWN])
        .order_by()
        .annotate(at=TruncMonth("ordered_at", tzinfo=SHANGHAI))
        .values_list("at")
        .annotate(able=Count("pk"), taken=Count("pk", filter=Q(state=Order.State.RECOGNISED)))
        .order_by("-at")
    )
    return [(Month.of((at + timedelta(hours=1)).date()), able, taken) for at, able, taken in rows]
