"""Joint projects 联合服务项目: a hospital and a primary institution look after one person by agreed steps.

S3-08: after the first primary diagnosis of diabetes the hospital makes the plan within 30 days, the primary
institution adjusts the medication within 60; the completion rate counts for both.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.joint.models.base import link
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class Side(models.TextChoices):
    """Which of the two does a step."""

    HOSPITAL = "hospital", _("hospital")
    PRIMARY = "primary", _("primary institution")


class Project(AllianceRow):
    """What is done together for persons with one disease; its steps are dated."""

    class State(models.TextChoices):
        OPEN = "open", _("open for new persons")
        ENDED = "ended", _("ended, takes nobody new")

    state = StateField(_("state"), max_length=8, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    first_day = models.DateField(_("first day"))
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("joint project"), _("joint projects")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code"], name="joint_project_code"),
            models.CheckConstraint(condition=~Q(state="ended") | ~Q(why=""), name="joint_project_why"),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(state, State.OPEN, State.ENDED)
    def end(self) -> None:
        """Nobody new is enrolled; who is goes on."""


class Step(AllianceRow):
    """One agreed step from a day on: who does it, how many days after the first diagnosis.

    The days stand here, or a parameter of the alliance says them (`cp.joint_dm.plan`).
    """

    append_only = True

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="steps")
    from_day = models.DateField(_("holds from"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("step"), max_length=60)
    side = models.CharField(_("done by"), max_length=8, choices=Side)
    days = models.PositiveSmallIntegerField(_("days after the first diagnosis"), null=True, blank=True)
    parameter = models.CharField(_("days as a parameter"), max_length=60, blank=True)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("agreed step"), _("agreed steps")
        ordering = ["project", "from_day", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "project", "from_day", "number"], name="joint_step_once"
            ),
            models.CheckConstraint(
                condition=Q(days__gt=0, parameter="") | Q(days=None) & ~Q(parameter=""),
                name="joint_step_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EnrolmentQuerySet(AllianceQuerySet):
    """Which persons, in one word each."""

    def visible_to(self, membership: Membership) -> EnrolmentQuerySet:
        """Persons looked after by the member's institution; all for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(hospital=here) | Q(primary=here))

    def with_names(self) -> EnrolmentQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(
            "person", "project", "hospital", "primary", "hospital_doctor", "primary_doctor",
            "hospital_department", "primary_department",
        )  # fmt: skip


class Enrolment(AllianceRow):
    """One person in a project: the two institutions, their doctors, the day of the first diagnosis."""

    class State(models.TextChoices):
        ACTIVE = "active", _("in care")
        WITHDRAWN = "withdrawn", _("left the project")

    class Reason(models.TextChoices):
        MOVED = "moved", _("moved away")
        DECLINED = "declined", _("the person does not want it")
        DIED = "died", _("died")
        CARE = "care", _("other care is needed")
        ERROR = "error", _("entered in error")

    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    project = models.ForeignKey(
        Project, verbose_name=_("joint project"), on_delete=models.PROTECT, related_name="enrolments"
    )
    person = link(_("patient"), to="alliance.Person")
    hospital = link(_("hospital"))
    primary = link(_("primary institution"))
    hospital_doctor = link(_("doctor of the hospital"), to="alliance.Staff", null=True, blank=True)
    primary_doctor = link(_("doctor of the primary institution"), to="alliance.Staff", null=True, blank=True)
    # Where the doctors worked when they were named: a doctor who moves takes no figures along.
    hospital_department = link(_("department of the hospital"), to="alliance.Department", null=True)
    primary_department = link(_("department of the primary institution"), to="alliance.Department", null=True)
    first_day = models.DateField(_("day of the first diagnosis"))
    source = models.CharField(
        _("source"), max_length=8, choices=[("typed", _("typed")), ("sheet", _("from a sheet"))],
        editable=False,
    )  # fmt: skip
    enrolled_by = link(_("enrolled by"), to="alliance.Membership", editable=False)
    enrolled_at = models.DateTimeField(_("enrolled"), editable=False)
    reason = models.CharField(
        _("reason"), max_length=10, choices=Reason, blank=True, default="", editable=False
    )
    withdrawn_on = models.DateField(_("left the project on"), null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(EnrolmentQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("person of a joint project"), _("persons of joint projects")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(hospital=F("primary")), name="joint_two_institutions"),
            # A person is in a project once at a time, whoever enrols first.
            models.UniqueConstraint(
                fields=["alliance", "project", "person"],
                condition=~Q(state="withdrawn"),
                name="joint_person_once",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_on__gte=F("first_day")) & ~Q(reason="") & ~Q(why="")
                | ~Q(state="withdrawn") & Q(withdrawn_on=None, reason="", why=""),
                name="joint_withdrawn",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "hospital", "-first_day"], name="joint_hospital"),
            models.Index(fields=["alliance", "primary", "-first_day"], name="joint_primary"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.first_day:%Y-%m-%d}"

    def side_of(self, membership: Membership) -> str:
        """ "hospital", "primary" or "" for a member of neither."""
        sides = {self.hospital_id: Side.HOSPITAL.value, self.primary_id: Side.PRIMARY.value}
        return sides.get(membership.institution_id or 0, "")

    @transition(state, State.ACTIVE, State.WITHDRAWN)
    def withdraw(self) -> None:
        """The person leaves; steps not yet due fall away."""


