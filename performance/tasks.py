"""Handlers of this room's jobs register themselves when their services are imported; its nightly clock."""

import contextlib

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from alliance.models import Alliance
from alliance.services.parameters import NotInForce
from alliance.tenancy.scope import act_in
from grouping.disputes import clock as disputes
from performance.agreements.services import checks as agreements
from performance.appeals import clock as appeals
from performance.consequences import clock as consequences
from performance.fairness import services as fairness
from performance.levels import services as levels
from performance.services import approving, drafts, months, trials

__all__ = [
    "agreements",
    "approving",
    "consequences",
    "drafts",
    "fairness",
    "levels",
    "months",
    "night",
    "trials",
]


@shared_task(name="performance.night")
def night() -> None:
    """Queue the look for consequences of every alliance and the filling of clause checks, jobs of the day, so
    that twice is once; and once its day has come the look for clues of the last month. Clocks of appeals and
    disputes into a year whose holidays are published by now are counted anew.
    """
    for alliance in Alliance.objects.all():
        with transaction.atomic(), act_in(alliance):
            consequences.enqueue(by=None, today=timezone.localdate())
            agreements.enqueue(by=None, today=timezone.localdate())
            appeals.recount()
            disputes.recount()
            with contextlib.suppress(NotInForce):  # not decided when: the office looks itself
                fairness.enqueue_due(now=timezone.now())
