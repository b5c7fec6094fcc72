"""The clock of referrals: what time itself brings."""

from celery import shared_task
from django.utils import timezone

from alliance.models import Alliance
from alliance.tenancy.scope import act_in
from referrals.services import clocks


@shared_task(name="referrals.clocks")
def run_clocks() -> None:
    """Let replies become due and untouched referrals expire, alliance by alliance."""
    for alliance in Alliance.objects.all():
        with act_in(alliance):
            clocks.run(timezone.now())
