"""MDT records 多学科诊疗记录 (S1-56): who took part as what, the plan, what it may cost and what it did cost.

The actual cost is never typed: it is what the bill of the settled case says (grouping.billed).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step

VIEW, RUN = "mdt.view", "mdt.run"


def link(label: Any, to: str, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class Profession(models.TextChoices):
    """As what somebody takes part; which of them have to is the parameter `mdt.professions`."""

    PHYSICIAN = "physician", pgettext_lazy("mdt", "physician")
    PHARMACIST = "pharmacist", pgettext_lazy("mdt", "pharmacist")
    NUTRITIONIST = "nutritionist", pgettext_lazy("mdt", "nutritionist")
    REHABILITATION = "rehabilitation", pgettext_lazy("mdt", "rehabilitation therapist")
    INSURANCE = "insurance", pgettext_lazy("mdt", "insurance specialist")
    NURSE = "nurse", pgettext_lazy("mdt", "nurse")


class MeetingQuerySet(AllianceQuerySet):
    """Which records a member sees."""

    def visible_to(self, membership: Membership) -> Any:
        """Those of the member's institution; all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here)

    def named(self) -> Any:
        """With what a list or a page names."""
        return self.select_related("institution", "department", "entered_by__user")


class MdtMeeting(Stepped, AllianceRow):
    """One meeting about one stay, known by its record number. Money in fen, the estimate that of the day."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("mdt", "planned")
        HELD = "held", pgettext_lazy("mdt", "held")
        CANCELLED = "cancelled", pgettext_lazy("mdt", "cancelled")

    institution = link(_("institution"), "alliance.Institution")
    department = link(_("department"), "alliance.Department", null=True)
    record_no = models.CharField(_("record number"), max_length=40)
    question = models.CharField(pgettext_lazy("mdt", "question"), max_length=500)
    starts_at = models.DateTimeField(pgettext_lazy("mdt", "begins"))
    place = models.CharField(pgettext_lazy("mdt", "place or link"), max_length=200, blank=True)
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    # The professions that had to take part on the day it was held, as the parameter then said.
    required = ArrayField(models.CharField(max_length=16), default=list, editable=False)
    held_on = models.DateField(pgettext_lazy("mdt", "held on"), null=True)
    plan = models.TextField(pgettext_lazy("mdt", "plan of care and insurance"), max_length=8_000, blank=True)
    fund_fen = models.BigIntegerField(pgettext_lazy("mdt", "estimate: fund (fen)"), null=True)
    own_fen = models.BigIntegerField(pgettext_lazy("mdt", "estimate: own part (fen)"), null=True)
    why = models.CharField(pgettext_lazy("mdt", "why cancelled"), max_length=300, blank=True)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(MeetingQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("MDT record"), _("MDT records")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(record_no="") & ~Q(question=""), name="mdt_about"),
            models.CheckConstraint(
                condition=Q(
                    state="held",
                    held_on__isnull=False,
                    fund_fen__isnull=False,
                    fund_fen__gte=0,
                    own_fen__isnull=False,
                    own_fen__gte=0,
                )
                & ~Q(plan="")
                | ~Q(state="held") & Q(held_on=None, plan="", fund_fen=None, own_fen=None),
                name="mdt_held_whole",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(why=""), name="mdt_why"),
        ]
        indexes = [models.Index(fields=["alliance", "institution", "-starts_at"], name="mdt_place")]

    def __str__(self) -> str:
        return f"MDT {self.record_no}"

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Own: the institution that holds it."""
        return frozenset({"own"} if membership.sees(self.institution_id) else ())

    @transition(state, State.PLANNED, State.HELD, custom=step(
        1, "own", RUN, pgettext_lazy("mdt", "Record the meeting"), "check"))  # fmt: skip
    def hold(self) -> None:
        """It took place with all professions it needs."""

    @transition(state, State.PLANNED, State.CANCELLED, custom=step(
        2, "own", RUN, pgettext_lazy("mdt", "Cancel"), "x"))  # fmt: skip
    def cancel(self) -> None:
        """It does not take place."""


class Seat(AllianceRow):
    """One person at a meeting and as what; a wrong line is voided with a reason."""

    append_only = True
    fill_once = ("voided_at", "why")

    meeting = models.ForeignKey(MdtMeeting, on_delete=models.PROTECT, related_name="seats")
    staff = link(_("staff member"), "alliance.Staff")
    profession = models.CharField(pgettext_lazy("mdt", "profession"), max_length=16, choices=Profession)
    entered_by = link(_("entered by"), "alliance.Membership")
    voided_at = models.DateTimeField(_("voided"), null=True)
    why = models.CharField(_("why"), max_length=300, null=True)  # noqa: DJ001 (filled once)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("participant"), _("participants")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "meeting", "staff"], condition=Q(voided_at=None), name="mdt_seat_once"
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None) | Q(why__isnull=False, why__gt=""), name="mdt_seat_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.staff_id}"
