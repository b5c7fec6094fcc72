"""Abnormal cases the liaisons reported, for other systems: read only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from alliance.web.rows_api import ReadRows, readers
from grouping.abnormal.models import VIEW, AbnormalReport, Kind


class AbnormalReportShown(serializers.Serializer[Any]):
    """One report and its answer; `case` is the id of the case."""

    id = serializers.IntegerField()
    case = serializers.IntegerField(source="case_id")
    record_no = serializers.CharField(source="case.record_no")
    institution = serializers.CharField(source="institution.code")
    department = serializers.CharField(source="department.code", default=None)
    kind = serializers.CharField()
    text = serializers.CharField()
    reported_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    finding = serializers.CharField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField()


class AbnormalReportRows(ReadRows):
    """The reports of the member's institution, or all, newest first."""

    model = AbnormalReport
    serializer_class: Any = AbnormalReportShown
    choices = {"state": AbnormalReport.State.values, "kind": Kind.values}
    named = "api.abnormal"

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = AbnormalReport.objects.visible_to(self.member).named()
        return rows


AbnormalReports, OneAbnormalReport = readers(AbnormalReportRows, "abnormal", VIEW)
