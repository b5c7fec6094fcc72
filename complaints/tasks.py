"""The clock of complaints: what time itself brings."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from complaints.services import clocks


@shared_task(name="complaints.clocks")
def run_clocks() -> None:
    """Alliance by alliance: escalate, close what nobody answers, state provisional limits anew."""
    for alliance in Alliance.objects.all():
        # A transaction each: what fails in one alliance waits for the next minute, the others go on.
        with transaction.atomic(), act_in(alliance):
            clocks.run(timezone.now())
