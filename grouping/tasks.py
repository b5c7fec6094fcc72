"""Handlers of this room's jobs register themselves when their services are imported."""

from celery import shared_task
from django.db import transaction

from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from grouping.metrics import rollup
from grouping.queues import found
from grouping.services import central, grouping, intake, packages, runs, weighing

__all__ = [
    "central",
    "found",
    "grouping",
    "intake",
    "packages",
    "refresh_metrics",
    "rollup",
    "runs",
    "weighing",
]


@shared_task(name="grouping.refresh_metrics")
def refresh_metrics() -> None:
    """Queue the refresh of months that changed, also of one that changed as the last refresh ended."""
    for alliance in Alliance.objects.all():
        with act_in(alliance), transaction.atomic():
            if rollup.stale_months():
                rollup.enqueue_refresh(by=None)
