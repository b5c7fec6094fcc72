"""MDT records for other systems: read only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from alliance.web.rows_api import ReadRows, readers
from referrals.mdt.models import VIEW, MdtMeeting


class MdtShown(serializers.Serializer[Any]):
    """One record; estimates in fen."""

    id = serializers.IntegerField()
    institution = serializers.CharField(source="institution.code")
    department = serializers.CharField(source="department.code", default=None)
    record_no = serializers.CharField()
    question = serializers.CharField()
    starts_at = serializers.DateTimeField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    held_on = serializers.DateField()
    fund_fen = serializers.IntegerField()
    own_fen = serializers.IntegerField()


class MdtRows(ReadRows):
    """The records of the member's institution, or all, newest first."""

    model = MdtMeeting
    serializer_class: Any = MdtShown
    choices = {"state": MdtMeeting.State.values}
    named = "api.mdt"

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = MdtMeeting.objects.visible_to(self.member).named()
        return rows


Mdts, OneMdt = readers(MdtRows, "mdt", VIEW)
