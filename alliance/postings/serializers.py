"""What the API of postings takes and gives; alliance, state and times are never written."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alliance.postings.models import Posting, Visit


class _Stepped(serializers.Serializer[Any]):
    """Rows with a machine: the steps the member may take now."""

    id = serializers.IntegerField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)

    def get_steps(self, row: Any) -> list[str]:
        return [step.name for step in row.steps_for(self.context["member"])]


class PostingLine(_Stepped):
    """An agreement in a list; institutions and experts by their codes."""

    kind = serializers.CharField(read_only=True)
    expert = serializers.CharField(source="staff.code", read_only=True)
    expert_name = serializers.CharField(source="staff.name", read_only=True)
    sender = serializers.CharField(source="sender.code", read_only=True)
    host = serializers.CharField(source="host.code", read_only=True)
    backbone = serializers.BooleanField(read_only=True)
    first_day = serializers.DateField(read_only=True)
    last_day = serializers.DateField(read_only=True)
    weekdays = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    morning = serializers.BooleanField(read_only=True)
    afternoon = serializers.BooleanField(read_only=True)


class PostingPage(PostingLine):
    """An agreement with everything both sides wrote; the allowance in fen for half a day."""

    purpose = serializers.CharField(read_only=True)
    allowance_fen = serializers.IntegerField(read_only=True)
    ended_on = serializers.DateField(read_only=True, allow_null=True)
    why = serializers.CharField(read_only=True)
    steps = serializers.SerializerMethodField()


class DayLine(_Stepped):
    """One expert, one day, one host; teaching in minutes."""

    posting = serializers.IntegerField(source="posting_id", read_only=True)
    expert = serializers.CharField(source="staff.code", read_only=True)
    expert_name = serializers.CharField(source="staff.name", read_only=True)
    sender = serializers.CharField(source="posting.sender.code", read_only=True)
    host = serializers.CharField(source="posting.host.code", read_only=True)
    day = serializers.DateField(read_only=True)
    morning = serializers.BooleanField(read_only=True)
    afternoon = serializers.BooleanField(read_only=True)
    patients_seen = serializers.IntegerField(read_only=True, allow_null=True)
    teaching_minutes = serializers.IntegerField(read_only=True, allow_null=True)
    retained = serializers.IntegerField(read_only=True, allow_null=True)
    absence = serializers.CharField(read_only=True)


class DayPage(DayLine):
    """One day with what was noted on it."""

    note = serializers.CharField(read_only=True)
    why = serializers.CharField(read_only=True)
    checked_in_at = serializers.DateTimeField(read_only=True, allow_null=True)
    checked_out_at = serializers.DateTimeField(read_only=True, allow_null=True)
    steps = serializers.SerializerMethodField()


class DayBody(serializers.Serializer[Any]):
    """One step of a day: figures for report and confirm, `absence` and `why` for the others."""

    version = serializers.IntegerField(required=False, min_value=1)
    patients_seen = serializers.IntegerField(required=False, min_value=0, max_value=10_000)
    teaching_minutes = serializers.IntegerField(required=False, min_value=0, max_value=1_440)
    retained = serializers.IntegerField(required=False, min_value=0, max_value=10_000)
    note = serializers.CharField(required=False, default="", max_length=300, allow_blank=True)
    absence = serializers.ChoiceField(choices=Visit.Absence.choices, required=False, default="")
    why = serializers.CharField(required=False, default="", max_length=300, allow_blank=True)


class PostingQuery(serializers.Serializer[Posting]):
    """Conditions of the list."""

    state = serializers.ChoiceField(choices=Posting.State.choices, required=False)


class DayQuery(serializers.Serializer[Visit]):
    """Conditions of the list of days."""

    state = serializers.ChoiceField(choices=Visit.State.choices, required=False)


class DayConflict(serializers.Serializer[Any]):
    """409: the day as it is now, beside what was sent."""

    error = serializers.CharField()
    stored = DayPage()
    sent = serializers.DictField()
