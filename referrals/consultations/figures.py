"""Figures of consultations in a month: shared centres, response, waiting, concordance, debts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from referrals.consultations import facts
from referrals.consultations.models import Centre, Consultation
from referrals.measuring import PlaceFact, bounds


def of_centres(membership: Membership, month: Month) -> list[dict[str, Any]]:
    """Every centre with the orders of the month that the member may know; always two queries.

    orders: asked in the month and not cancelled; results: those answered; in_time: answered within the
    limit; turnaround: mean time from order to result (timedelta, None without results).
    """
    begin, end = bounds(month)
    asked = Consultation.objects.visible_to(membership).filter(asked_at__gte=begin, asked_at__lt=end)
    answered = Q(answered_at__isnull=False)
    found = {
        row.pop("target_department"): row
        for row in asked.exclude(state=Consultation.State.CANCELLED)
        .order_by()
        .values("target_department")
        .annotate(
            orders=Count("pk"),
            results=Count("pk", filter=answered),
            in_time=Count("pk", filter=answered & Consultation.in_time(F("answered_at"))),
            turnaround=Avg(F("answered_at") - F("asked_at"), filter=answered),
        )
    }
    centres = Centre.objects.select_related("department__institution").order_by(
        "department__institution__code", "department__code"
    )
    return [
        {"department": one.department, "kinds": one.kinds, "is_active": one.is_active}
        | found.get(one.department_id, {})
        for one in centres
    ]


LABELS = {
    "consultations_asked": gettext_lazy("consultations asked for"),
    "readings_asked": gettext_lazy("readings asked for"),
    "tests_asked": gettext_lazy("tests asked for"),
    "questions_received": gettext_lazy("questions received"),
    "questions_answered": gettext_lazy("questions answered"),
    "answered_in_time": gettext_lazy("answered within the limit"),
    "questions_declined": gettext_lazy("questions declined"),
    "consultations_answered": gettext_lazy("consultations answered"),
    "readings_answered": gettext_lazy("readings answered"),
    "answers_judged": gettext_lazy("answers compared"),
    "answers_concordant": gettext_lazy("answers that agree"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One place of a month with its counts and rates; a rate with an empty denominator is None."""

    fact: PlaceFact | None
    counts: dict[str, int]
    minutes: int

    def rate(self, part: str, whole: str) -> Fraction | None:
        """One count divided by another."""
        return Fraction(self.counts[part], self.counts[whole]) if self.counts[whole] else None

    @property
    def in_time(self) -> Fraction | None:
        """Answered within the limit ÷ received (S0-28)."""
        return self.rate("answered_in_time", "questions_received")

    @property
    def concordance(self) -> Fraction | None:
        """Agreeing ÷ compared (S2-30)."""
        return self.rate("answers_concordant", "answers_judged")

    @property
    def wait(self) -> timedelta | None:
        """Mean time from request to answer of what was answered in the month."""
        answered = self.counts[facts.ANSWERS]
        return timedelta(minutes=self.minutes) / answered if answered else None

    @property
    def waited(self) -> str:
        """The mean wait in words."""
        return hours(self.wait)

    @property
    def cells(self) -> list[tuple[str, Any, int]]:
        """(measure, label, number) of what the table shows."""
        shown = (
            "consultations_asked", "readings_asked", "questions_received", "answered_in_time",
            "readings_answered", "answers_judged", "answers_concordant",
        )  # fmt: skip
        return [(name, LABELS[name], self.counts[name]) for name in shown]


def lines(membership: Membership, month: Month, level: str) -> tuple[list[Line], Line]:
    """The places of a month that did anything, as far as the member may see them, and their total."""
    here = membership.institution
    seen = [
        fact
        for fact in facts.consultation_facts(month, level)
        if fact.ids and (here is None or fact.institution == here.code)
    ]
    rows = [
        Line(fact, {what: fact.count(what) for what in facts.MEASURES}, fact.sums.get(facts.WAIT, 0))
        for fact in seen
    ]
    total = {what: sum(row.counts[what] for row in rows) for what in facts.MEASURES}
    return rows, Line(None, total, sum(row.minutes for row in rows))


def hours(wait: timedelta | None) -> str:
    """A mean wait in words; a dash without one."""
    return words.DASH if wait is None else words.span(wait)


def debts(month: Month, here: str) -> list[facts.FeeTransfer]:
    """What was owed for a month; with `here`, only what that institution owes or gets."""
    return [one for one in facts.fee_transfers(month) if not here or here in (one.payer, one.payee)]


def nets(found: list[facts.FeeTransfer]) -> list[tuple[str, str, int]]:
    """(payer, payee, fen) after what two institutions owe each other is set off; nothing owed, no line."""
    owed: dict[tuple[str, str], int] = {}
    for one in found:
        first, second = sorted((one.payer, one.payee))
        sign = 1 if one.payer == first else -1
        owed[first, second] = owed.get((first, second), 0) + sign * one.owed_fen
    return [
        (first, second, fen) if fen > 0 else (second, first, -fen)
        for (first, second), fen in sorted(owed.items())
        if fen
    ]
