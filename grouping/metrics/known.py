"""How far a page's readmission reaches: until when all members delivered, which discharges wait, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import ngettext

from alliance.lib.period import Month
from grouping import visible
from grouping.metrics.show import Question
from grouping.readmission import facts as readmission

NAMED = 3  # members named before the rest is counted


@dataclass(frozen=True)
class Known:
    """What the page says: last complete day, last judged one, the window, and of whom `month` is awaited.

    `judged` of `discharges` of the month and scope are judged or excluded for another reason; None where the
    page has no stays.
    """

    end: date
    last: date
    days: int
    month: Month
    awaited: str
    judged: int | None = None
    discharges: int | None = None


def known(
    asked: Question, used: readmission.Windows, stays: Sequence[readmission.StayFact] | None = None
) -> Known:
    """The reach of the data for a page; one query where somebody's data are awaited."""
    found = Known(
        used.data_end, used.last_judged, used.days, Month.of(used.data_end + timedelta(days=1)),
        _awaited(asked, used.missing),
    )  # fmt: skip
    if stays is None:
        return found
    own = [one for one in stays if one.month == asked.month and readmission.within(one, asked.scope)]
    waiting = sum(one.excluded == "window" for one in own)
    return Known(found.end, found.last, found.days, found.month, found.awaited, len(own) - waiting, len(own))


def _awaited(asked: Question, missing: Sequence[int]) -> str:
    """Members by name as far as the reader sees them, the others as a number."""
    if not missing:
        return ""
    seen = visible.institutions(asked.membership).filter(pk__in=missing).order_by("code")
    names = [place.short_name for place in seen[:NAMED]]
    if more := len(missing) - len(names):
        names.append(ngettext("%(n)d more member", "%(n)d more members", more) % {"n": more})
    return " · ".join(names)
