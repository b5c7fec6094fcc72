"""Joint projects are opened by the alliance's office; their steps are dated data, never changed backwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from alliance.joint.models import Project, Step
from alliance.joint.services.moving import move, require, words
from alliance.joint.services.refusals import JointRefused
from alliance.models import Membership
from alliance.services import journal, parameters

MOST_DAYS = 3_650
# Parameters that hold days of steps: tables of days whose key begins so.
FAMILY = "cp.joint_"


@dataclass(frozen=True, slots=True)
class Agreed:
    """One step as agreed: `days` after the first diagnosis, or the parameter that says them."""

    name: str
    side: str
    days: int | None = None
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a project is and its first steps."""

    code: str
    name: str
    first_day: date
    steps: Sequence[Agreed]
    purpose: str = ""


def known_parameters() -> list[str]:
    """The parameters a step may take its days from, as `key.field` (`cp.joint_dm.plan`)."""
    return [
        f"{entry.key}.{name}"
        for entry in parameters.registered().values()
        if entry.key.startswith(FAMILY) and entry.shape.type == "table"
        for name, kind in entry.shape.fields.items()
        if kind == "days"
    ]


def days_of(step: Step, on: date) -> int:
    """Days a step gives after a first diagnosis on a day (S3-08: 30 and 60)."""
    if step.days is not None:
        return step.days
    key, _dot, name = step.parameter.rpartition(".")
    table = parameters.in_force(key, on=on)
    assert isinstance(table, Mapping)
    return int(str(table[name]))


@transaction.atomic
def open_project(*, by: Membership, terms: Terms) -> Project:
    """Open a project with its first steps. Raises PermissionDenied, JointRefused (code, no_steps, days)."""
    require(by, "joint.plan")
    try:
        with transaction.atomic():
            project: Project = Project.objects.create(
                code=terms.code.strip(), name=terms.name.strip(), purpose=terms.purpose.strip(),
                first_day=terms.first_day, entered_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if "joint_project_code" not in str(error):
            raise
        raise JointRefused("code", code=terms.code.strip()) from None
    _store(by, project, terms.first_day, terms.steps)
    journal.write(by=by, verb="joint.project_opened", about=project)
    return project


@transaction.atomic
def agree_steps(*, by: Membership, project: Project, from_day: date, steps: Sequence[Agreed]) -> list[Step]:
    """Let other steps hold for persons first diagnosed from a day on; who is in keeps the old ones.

    Raises PermissionDenied, JointRefused (from_day, no_steps, days).
    """
    require(by, "joint.plan")
    # Locked: of two who agree steps at once, the second sees the first's.
    project = Project.objects.select_for_update().get(pk=project.pk)
    latest = project.steps.order_by("-from_day").first()
    if latest is not None and from_day <= latest.from_day:
        raise JointRefused("from_day", day=latest.from_day)
    made = _store(by, project, from_day, steps)
    journal.write(by=by, verb="joint.steps_agreed", about=project, from_day=str(from_day), steps=len(made))
    return made


def steps_on(project: Project, day: date) -> list[Step]:
    """The steps that hold for a first diagnosis on a day, in order; none before the first set."""
    steps = list(project.steps.filter(from_day__lte=day).order_by("-from_day", "number"))
    return [step for step in steps if step.from_day == steps[0].from_day]


@transaction.atomic
def end_project(*, by: Membership, project: Project, why: str, version: int | None = None) -> Project:
    """The project takes nobody new; who is in goes on. Raises JointRefused (why), Stale."""
    require(by, "joint.plan")
    said = words(why)
    ended: Project = move("end", by=by, row=project, version=version, said=said, why=said)
    return ended


def _store(by: Membership, project: Project, from_day: date, steps: Sequence[Agreed]) -> list[Step]:
    if not steps:
        raise JointRefused("no_steps")
    known = known_parameters()
    for number, step in enumerate(steps, 1):
        timed = step.days is not None and 1 <= step.days <= MOST_DAYS
        if timed == (step.parameter in known) or (step.days is not None and step.parameter):
            raise JointRefused("days", number=number, most=MOST_DAYS)
    rows = [
        Step(
            project=project, from_day=from_day, number=number, name=step.name.strip(), side=step.side,
            days=step.days, parameter=step.parameter, entered_by=by,
        )
        for number, step in enumerate(steps, 1)
    ]  # fmt: skip
    made: list[Step] = Step.objects.bulk_create(rows)
    return made
