"""What comes of a meeting: its resolutions and its minutes, signed by two (S1-52, S2-51)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.canonical import digest
from alliance.lib.documents import Part
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.engine.restore import restore
from performance.meetings.models.base import VIEW, link
from performance.meetings.models.meetings import Meeting


class Resolution(AllianceRow, Stepped):
    """What a meeting is asked to decide; carried, it becomes a task where somebody is named to do it."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("resolution", "not put to the vote yet")
        PUT = "put", pgettext_lazy("resolution", "put to the vote")
        CARRIED = "carried", pgettext_lazy("resolution", "carried")
        LOST = "lost", pgettext_lazy("resolution", "not carried")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="resolutions")
    number = models.PositiveSmallIntegerField(_("number"))
    point = link(pgettext_lazy("resolution", "point of the agenda"), "meetings.AgendaItem", null=True)
    text = models.CharField(pgettext_lazy("resolution", "resolution"), max_length=1000)
    owner = link(pgettext_lazy("task", "done by"), "alliance.Membership", null=True)
    institution = link(_("institution"), "alliance.Institution", null=True)
    department = link(_("department"), "alliance.Department", null=True)
    due_on = models.DateField(pgettext_lazy("task", "due on"), null=True)
    approval = link(_("approval"), "approvals.Approval", null=True)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    written_by = link(_("entered by"), "alliance.Membership")
    written_at = models.DateTimeField(_("entered"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("resolution"), _("resolutions")
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "meeting", "number"], name="resolution_number"),
            models.CheckConstraint(condition=~Q(text=""), name="resolution_said"),
            models.CheckConstraint(
                condition=Q(owner=None, institution=None, due_on=None)
                | (Q(due_on__isnull=False) & (Q(owner__isnull=False) | Q(institution__isnull=False))),
                name="resolution_task_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(approval__isnull=False), name="resolution_by_approval"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text[:80]

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The desk of the meeting."""
        return self.meeting.sides_of(membership)

    @transition(state, State.DRAFT, State.PUT, custom=step(1, "desk", VIEW, _("Put to the vote"), "scale"))
    def put(self) -> None:
        """It stands before the members."""

    @transition(state, State.PUT, State.CARRIED)
    def carry(self) -> None:
        """The body agreed."""

    @transition(state, State.PUT, State.LOST)
    def lose(self) -> None:
        """The body did not agree."""

    @transition(state, State.PUT, State.DRAFT)
    def take_back(self) -> None:
        """It was withdrawn; it can be put again."""


class MinutesQuerySet(AllianceQuerySet):
    """Which versions."""

    def signed(self) -> Any:
        """Those both have signed; the one of the highest number stands, the others it has replaced."""
        return self.filter(chair__isnull=False, secretary__isnull=False)


class Minutes(AllianceRow):
    """One version of a meeting's minutes; the newest is signed by chair and secretary, two people.

    What is signed stays: a corrigendum (`corrects`, with its reason) is a version of its own that the same
    two functions sign. `decided` is the database's digest of what was decided when the version was written
    (performance.meetings.sql): a version that says something else cannot be signed.
    """

    append_only = True
    fill_once = ("chair_id", "chair_at", "secretary_id", "secretary_at")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(pgettext_lazy("minutes", "title"), max_length=160)
    line = models.CharField(_("line below the title"), max_length=200)
    parts = models.JSONField(_("parts"))
    written_by = link(pgettext_lazy("minutes", "written by"), "alliance.Membership")
    written_at = models.DateTimeField(pgettext_lazy("minutes", "written"))
    chair = link(pgettext_lazy("minutes", "signed by the chair"), "alliance.Membership", null=True)
    chair_at = models.DateTimeField(null=True)
    secretary = link(pgettext_lazy("minutes", "signed by the secretary"), "alliance.Membership", null=True)
    secretary_at = models.DateTimeField(null=True)
    corrects = link(pgettext_lazy("minutes", "corrects"), "meetings.Minutes", null=True)
    reason = models.CharField(
        pgettext_lazy("minutes", "reason of the correction"), max_length=500, blank=True, db_default=""
    )
    decided = models.CharField(max_length=32, blank=True, db_default="", editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(MinutesQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("minutes"), _("minutes")
        ordering = ["meeting", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "meeting", "number"], name="minutes_number"),
            models.CheckConstraint(condition=~Q(chair=F("secretary")), name="minutes_two_people"),
            models.CheckConstraint(
                condition=(Q(chair=None, chair_at=None) | Q(chair__isnull=False, chair_at__isnull=False))
                & (
                    Q(secretary=None, secretary_at=None)
                    | Q(secretary__isnull=False, secretary_at__isnull=False)
                ),
                name="minutes_signed_whole",
            ),
            models.CheckConstraint(condition=Q(corrects=None) ^ ~Q(reason=""), name="minutes_corrected_why"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    def content(self) -> tuple[Part, ...]:
        """The parts as values."""
        return restore(tuple[Part, ...], self.parts)

    @property
    def signed(self) -> bool:
        """Whether both have signed."""
        return self.chair_id is not None and self.secretary_id is not None

    @property
    def digest(self) -> str:
        """SHA-256 of what the version says, for page and print."""
        return digest([self.number, self.title, self.line, self.parts, self.reason])
