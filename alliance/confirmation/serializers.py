"""What the API of mutual confirmation takes and gives; institutions by their codes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alliance.confirmation.models import Statement
from alliance.confirmation.services import Objection


class MonthShown(serializers.Serializer[Any]):
    """A month with the lines of the member's institution, as last counted."""

    month = serializers.CharField(source="__str__", read_only=True)
    opened_at = serializers.DateTimeField(read_only=True)
    due_at = serializers.DateTimeField(read_only=True)
    lines = serializers.IntegerField(source="lines_seen", read_only=True)
    agreed = serializers.IntegerField(read_only=True)
    differences = serializers.IntegerField(read_only=True)


class LineShown(serializers.Serializer[Any]):
    """One kind of record between two institutions, counted now; `units`: minutes, half days or 0."""

    id = serializers.IntegerField(source="line.pk", read_only=True)
    kind = serializers.CharField(source="line.kind", read_only=True)
    giver = serializers.CharField(source="line.giver.code", read_only=True)
    taker = serializers.CharField(source="line.taker.code", read_only=True)
    count = serializers.IntegerField(read_only=True)
    units = serializers.IntegerField(source="standing.counted.units", read_only=True)
    pending = serializers.IntegerField(read_only=True)
    state = serializers.CharField(source="standing.state", read_only=True)
    giver_said = serializers.CharField(source="giver_word", read_only=True)
    taker_said = serializers.CharField(source="taker_word", read_only=True)
    due_at = serializers.DateTimeField(source="standing.due_at", read_only=True)
    closed = serializers.BooleanField(source="standing.closed", read_only=True)
    waits_for_us = serializers.BooleanField(source="mine", read_only=True)


class RecordShown(serializers.Serializer[Any]):
    """One record behind a line, without a patient's data."""

    id = serializers.IntegerField(source="pk", read_only=True)
    name = serializers.CharField(read_only=True)
    at = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)


class LinePage(LineShown):
    """A line with the records behind it; `seen` goes back with a word about exactly these records."""

    seen = serializers.CharField(read_only=True)
    records = RecordShown(many=True, read_only=True)


class WordBody(serializers.Serializer[Any]):
    """A word of the own side: `seen` alone confirms, the rest says what is different."""

    seen = serializers.CharField(max_length=120)
    own_count = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)
    own_units = serializers.IntegerField(
        required=False, min_value=0, max_value=1_000_000, default=None, allow_null=True
    )
    reason = serializers.ChoiceField(choices=Statement.Reason.choices, required=False, default="")
    text = serializers.CharField(required=False, default="", max_length=500, allow_blank=True)
    records = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, default=list, max_length=10_000
    )

    def objection(self) -> Objection:
        """What the side counts."""
        said = self.validated_data
        return Objection(
            said.get("own_count", -1), said["reason"], said["text"], said["own_units"], tuple(said["records"])
        )


class LineConflict(serializers.Serializer[Any]):
    """409: the line as it is now, beside what was sent."""

    error = serializers.CharField()
    stored = LinePage()
    sent = serializers.DictField()
