"""The clock of referrals: what time itself brings."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from referrals.services import clocks, emergency


@shared_task(name="referrals.clocks")
def run_clocks() -> None:
    """Alliance by alliance: escalate emergencies, let replies become due, let the untouched expire."""
    for alliance in Alliance.objects.all():
        # A transaction each: what fails in one alliance waits for the next minute, the others go on.
        with transaction.atomic(), act_in(alliance):
            emergency.escalate(timezone.now())
            clocks.run(timezone.now())
