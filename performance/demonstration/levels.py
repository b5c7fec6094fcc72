"""Departments, teams and persons of the demonstration's months, scored by three ready templates."""

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
    """Let the templates hold from the first month on and score the last; persons in every month, so that each
    slip leads from the money to the cases. A line for each.
    """
    months, said = [pool.month for pool in demo.pools], []
    for code in TEMPLATES:
        found = shipped_templates()[code]
        scored = months if found.level == Level.PERSON else months[-1:]
        with act_in(ground.alliance), transaction.atomic():
            scheme = replace(found.scheme, effective_from=months[0].first_day)
            schemes.adopt(by=None, scheme=scheme, level=found.level, evaluators=found.evaluators)
            runs = [levels.enqueue(by=ground.office[0], month=at, level=found.level) for at in scored]
        drain(ground)
        with act_in(ground.alliance), transaction.atomic():
            for run in runs:
                run.refresh_from_db()
                said.append(f"{run.period}: {run.subjects} scored as {found.level}")
    return said
