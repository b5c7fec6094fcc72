"""Focus groups and monthly days of patients 医保患者体验日 (S1-47): plan, minutes, numbers, what followed.

No patient is named anywhere: who took part stands as numbers by kind.
"""

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

VIEW, RUN = "event.view", "event.run"


def link(label: Any, to: str, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class PlaceQuerySet(AllianceQuerySet):
    """Which rows a member sees."""

    def visible_to(self, membership: Membership) -> Any:
        """Those of the member's institution; all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here)

    def named(self) -> Any:
        """With what a list or a page names."""
        return self.select_related("institution")


class PatientDay(Stepped, AllianceRow):
    """One month's day of an institution: planned, held with minutes and numbers, or cancelled."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("patient day", "planned")
        HELD = "held", pgettext_lazy("patient day", "held")
        CANCELLED = "cancelled", pgettext_lazy("patient day", "cancelled")

    institution = link(_("institution"), "alliance.Institution")
    month = models.DateField(_("month"))
    planned_on = models.DateField(pgettext_lazy("patient day", "planned for"))
    topic = models.CharField(pgettext_lazy("patient day", "topic"), max_length=100)
    plan = models.CharField(pgettext_lazy("patient day", "plan"), max_length=2000)
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    held_on = models.DateField(pgettext_lazy("patient day", "held on"), null=True)
    minutes = models.TextField(pgettext_lazy("patient day", "minutes"), max_length=8_000, blank=True)
    visitors = models.PositiveIntegerField(pgettext_lazy("patient day", "patients and families"), null=True)
    asked = models.PositiveIntegerField(pgettext_lazy("patient day", "questions and suggestions"), null=True)
    settled = models.PositiveIntegerField(pgettext_lazy("patient day", "settled on the spot"), null=True)
    why = models.CharField(pgettext_lazy("patient day", "why cancelled"), max_length=300, blank=True)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PlaceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("day of patients"), _("days of patients")
        ordering = ["-month", "institution__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "month"], condition=~Q(state="cancelled"),
                name="patientday_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="patientday_first_day"),
            models.CheckConstraint(condition=~Q(topic="") & ~Q(plan=""), name="patientday_planned"),
            models.CheckConstraint(
                condition=Q(
                    state="held", held_on__isnull=False, visitors__isnull=False, asked__isnull=False,
                    settled__isnull=False, settled__lte=F("asked"),
                )
                & ~Q(minutes="")
                | ~Q(state="held") & Q(held_on=None, minutes="", visitors=None, asked=None, settled=None),
                name="patientday_held_whole",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(why=""), name="patientday_why"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.topic

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Own: the institution that holds it."""
        return frozenset({"own"} if membership.sees(self.institution_id) else ())

    @transition(state, State.PLANNED, State.HELD, custom=step(
        1, "own", RUN, pgettext_lazy("patient day", "Record the day"), "check"))  # fmt: skip
    def hold(self) -> None:
        """It took place."""

    @transition(state, State.PLANNED, State.CANCELLED, custom=step(
        2, "own", RUN, pgettext_lazy("patient day", "Cancel"), "x"))  # fmt: skip
    def cancel(self) -> None:
        """It does not take place; another one may be planned."""


class FocusGroup(AllianceRow):
    """Minutes of one interview in a group; its follow-up is answered once."""

    append_only = True
    fill_once = ("done_at", "done_text", "done_by_id")

    institution = link(_("institution"), "alliance.Institution")
    held_on = models.DateField(pgettext_lazy("focus group", "held on"))
    topic = models.CharField(pgettext_lazy("focus group", "topic"), max_length=100)
    inpatients = models.PositiveSmallIntegerField(pgettext_lazy("focus group", "inpatients"), default=0)
    outpatients = models.PositiveSmallIntegerField(pgettext_lazy("focus group", "outpatients"), default=0)
    families = models.PositiveSmallIntegerField(pgettext_lazy("focus group", "families"), default=0)
    staff = models.PositiveSmallIntegerField(pgettext_lazy("focus group", "staff"), default=0)
    findings = models.TextField(pgettext_lazy("focus group", "findings"), max_length=8_000)
    follow_up = models.CharField(pgettext_lazy("focus group", "follow-up"), max_length=500)
    owner = link(pgettext_lazy("focus group", "who follows up"), "alliance.Membership")
    due_on = models.DateField(pgettext_lazy("focus group", "until"))
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(pgettext_lazy("focus group", "done"), null=True)
    done_text = models.CharField(  # noqa: DJ001 (filled once)
        pgettext_lazy("focus group", "what was done"), max_length=1000, null=True
    )
    done_by = link(pgettext_lazy("focus group", "done by"), "alliance.Membership", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PlaceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("focus group"), _("focus groups")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(topic="") & ~Q(findings="") & ~Q(follow_up="") & Q(due_on__gte=F("held_on")),
                name="focusgroup_told",
            ),
            models.CheckConstraint(
                condition=Q(inpatients__gt=0) | Q(outpatients__gt=0) | Q(families__gt=0),
                name="focusgroup_patients",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_text=None, done_by=None)
                | Q(done_at__isnull=False, done_text__isnull=False, done_text__gt="", done_by__isnull=False),
                name="focusgroup_done_whole",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "institution", "-held_on"], name="focusgroup_place")]

    def __str__(self) -> str:
        return self.topic