class MilestoneQuerySet(AllianceQuerySet):
    """Which steps of persons, in one word each."""

    def visible_to(self, membership: Membership) -> MilestoneQuerySet:
        """Of persons looked after by the member's institution; all for the whole alliance."""
        here = membership.institution_id
        if here is None:
            return self
        return self.filter(Q(enrolment__hospital=here) | Q(enrolment__primary=here))

    def with_names(self) -> MilestoneQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(
            "enrolment__person", "enrolment__project", "enrolment__hospital", "enrolment__primary", "at",
            "done_by", "recorded_by__user",
        )  # fmt: skip


class Milestone(AllianceRow):
    """One step of one person, due on a day that no later rule moves."""

    class State(models.TextChoices):
        OPEN = "open", _("to do")
        DONE = "done", _("done")
        DROPPED = "dropped", _("fell away")

    state = StateField(_("state"), max_length=8, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="milestones")
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("step"), max_length=60)
    side = models.CharField(_("done by"), max_length=8, choices=Side)
    at = link(_("at whose door"))
    begins_on = models.DateField(_("day of the first diagnosis"))
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("done on"), null=True, editable=False)
    done_by = link(_("done by"), to="alliance.Staff", null=True, editable=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    recorded_by = link(_("recorded by"), to="alliance.Membership", null=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), null=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(MilestoneQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("step of a person"), _("steps of persons")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "enrolment", "number"], name="joint_milestone_once"),
            models.CheckConstraint(condition=Q(due_on__gt=F("begins_on")), name="joint_milestone_due"),
            models.CheckConstraint(
                condition=Q(state="done", done_on__gte=F("begins_on"), done_by__isnull=False)
                & Q(recorded_by__isnull=False, recorded_at__isnull=False)
                | ~Q(state="done") & Q(done_on=None, done_by=None, recorded_by=None, recorded_at=None),
                name="joint_milestone_done",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "due_on"], name="joint_milestone_day"),
            models.Index(fields=["alliance", "at", "state", "due_on"], name="joint_milestone_door"),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(state, State.OPEN, State.DONE)
    def finish(self) -> None:
        """It was done, on a day, by somebody."""

    @transition(state, State.DONE, State.OPEN)
    def reopen(self) -> None:
        """It was recorded wrongly; the history keeps what stood there."""

    @transition(state, [State.OPEN, State.DONE], State.DROPPED)
    def drop(self) -> None:
        """The person left before, or should never have been enrolled."""
