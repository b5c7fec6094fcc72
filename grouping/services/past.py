"""A first day in the past: what it touches, and that whoever proposes it has said so (practice.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from alliance.ledger import facts
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from grouping.models import Case


class PastUnconfirmed(Refused):
    """A first day in the past needs a tick of its own."""

    reasons = {
        "in_past": "%(day)s is in the past. Tick that you know which months it touches, then propose again."
    }


@dataclass(frozen=True)
class Touched:
    """Months that hold a case discharged on or after a day, and months already posted; oldest first."""

    again: tuple[Month, ...]
    posted: tuple[Month, ...]

    def frozen(self) -> dict[str, list[str]]:
        """As an approval keeps it: what the proposer confirmed."""
        return {"again": [str(one) for one in self.again], "posted": [str(one) for one in self.posted]}


def touched(day: date) -> Touched:
    """What a first day touches. Posted months keep their figures; corrections go into an open month."""
    return Touched(tuple(months_from(day)), tuple(facts.posted_months(since=day)))


def read(kept: Mapping[str, list[str]]) -> Touched:
    """What an approval kept."""
    return Touched(tuple(map(Month.parse, kept["again"])), tuple(map(Month.parse, kept["posted"])))


def months_from(day: date) -> list[Month]:
    """Every month that holds a case discharged on or after a day, oldest first."""
    since = datetime.combine(day, time(), SHANGHAI)
    months = Case.objects.filter(discharged_at__gte=since).order_by("month")
    return [Month.of(month) for month in months.values_list("month", flat=True).distinct()]


def confirmed_terms(day: date, *, on: date, confirmed: bool) -> dict[str, object]:
    """What the terms of a proposal keep of its first day: nothing for today and later.

    Raises PastUnconfirmed for a day in the past that nobody confirmed.
    """
    if day >= on:
        return {}
    if not confirmed:
        raise PastUnconfirmed("in_past", day=day)
    return {"confirmed": touched(day).frozen()}
