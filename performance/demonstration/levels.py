"""Departments, teams and persons of the demonstration's last month, scored by three ready templates."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.tenancy.scope import act_in
from performance.demonstration.deliveries import drain
from performance.demonstration.ground import Ground
from performance.engine.templates import shipped_templates
from performance.levels import services as levels
from performance.models import Level
from performance.services import schemes

TEMPLATES = ("department_four", "family_doctor_three", "person_posts")


def run_all(ground: Ground, demo: DemoAlliance) -> list[str]:
    """Let the templates hold from the first month on and score the last; a line for each."""
    month, said = demo.pools[-1].month, []
    for code in TEMPLATES:
        found = shipped_templates()[code]
        with act_in(ground.alliance), transaction.atomic():
            scheme = replace(found.scheme, effective_from=demo.pools[0].month.first_day)
            schemes.adopt(by=None, scheme=scheme, level=found.level, evaluators=found.evaluators)
            run = levels.enqueue(by=ground.office[0], month=month, level=found.level)
            if found.level == Level.PERSON:  # the slips of the month that is paid show them
                levels.enqueue(by=ground.office[0], month=demo.pools[0].month, level=found.level)
        drain(ground)
        with act_in(ground.alliance), transaction.atomic():
            run.refresh_from_db()
            said.append(f"{month}: {run.subjects} scored as {found.level}")
    return said
