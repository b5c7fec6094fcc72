"""Joint case conferences 联合病例讨论: once a quarter several institutions discuss cases (S3-45)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.joint.models.base import link
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class Conference(AllianceRow):
    """Planned and held by one institution; the others enter their own doctors and cases."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    host = link(_("host"))
    topic = models.CharField(_("topic"), max_length=100)
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    held_on = models.DateField(_("held on"), null=True, editable=False)
    minutes = models.TextField(_("minutes of the conference"), max_length=8_000, blank=True, editable=False)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("joint case conference"), _("joint case conferences")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="held", held_on__isnull=False) & ~Q(minutes="")
                | ~Q(state="held") & Q(held_on=None),
                name="conference_held",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(why=""), name="conference_why"),
        ]
        indexes = [
            models.Index(fields=["alliance", "-starts_at"], name="conference_starts"),
            models.Index(fields=["alliance", "held_on"], name="conference_held_on"),
        ]

    def __str__(self) -> str:
        return self.topic

    @transition(state, State.PLANNED, State.HELD)
    def hold(self) -> None:
        """It took place: several institutions, cases, minutes."""

    @transition(state, State.PLANNED, State.CANCELLED)
    def cancel(self) -> None:
        """It does not take place."""


class Participant(AllianceRow):
    """One doctor at a conference, entered by the own institution; a wrong line is voided with a reason."""

    append_only = True
    fill_once = ("voided_at", "why")

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="participants")
    staff = link(_("staff member"), to="alliance.Staff")
    # Where the person worked then.
    institution = link(_("institution"))
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    voided_at = models.DateTimeField(_("voided"), null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, null=True, editable=False)  # noqa: DJ001 (filled once)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("participant"), _("participants")
        ordering = ["institution__code", "staff__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "conference", "staff"],
                condition=Q(voided_at=None),
                name="participant_once",
            ),
            models.CheckConstraint(condition=Q(voided_at=None) | Q(why__gt=""), name="participant_why"),
        ]
        indexes = [models.Index(fields=["alliance", "institution"], name="participant_place")]

    def __str__(self) -> str:
        return f"{self.conference_id} {self.staff_id}"


class Discussed(AllianceRow):
    """One case a conference discusses: known by record number or as a person, only to those who take part."""

    append_only = True
    fill_once = ("voided_at", "why")

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="cases")
    institution = link(_("institution"))
    person = link(_("patient"), to="alliance.Person", null=True, blank=True)
    record_no = models.CharField(_("record number"), max_length=40, blank=True)
    question = models.CharField(_("question"), max_length=500)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    voided_at = models.DateTimeField(_("voided"), null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, null=True, editable=False)  # noqa: DJ001 (filled once)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("case discussed"), _("cases discussed")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(record_no=""), name="discussed_whom"
            ),
            models.CheckConstraint(condition=Q(voided_at=None) | Q(why__gt=""), name="discussed_why"),
        ]

    def __str__(self) -> str:
        return f"{self.conference_id} {self.institution_id}"


class ConferencePaper(AllianceRow):
    """Scanned minutes or slides."""

    append_only = True

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="papers")
    file = link(_("file"), to="alliance.Attachment")
    added_by = link(_("added by"), to="alliance.Membership", editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("paper of a conference"), _("papers of conferences")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file)


def takes_part(membership: Membership) -> Any:
    """Condition on a conference: the member's institution hosts it or has a doctor in it."""
    here = membership.institution_id
    theirs = Participant.objects.filter(conference=OuterRef("pk"), institution=here, voided_at=None)
    return Q(host=here) | Q(Exists(theirs))
