"""What the API of equipment takes and gives: every field named, alliance, state and times never written."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.equipment.models import Booking, Device, ExamItem
from alliance.lib.identity import mask_name
from alliance.models import Membership
from alliance.web.form_fields import served
from alliance.web.person_body import PatientBody


class ItemShown(serializers.Serializer[ExamItem]):
    """An examination item; the fee in fen, the length in minutes."""

    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    minutes = serializers.IntegerField(read_only=True)
    fee_fen = serializers.IntegerField(read_only=True)


class DeviceShown(serializers.Serializer[Device]):
    """A device that may be booked."""

    id = serializers.IntegerField(read_only=True)
    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    opening = serializers.CharField(read_only=True)
    step_minutes = serializers.IntegerField(read_only=True)
    capacity = serializers.IntegerField(read_only=True)
    own_system = serializers.BooleanField(read_only=True)
    items = ItemShown(many=True, read_only=True)


class BookBody(serializers.Serializer[Any]):
    """A booking: a device by its id, an item by its code; teaching and maintenance take `minutes`."""

    device = serializers.IntegerField(min_value=1)
    starts_at = serializers.DateTimeField(validators=[served])
    item = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    minutes = serializers.IntegerField(min_value=1, max_value=720, required=False, default=0)
    purpose = serializers.ChoiceField(
        choices=Booking.Purpose.choices, required=False, default=Booking.Purpose.PATIENT
    )
    patient = PatientBody(required=False)
    safety_confirmed = serializers.BooleanField(required=False, default=False)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class BookingLine(serializers.Serializer[Booking]):
    """A booking in a list; the patient's name masked."""

    id = serializers.IntegerField(read_only=True)
    device = serializers.CharField(source="device.code", read_only=True)
    owner = serializers.CharField(source="device.institution.code", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    item = serializers.CharField(source="item.code", read_only=True, default=None)
    purpose = serializers.CharField(read_only=True)
    starts_at = serializers.DateTimeField(read_only=True)
    ends_at = serializers.DateTimeField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    previous = serializers.IntegerField(source="previous_id", read_only=True, allow_null=True)
    patient = serializers.SerializerMethodField()

    def get_patient(self, booking: Booking) -> str | None:
        return mask_name(booking.person.name) if booking.person else None


class BookingPage(BookingLine):
    """A booking with everything that was written; the name in full for the two sides only."""

    note = serializers.CharField(read_only=True)
    booked_at = serializers.DateTimeField(read_only=True)
    told_at = serializers.DateTimeField(read_only=True)
    reason = serializers.CharField(read_only=True)
    reason_text = serializers.CharField(read_only=True)
    steps = serializers.SerializerMethodField()

    def _member(self) -> Membership:
        member: Membership = self.context["member"]
        return member

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_patient(self, booking: Booking) -> str | None:
        person = booking.person
        if person is None:
            return None
        name: str = person.name
        return name if booking.sides_of(self._member()) else mask_name(name)

    def get_steps(self, booking: Booking) -> list[str]:
        return [step.name for step in booking.steps_for(self._member())]


class SlotConflict(serializers.Serializer[Any]):
    """409: the time is taken."""

    error = serializers.CharField()
