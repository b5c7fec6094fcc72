"""What the API of training takes and gives: staff by their numbers, times with zone, lengths in minutes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alliance.training.models import Attendance, Session
from alliance.training.services import Plan, Presence
from alliance.web.form_fields import served
from alliance.web.rows_api import MemberBody


class SessionLine(serializers.Serializer[Session]):
    """A session in a list; `pass_mark` of 100, null without an examination."""

    id = serializers.IntegerField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    title = serializers.CharField(read_only=True)
    topic = serializers.CharField(read_only=True)
    tier = serializers.CharField(read_only=True)
    course = serializers.CharField(read_only=True)
    organiser = serializers.CharField(source="organiser.code", read_only=True)
    teacher = serializers.CharField(read_only=True)
    mode = serializers.CharField(read_only=True)
    place = serializers.CharField(read_only=True)
    starts_at = serializers.DateTimeField(read_only=True)
    ends_at = serializers.DateTimeField(read_only=True)
    minutes = serializers.IntegerField(read_only=True)
    pass_mark = serializers.IntegerField(read_only=True, allow_null=True)


class AttendanceShown(serializers.Serializer[Attendance]):
    """One person at a session."""

    staff = serializers.CharField(source="staff.code", read_only=True)
    name = serializers.CharField(source="staff.name", read_only=True)
    institution = serializers.CharField(source="staff.institution.code", read_only=True)
    minutes = serializers.IntegerField(read_only=True)
    way = serializers.CharField(read_only=True)
    points = serializers.IntegerField(read_only=True, allow_null=True)


class SessionPage(SessionLine):
    """A session with who took part: the own staff; all of them for its organiser and the alliance."""

    why = serializers.CharField(read_only=True)
    attendance = AttendanceShown(source="shown", many=True, read_only=True)


class SessionBody(serializers.Serializer[Any]):
    """A session of the own institution."""

    title = serializers.CharField(max_length=100)
    topic = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    tier = serializers.ChoiceField(choices=Session.Tier.choices, required=False, default="", allow_blank=True)
    course = serializers.ChoiceField(
        choices=Session.Course.choices, required=False, default="", allow_blank=True
    )
    teacher = serializers.CharField(max_length=60)
    mode = serializers.ChoiceField(choices=Session.Mode.choices, required=False, default=Session.Mode.ONSITE)
    place = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    starts_at = serializers.DateTimeField(validators=[served])
    ends_at = serializers.DateTimeField(validators=[served])
    pass_mark = serializers.IntegerField(
        min_value=0, max_value=100, required=False, default=None, allow_null=True
    )

    def plan(self) -> Plan:
        """As the service takes it."""
        return Plan(**self.validated_data)


class PresenceBody(MemberBody):
    """One of the own staff by number."""

    staff = serializers.CharField(max_length=24)
    minutes = serializers.IntegerField(min_value=1, max_value=720)
    way = serializers.ChoiceField(choices=Attendance.Way.choices)
    points = serializers.IntegerField(
        min_value=0, max_value=100, required=False, default=None, allow_null=True
    )


class AttendanceBody(serializers.Serializer[Any]):
    """A list of the own staff; the same list may be sent again."""

    present = PresenceBody(many=True, allow_empty=False)

    def presences(self) -> list[Presence]:
        """As the service takes them."""
        return [Presence(**one) for one in self.validated_data["present"]]


class DeliveredShown(serializers.Serializer[Any]):
    """What a list brought."""

    new = serializers.IntegerField()
    known = serializers.IntegerField()


class SessionStepBody(serializers.Serializer[Any]):
    """close, or cancel with its reason."""

    version = serializers.IntegerField(required=False, min_value=1)
    why = serializers.CharField(required=False, default="", max_length=300, allow_blank=True)


class SessionConflict(serializers.Serializer[Any]):
    """409: the session as it is now, beside what was sent."""

    error = serializers.CharField()
    stored = SessionPage()
    sent = serializers.DictField()


class HoursShown(serializers.Serializer[Any]):
    """A primary doctor's year: minutes so far, hours the year asks for, whether they are reached."""

    staff = serializers.CharField(source="number", read_only=True)
    name = serializers.CharField(read_only=True)
    institution = serializers.CharField(source="code", read_only=True)
    minutes = serializers.IntegerField(read_only=True)
    least_hours = serializers.IntegerField(source="least", read_only=True)
    reached = serializers.BooleanField(read_only=True)
