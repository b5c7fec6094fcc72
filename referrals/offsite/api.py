"""Filings of care elsewhere for other systems: read only, no name, no number of a person."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from alliance.web.rows_api import ReadRows, readers
from referrals.offsite.models import VIEW, Filing, Kind


class FilingShown(serializers.Serializer[Any]):
    """One filing; `filed` in state means the desk gave its number."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    institution = serializers.CharField(source="institution.code")
    channel = serializers.CharField()
    kind = serializers.CharField()
    insurance = serializers.CharField()
    city = serializers.CharField()
    hospital = serializers.CharField()
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    received_at = serializers.DateTimeField()


class FilingRows(ReadRows):
    """The filings of the member's institution, or all, newest first."""

    model = Filing
    serializer_class: Any = FilingShown
    choices = {"state": Filing.State.values, "kind": Kind.values}
    named = "api.offsite"

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Filing.objects.visible_to(self.member).named()
        return rows


Filings, OneFiling = readers(FilingRows, "offsite", VIEW)
