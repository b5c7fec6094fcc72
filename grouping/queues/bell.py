"""The bell of the work queues: rung when a month was grouped; imports nothing that rings it."""

from __future__ import annotations

from alliance.lib.period import Month
from alliance.models import Job
from alliance.services import jobs

REFRESH = "cases.queue_month"


def enqueue(month: Month) -> Job:
    """Queue the look at a month's groups and costs."""
    return jobs.enqueue(by=None, kind=REFRESH, dedupe=str(month), arguments={"month": str(month)})
