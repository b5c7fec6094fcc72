"""Figures that need no scheme: a month's complaints divided as the dictionary says (S1-67, S3-17, S1-73).

A scheme need not score complaints for a hospital to get better at them: where the month computed no such
indicator, its figure is counted from the complaints recorded here (and the visits declared), by the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils import timezone

from alliance.lib.period import Month
from alliance.models import Institution
from performance import collect
from performance.collect import complaints
from performance.dictionary import book
from performance.engine.indicators import Indicator, IndicatorValue, evaluate
from performance.engine.inputs import report_through

MONTHS = 12  # ended ones that can be chosen


@cache
def indicators() -> Mapping[str, Indicator]:
    """The indicators of the dictionary whose numerator counts complaints, by code."""
    every = (entry.indicator for entry in book.entries().values())
    return {one.code: one for one in every if set(one.numerator) <= complaints.KEYS and one.form == "ratio"}


def months() -> list[Month]:
    """Months that have ended, newest first."""
    last = Month.of(timezone.localdate()).previous()
    return [last.plus(-back) for back in range(MONTHS)]


def figure(month: Month, institution: Institution, code: str) -> IndicatorValue | None:
    """What is counted for a month that has ended; None where the institution takes no complaints here, or
    the figure is not assessed (no visits declared, too few). A fixed number of queries.
    """
    defined = indicators().get(code)
    if defined is None or month not in months() or institution.code not in complaints.taking(month):
        return None
    places = list(Institution.objects.filter(is_active=True).select_related("parent").order_by("code"))
    keys = frozenset({*defined.numerator, *defined.denominator})
    members = [collect.member_of(place) for place in places]
    facts = report_through(collect.facts_of({month: keys}, places), members)
    found = evaluate(defined, facts=facts, institution=institution.code, month=month)
    return found if found.value is not None else None
