"""What was really done with a device 使用记录: confirmed by both sides, the ground of figures and money."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.equipment.models.register import Device, link
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class UsageQuerySet(AllianceQuerySet):
    """Which uses, in one word each."""

    def visible_to(self, membership: Membership) -> UsageQuerySet:
        """Of the member's institution as user, owner or reader; all for the whole alliance."""
        here = membership.institution_id
        if here is None:
            return self
        return self.filter(Q(institution=here) | Q(owner=here) | Q(reader=here))

    def counted(self) -> UsageQuerySet:
        """Those both sides stand by."""
        return self.filter(state=Usage.State.CONFIRMED)

    def with_names(self) -> UsageQuerySet:
        """Everything a list names, in one query."""
        return self.select_related("device", "owner", "institution", "reader", "item", "person")


class Usage(AllianceRow):
    """One use. `owner` and `month` are kept with it: a device that moves later changes no past month."""

    class Source(models.TextChoices):
        BOOKING = "booking", _("from a booking")
        DESK = "desk", _("entered at the device")
        SHEET = "sheet", _("log of the owner's own system")

    class State(models.TextChoices):
        STATED = "stated", _("to be confirmed by the other side")
        CONFIRMED = "confirmed", _("confirmed by both sides")
        DISPUTED = "disputed", _("disputed")
        VOID = "void", _("void")

    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="uses"
    )
    owner = link("alliance.Institution", _("owner"))
    booking = link("equipment.Booking", _("booking"), optional=True)
    item = link("equipment.ExamItem", _("examination item"), optional=True)
    item_name = models.CharField(_("examination as named"), max_length=80)
    institution = link("alliance.Institution", _("using institution"))
    department = link("alliance.Department", _("using department"), optional=True)
    person = link("alliance.Person", _("patient"), optional=True)
    operator = link("alliance.Staff", _("operator"), optional=True)
    reader = link("alliance.Institution", _("reading institution"), optional=True)
    collected_by = link("alliance.Institution", _("fee collected by"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"))
    month = models.DateField(_("month"))
    fee_fen = models.BigIntegerField(_("fee (fen)"))
    result_ref = models.CharField(_("result reference"), max_length=80, blank=True)
    log_number = models.CharField(_("number in the log"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.STATED, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    stated_by = link("alliance.Membership", _("stated by"))
    stated_for = link("alliance.Institution", _("stated for"))
    confirmed_by = link("alliance.Membership", _("confirmed by"), optional=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    dispute = models.CharField(_("what is wrong"), max_length=200, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(UsageQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = pgettext_lazy("equipment", "use"), _("usage log")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="equipment_usage_span"),
            models.CheckConstraint(condition=Q(fee_fen__gte=0), name="equipment_usage_fee"),
            models.CheckConstraint(condition=Q(month__day=1), name="equipment_usage_first_day"),
            models.CheckConstraint(
                condition=Q(state__in=["stated", "disputed", "void"])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="equipment_usage_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["disputed", "void"]) | ~Q(dispute=""), name="equipment_usage_dispute"
            ),
            models.UniqueConstraint(
                fields=["alliance", "booking"], condition=~Q(state="void"), name="equipment_usage_of_booking"
            ),
            models.UniqueConstraint(
                fields=["alliance", "device", "log_number"],
                condition=~Q(log_number="") & ~Q(state="void"),
                name="equipment_usage_log_number",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "month", "device"], name="equipment_usage_month"),
            models.Index(fields=["alliance", "institution", "-started_at"], name="equipment_usage_by"),
            models.Index(fields=["alliance", "owner", "-started_at"], name="equipment_usage_of"),
            models.Index(fields=["alliance", "device", "started_at"], name="equipment_usage_time"),
            models.Index(fields=["alliance", "-started_at"], name="equipment_usage_start"),
            models.Index(
                fields=["alliance", "-started_at"],
                condition=Q(state__in=["stated", "disputed"]),
                name="equipment_usage_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id}/{self.pk}"

    @property
    def minutes(self) -> int:
        """How long the device was taken."""
        return int((self.ended_at - self.started_at).total_seconds()) // 60

    def awaits(self, membership: Membership) -> bool:
        """Whether it waits for this member's side: one of the two that did not state it."""
        here = membership.institution_id
        return (
            self.state in (self.State.STATED, self.State.DISPUTED)
            and here in (self.owner_id, self.institution_id)
            and here != self.stated_for_id
        )

    @transition(state, [State.STATED, State.DISPUTED], State.CONFIRMED)
    def confirm(self) -> None:
        """The other side stands by it too."""

    @transition(state, State.STATED, State.DISPUTED)
    def deny(self) -> None:
        """The other side says what is wrong."""

    @transition(state, [State.STATED, State.DISPUTED, State.CONFIRMED], State.VOID)
    def void(self) -> None:
        """It did not happen so; another one is entered in its place where needed."""
