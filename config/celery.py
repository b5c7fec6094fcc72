"""Workers and their clock. One task only: a doorbell that names a job (walls.md section 3)."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init

from config import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("xietong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep": {"task": "alliance.sweep", "schedule": 30.0},
    "metrics": {"task": "grouping.refresh_metrics", "schedule": 60.0},
    "referrals": {"task": "referrals.clocks", "schedule": 60.0},
    "complaints": {"task": "complaints.clocks", "schedule": 60.0},
    "confirmation": {"task": "confirmation.clock", "schedule": 600.0},
    "consequences": {"task": "performance.night", "schedule": crontab(hour=2, minute=30)},
    "surveys": {"task": "surveys.night", "schedule": crontab(hour=0, minute=20)},
    "messages": {"task": "alliance.messages", "schedule": 60.0},
    "seal": {"task": "alliance.seal_journals", "schedule": 10.0},
}


@worker_init.connect
def _settled(**_said: object) -> None:
    """Before the processes of the pool are made, which share what is loaded."""
    memory.settle()
