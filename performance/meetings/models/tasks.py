"""Tasks: who does what until when, the answer with its evidence, checked by somebody else (S1-52, S3-36)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.meetings.models.base import ANSWER, RUN, VIEW, link
from performance.meetings.models.meetings import leading


class TaskQuerySet(AllianceQuerySet):
    """Which tasks a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """One's own; of the institution for who answers there; of bodies one leads; the office all."""
        if membership.institution_id is None and membership.can(VIEW):
            return self.all()
        mine = Q(owner__user=membership.user_id) | Q(body__in=leading(membership))
        if membership.can(ANSWER) and membership.institution_id is not None:
            mine |= Q(institution=membership.institution_id)
        return self.filter(mine)

    def named(self) -> Any:
        """With what a list or a page names."""
        return self.select_related(
            "owner__user", "institution", "department", "body__alliance", "given_by__user"
        )


class Task(AllianceRow, Stepped):
    """Something to be done by a member, or by an institution or department, until the end of a day.

    `about_kind`, `about_id`: what it follows from: a resolution, an improvement, a clue. `escalates_at`: from
    then on it stands with who gave it as well.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "open")
        ANSWERED = "answered", pgettext_lazy("task", "answered, to be checked")
        DONE = "done", pgettext_lazy("task", "done")
        DROPPED = "dropped", pgettext_lazy("task", "dropped")

    title = models.CharField(pgettext_lazy("task", "task"), max_length=200)
    text = models.CharField(pgettext_lazy("task", "what is to be done"), max_length=1000, blank=True)
    about_kind = models.CharField(max_length=40)
    about_id = models.BigIntegerField()
    body = link(_("body"), "meetings.Body", null=True)
    owner = link(pgettext_lazy("task", "done by"), "alliance.Membership", null=True)
    institution = link(_("institution"), "alliance.Institution", null=True)
    department = link(_("department"), "alliance.Department", null=True)
    due_on = models.DateField(pgettext_lazy("task", "due on"))
    due_at = models.DateTimeField(pgettext_lazy("task", "due"))
    escalates_at = models.DateTimeField(pgettext_lazy("task", "escalates"))
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    given_by = link(pgettext_lazy("task", "given by"), "alliance.Membership")
    given_at = models.DateTimeField(pgettext_lazy("task", "given"))
    answered_at = models.DateTimeField(pgettext_lazy("task", "answered at"), null=True)
    done_at = models.DateTimeField(pgettext_lazy("task", "done at"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(TaskQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("task"), _("tasks")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(institution__isnull=False), name="task_somebodys"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="task_titled"),
            models.CheckConstraint(condition=Q(escalates_at__gt=F("due_at")), name="task_escalates_later"),
        ]
        indexes = [
            models.Index(fields=["alliance", "state", "due_at"], name="task_open"),
            models.Index(fields=["alliance", "about_kind", "about_id"], name="task_about"),
        ]

    def __str__(self) -> str:
        return self.title

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Owner: the person, or who answers for the institution; desk: who gave it, the body, the office."""
        found = set()
        if self.owner is not None:
            if self.owner.user_id == membership.user_id:
                found.add("owner")
        elif membership.can(ANSWER) and membership.institution_id == self.institution_id:
            found.add("owner")
        office = membership.institution_id is None and membership.can(RUN)
        if office or self.given_by.user_id == membership.user_id or self.body_id in leading(membership):
            found.add("desk")
        return frozenset(found)

    @transition(state, State.OPEN, State.ANSWERED, custom=step(
        1, "owner", "home.view", _("Answer the task"), "check", "answered_at"))  # fmt: skip
    def answer(self) -> None:
        """The owner says what was done."""

    @transition(state, State.ANSWERED, State.DONE, custom=step(
        2, "desk", "home.view", _("Done as it should be"), "check", "done_at"))  # fmt: skip
    def accept(self) -> None:
        """Another person has checked it."""

    @transition(state, State.ANSWERED, State.OPEN, custom=step(
        3, "desk", "home.view", _("Give it back"), "undo"))  # fmt: skip
    def give_back(self) -> None:
        """Not enough: to be done on."""

    @transition(state, State.OPEN, State.DROPPED, custom=step(
        4, "desk", "home.view", _("Drop the task"), "x"))  # fmt: skip
    def drop(self) -> None:
        """No longer needed, with a reason."""


class TaskAnswer(AllianceRow):
    """What the owner says was done; who checks it is another person."""

    append_only = True
    fill_once = ("checked_by_id", "checked_at", "accepted", "check_note")

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="answers")
    text = models.CharField(pgettext_lazy("task", "what was done"), max_length=2000)
    said_by = link(pgettext_lazy("task", "answered by"), "alliance.Membership")
    said_at = models.DateTimeField(pgettext_lazy("task", "answered at"))
    checked_by = link(pgettext_lazy("task", "checked by"), "alliance.Membership", null=True)
    checked_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)
    check_note = models.CharField(pgettext_lazy("task", "remark"), max_length=500, null=True)  # noqa: DJ001 (filled once)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("answer of a task"), _("answers of tasks")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="task_answer_said"),
            models.CheckConstraint(condition=~Q(said_by=F("checked_by")), name="task_answer_two_people"),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None, accepted=None)
                | Q(checked_by__isnull=False, checked_at__isnull=False, accepted__isnull=False),
                name="task_answer_checked_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.pk}"


class TaskFile(AllianceRow):
    """A file an answer rests on."""

    append_only = True

    answer = models.ForeignKey(TaskAnswer, on_delete=models.PROTECT, related_name="files")
    file = link(_("file"), "alliance.Attachment")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file of a task"), _("files of tasks")
        constraints = [models.UniqueConstraint(fields=["alliance", "answer", "file"], name="task_file_once")]

    def __str__(self) -> str:
        return str(self.file_id)
