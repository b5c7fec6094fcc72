"""Giving a task, answering it with evidence, checking the answer, dropping it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.models import Attachment, Department, Institution, Membership
from alliance.services import calendar, journal, parameters, steps
from performance.life import plan
from performance.meetings.models import RUN, Body, Task, TaskAnswer, TaskFile, leading
from performance.meetings.refusals import TaskRefused
from performance.models import CalendarStep

TIME, ESCALATES = "task.time", "task.escalation"


def may_give(by: Membership, body: Body | None = None) -> bool:
    """Whether the member gives tasks: by right, or as chair or secretary of the body."""
    return by.can(RUN) or (body is not None and body.pk in leading(by))


@transaction.atomic
def give(
    *, by: Membership, about: models.Model | tuple[str, int], title: str, now: datetime, text: str = "",
    owner: Membership | None = None, institution: Institution | None = None,
    department: Department | None = None, due_on: date | None = None, body: Body | None = None,
    decided: bool = False,
) -> Task:  # fmt: skip
    """Give a member or an institution something to do until the end of a day.

    A day off moves to the next working day; without a day the time in force counts (parameter task.time). The
    room whose decision gives it has asked who may (`decided`). `about`: the row it follows from, or kind and
    number of a thing that is no row. Raises PermissionDenied, TaskRefused (title, owner, due_on, department).
    """
    today = timezone.localdate(now)
    if not decided:
        _asked(by, body, institution, due_on, today)
    if not title.strip():
        raise TaskRefused("title")
    if owner is None and institution is None:
        raise TaskRefused("owner")
    if department is not None and (institution is None or department.institution_id != institution.pk):
        raise TaskRefused("department")
    due = due_day(due_on, now)
    kind, pk = about if isinstance(about, tuple) else (about._meta.label_lower, about.pk)
    row: Task = Task.objects.create(
        title=title.strip(), text=text.strip(), about_kind=kind, about_id=pk,
        body=body, owner=owner, institution=institution or (owner.institution if owner else None),
        department=department, due_on=due, due_at=plan.end_of_day(due), escalates_at=escalation(due, today),
        given_by=by, given_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="task.given", about=row, due=due.isoformat())
    return row


def _asked(
    by: Membership, body: Body | None, institution: Institution | None, due_on: date | None, today: date
) -> None:
    here = by.institution_id
    if not may_give(by, body) or (here is not None and institution is not None and institution.pk != here):
        raise PermissionDenied(_("Your role does not include this step."))
    if due_on is not None and due_on < today:
        raise TaskRefused("due_on")


def due_day(wanted: date | None, now: datetime) -> date:
    """The working day until whose end a task has time (definitions section 9)."""
    today = timezone.localdate(now)
    if wanted is None:
        return calendar.deadline(now, parameters.rule_in_force(TIME, on=today)).due_date
    return plan.shifted(wanted, CalendarStep.Shift.AFTER, calendar.calendar())


def escalation(due: date, today: date) -> datetime:
    """When a late task stands with who gave it: so many working days after its day."""
    rule = parameters.rule_in_force(ESCALATES, on=today)
    start = plan.end_of_day(due) - timedelta(seconds=1)
    return calendar.deadline(start, rule).due_at


@transaction.atomic
def answer(
    *, by: Membership, task: Task, text: str, now: datetime, files: Sequence[Attachment] = (),
    version: int | None = None,
) -> Task:  # fmt: skip
    """The owner says what was done, with evidence. Raises PermissionDenied, TaskRefused (text), Stale."""
    step = steps.admitted("answer", by=by, row=task, version=version)
    if not text.strip():
        raise TaskRefused("text")
    said: TaskAnswer = TaskAnswer.objects.create(task=task, text=text.strip(), said_by=by, said_at=now)
    TaskFile.objects.bulk_create(TaskFile(answer=said, file=file) for file in files)
    moved: Task = steps.take(step, by=by, row=task, verb="task.answered", now=now, said={"files": len(files)})
    return moved


@transaction.atomic
def check(
    *, by: Membership, task: Task, accepted: bool, now: datetime, note: str = "",
    version: int | None = None,
) -> Task:  # fmt: skip
    """Another person accepts the answer, or gives the task back with a reason.

    Raises PermissionDenied, TaskRefused (same_person, reason), Stale.
    """
    step = steps.admitted("accept" if accepted else "give_back", by=by, row=task, version=version)
    said = TaskAnswer.objects.select_for_update(of=("self",)).select_related("said_by")
    last = said.filter(task=task).latest("pk")
    if last.said_by.user_id == by.user_id:
        raise TaskRefused("same_person")
    if not accepted and not note.strip():
        raise TaskRefused("reason")
    last.checked_by, last.checked_at, last.accepted, last.check_note = by, now, accepted, note.strip()
    last.save(update_fields=["checked_by", "checked_at", "accepted", "check_note"])
    verb = "task.done" if accepted else "task.given_back"
    moved: Task = steps.take(step, by=by, row=task, verb=verb, now=now, remark=note)
    return moved


@transaction.atomic
def drop(*, by: Membership, task: Task, reason: str, now: datetime, version: int | None = None) -> Task:
    """No longer needed, with a reason. Raises PermissionDenied, TaskRefused (reason), Stale."""
    step = steps.admitted("drop", by=by, row=task, version=version)
    if not reason.strip():
        raise TaskRefused("reason")
    moved: Task = steps.take(step, by=by, row=task, verb="task.dropped", now=now, remark=reason)
    return moved
