"""The clock of surveys: what is over is counted in the night."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from complaints.surveys import services


@shared_task(name="surveys.night")
def count_over() -> None:
    """Alliance by alliance: count the surveys whose last day is over."""
    for alliance in Alliance.objects.all():
        # A transaction each: what fails in one alliance waits for the next night, the others go on.
        with transaction.atomic(), act_in(alliance):
            services.count_over(now=timezone.now())
