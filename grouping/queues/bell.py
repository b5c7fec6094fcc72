"""The bell of the work queues: rung when a month was grouped, or a rule about its money begins to hold.

It imports nothing that rings it.
"""

from __future__ import annotations

from datetime import date

from alliance.lib.period import Month
from alliance.models import Job
from alliance.services import jobs
from grouping.models import Case

REFRESH = "cases.queue_month"


def enqueue(month: Month) -> Job:
    """Queue the look at a month's groups and costs."""
    return jobs.enqueue(by=None, kind=REFRESH, dedupe=str(month), arguments={"month": str(month)})


def enqueue_since(day: date) -> int:
    """The same for every month with cases from that of a day on: a rule about money holds from it."""
    months = Case.objects.filter(month__gte=Month.of(day).first_day).order_by("month")
    found = [Month.of(one) for one in months.values_list("month", flat=True).distinct()]
    for month in found:
        enqueue(month)
    return len(found)
