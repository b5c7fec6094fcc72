"""Bookings 预约, who waits for a slot, and outages: two bookings of one place never overlap (N32)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.equipment.machine import ASK, CANCEL, MISS, MOVE, USE
from alliance.equipment.models.register import Device, link
from alliance.models import AllianceRow, Membership, Stepped
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class Span(Func):
    """From one time, up to and without another."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class BookingQuerySet(AllianceQuerySet):
    """Which bookings, in one word each."""

    def visible_to(self, membership: Membership) -> BookingQuerySet:
        """Made by the member's institution or for a device of it; all for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(institution=here) | Q(device__institution=here))

    def between(self, begin: datetime, end: datetime) -> BookingQuerySet:
        """Those that take some of the time from `begin` up to `end`; plain columns, so an index serves, and
        from below, because none lasts longer than LONGEST: years that are over are not looked at.
        """
        return self.filter(starts_at__gt=begin - Booking.LONGEST, starts_at__lt=end, ends_at__gt=begin)

    def holding(self) -> BookingQuerySet:
        """Those that keep their time from others."""
        return self.filter(state__in=Booking.HOLDS)

    def with_names(self) -> BookingQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(
            "device__institution", "item", "person", "institution", "booked_by__user", "operator"
        )


class Outage(AllianceRow):
    """Time in which a device is not there; bookings inside it were asked for another time or moved."""

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance", _("maintenance")
        FAULT = "fault", _("fault")
        CALIBRATION = "calibration", _("calibration")
        RESERVED = "reserved", _("kept for emergencies")
        OTHER = "other", _("other reason")

    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="outages"
    )
    kind = models.CharField(_("reason"), max_length=12, choices=Kind)
    text = models.CharField(_("in words"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    declared_by = link("alliance.Membership", _("declared by"))
    declared_at = models.DateTimeField(_("declared"))
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("outage"), _("outages")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="equipment_outage_span"),
        ]
        indexes = [models.Index(fields=["alliance", "device", "starts_at"], name="equipment_outage_time")]

    def __str__(self) -> str:
        return f"{self.device} {self.get_kind_display()}"


class Waiting(AllianceRow):
    """A place in the queue for a slot between two times; the first whose wish a freed slot fits gets it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        BOOKED = "booked", _("got a slot")
        WITHDRAWN = "withdrawn", _("withdrawn")

    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="queue"
    )
    item = link("equipment.ExamItem", _("examination item"))
    person = link("alliance.Person", _("patient"))
    institution = link("alliance.Institution", _("booking institution"))
    asked_by = link("alliance.Membership", _("asked by"))
    operator = link("alliance.Staff", _("operator"), optional=True)
    earliest = models.DateTimeField(_("not before"))
    latest = models.DateTimeField(_("not after"))
    safety_confirmed = models.BooleanField(_("safety questions confirmed"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING, editable=False
    )
    asked_at = models.DateTimeField(_("asked"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("place in the waiting list"), _("waiting list")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(latest__gt=F("earliest")), name="equipment_waiting_span"),
            models.UniqueConstraint(
                fields=["alliance", "device", "item", "person"], condition=Q(state="waiting"),
                name="equipment_waiting_once",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "device", "state"], name="equipment_waiting_state")]

    def __str__(self) -> str:
        return f"{self.device} {self.pk}"

    @transition(state, State.WAITING, State.BOOKED)
    def get_slot(self) -> None:
        """A freed slot is booked for it."""

    @transition(state, State.WAITING, State.WITHDRAWN)
    def withdraw(self) -> None:
        """No slot is wanted any more."""


