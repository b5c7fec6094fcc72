"""The doorbell and the clock's errands; all work itself is in services."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alliance.messaging import outbox
from alliance.messaging import services as messages
from alliance.models import Alliance
from alliance.services import jobs, sealer
from alliance.services import journal_check as journal_check  # registers its handler
from alliance.tenancy.scope import act_in


@shared_task(name="alliance.run_job")
def run_job(alliance_id: int, job_id: int) -> None:
    """Work off one job; without both numbers the call itself is an error (N8)."""
    jobs.run(alliance_id, job_id)


@shared_task(name="alliance.sweep")
def sweep() -> None:
    """Ring again for what waits too long."""
    jobs.sweep()


@shared_task(name="alliance.seal_journals")
def seal_journals() -> None:
    """Chain what was journaled since the last time."""
    sealer.seal_all()


@shared_task(name="alliance.messages")
def send_messages() -> None:
    """Alliance by alliance: write the messages that are due, then send them; nothing while all are off."""
    if not settings.MESSAGE_CHANNELS:
        return
    for alliance in Alliance.objects.all():
        with act_in(alliance):
            now = timezone.now()
            with transaction.atomic():
                messages.write_due(now)
            outbox.send_due(now)
