"""The nightly look at letters, quarters and years: a job, so that it is seen and never runs twice at once."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Job, Membership
from alliance.services import jobs
from performance.consequences.services import (
    aloof,
    assessing,
    department_quarters,
    interviews,
    quarters,
    reweighting,
    years,
)

LOOK = "performance.consequences"


def enqueue(*, by: Membership | None, today: date) -> Job:
    """Queue a look at the figures; one at a time."""
    return jobs.enqueue(by=by, kind=LOOK, dedupe=str(today))


@jobs.handles(LOOK, gettext_lazy("Look for consequences"))
def run_look(work: jobs.Work) -> jobs.Step:
    """One chunk: every rule once over the figures as they stand."""
    now = timezone.now()
    done = [look(now=now) for look in LOOKS]
    result = {
        "opened": sum(one.opened for one in done), "withdrawn": sum(one.withdrawn for one in done),
        "changed": sum(one.changed for one in done),
    }  # fmt: skip
    return jobs.Step(more=False, text=_("Looked at"), result=result)


LOOKS = (assessing.look, quarters.look, department_quarters.look, years.look, reweighting.look, aloof.look)
FOLLOWING = interviews.plan  # registers what follows from a failed year and from long non-collaboration