class Booking(Stepped, AllianceRow):
    """One slot of a device for a patient, for teaching or for maintenance.

    Steps are declared once below: who may take them (`side`, `permit`) and how the button reads; the database
    repeats them. `place` is which of the device's parallel places it takes, from 1.
    """

    class Purpose(models.TextChoices):
        PATIENT = "patient", _("a patient")
        TEACHING = "teaching", _("teaching")
        MAINTENANCE = "maintenance", _("maintenance")

    class State(models.TextChoices):
        BOOKED = "booked", _("booked")
        ASKED = "asked", _("needs another time")
        MOVED = "moved", pgettext_lazy("state", "moved")
        USED = "used", _("used")
        MISSED = "missed", _("did not come")
        CANCELLED = "cancelled", _("cancelled")

    # The longest an item or a wish may take; with it a list of what is to come begins at a start.
    LONGEST = timedelta(minutes=720)
    HOLDS = ("booked", "used")
    LIVE = ("booked", "asked")

    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="bookings"
    )
    place = models.PositiveSmallIntegerField(_("place"), default=1)
    item = link("equipment.ExamItem", _("examination item"), optional=True)
    purpose = models.CharField(_("what for"), max_length=12, choices=Purpose, default=Purpose.PATIENT)
    person = link("alliance.Person", _("patient"), optional=True)
    institution = link("alliance.Institution", _("booking institution"))
    booked_by = link("alliance.Membership", _("booked by"))
    operator = link("alliance.Staff", _("operator"), optional=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    # The end before it was shortened; empty while it never was.
    planned_end = models.DateTimeField(_("planned end"), null=True, editable=False)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.BOOKED, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    safety_confirmed = models.BooleanField(_("safety questions confirmed"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    # The booking this one replaces: the chain of reschedules.
    previous = link("self", _("earlier booking"), optional=True)
    outage = link("equipment.Outage", _("outage"), optional=True)
    waited = link("equipment.Waiting", _("place in the waiting list"), optional=True)
    # Empty while the patient has still to be told a time that nobody chose with them.
    told_at = models.DateTimeField(_("patient told"), null=True, editable=False)
    booked_at = models.DateTimeField(_("booked"))
    closed_at = models.DateTimeField(_("ended"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=24, blank=True, editable=False)
    reason_text = models.CharField(_("in words"), max_length=200, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(BookingQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("booking"), _("bookings")
        ordering = ["starts_at", "pk"]
        constraints = [
            ExclusionConstraint(
                name="equipment_no_double_booking",
                expressions=[
                    ("alliance", RangeOperators.EQUAL), ("device", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    (Span("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=["booked", "used"]),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="equipment_booking_span"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + timedelta(minutes=720)),
                name="equipment_booking_longest",
            ),
            models.CheckConstraint(condition=Q(place__gte=1), name="equipment_booking_place"),
            models.CheckConstraint(
                condition=Q(purpose="patient", person__isnull=False, item__isnull=False)
                | (~Q(purpose="patient") & Q(person__isnull=True)),
                name="equipment_booking_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(reason=""), name="equipment_booking_reason"
            ),
            models.CheckConstraint(
                condition=Q(planned_end__isnull=True) | Q(planned_end__gt=F("ends_at")),
                name="equipment_booking_shortened",
            ),
            # A booking is replaced by one other: the chain has no forks.
            models.UniqueConstraint(fields=["alliance", "previous"], name="equipment_booking_chain"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["alliance", "device", "starts_at"], name="equipment_booking_time"),
            models.Index(fields=["alliance", "institution", "-starts_at"], name="equipment_booking_by"),
            models.Index(fields=["alliance", "starts_at"], name="equipment_booking_start"),
            models.Index(
                fields=["alliance", "institution", "state"], condition=Q(state__in=["booked", "asked"]),
                name="equipment_booking_live",
            ),
            models.Index(
                fields=["alliance", "starts_at"],
                condition=Q(state="asked") | Q(state="booked", told_at__isnull=True),
                name="equipment_booking_act",
            ),
            models.Index(
                fields=["alliance", "starts_at", "ends_at"], condition=Q(state="booked"),
                name="equipment_booking_booked",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.device_id}/{self.pk}"

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """ "user" of the booking institution, "owner" of the device's; both at home; nothing elsewhere."""
        here = membership.institution_id
        sides = {"user": self.institution_id, "owner": self.device.institution_id}
        return frozenset(side for side, place in sides.items() if here is not None and place == here)

    @transition(state, State.BOOKED, State.USED, custom=USE)
    def use(self) -> None:
        """The examination took place."""

    @transition(state, [State.BOOKED, State.ASKED], State.MOVED, custom=MOVE)
    def move(self) -> None:
        """Another booking takes its place."""

    @transition(state, State.BOOKED, State.MISSED, custom=MISS)
    def miss(self) -> None:
        """The patient did not come."""

    @transition(state, [State.BOOKED, State.ASKED], State.CANCELLED, custom=CANCEL)
    def cancel(self) -> None:
        """It is given up, and why."""

    @transition(state, State.BOOKED, State.ASKED, custom=ASK)
    def ask(self) -> None:
        """An outage takes its time; whoever booked is asked for another."""
