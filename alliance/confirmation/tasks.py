"""The clock of mutual confirmation: the calendar opens the month, open months are counted again."""

import contextlib

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from alliance.confirmation import services
from alliance.models import Alliance
from alliance.services.parameters import NotInForce
from alliance.tenancy.scope import act_in


@shared_task(name="confirmation.clock")
def run_clock() -> None:
    """Alliance by alliance, a transaction each: what fails in one waits for the next round of the clock."""
    for alliance in Alliance.objects.all():
        with transaction.atomic(), act_in(alliance):
            tick()


def tick() -> None:
    """Open last month when its day has come, then count what is open again. Call inside act_in."""
    now = timezone.now()
    with contextlib.suppress(NotInForce):  # not decided when: the office opens the month itself
        services.open_due(now=now)
    services.recount_fresh(now=now)
