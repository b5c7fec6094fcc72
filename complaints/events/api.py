"""Patients' days and focus groups for other systems: read only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import INSTITUTION, ReadRows, readers
from complaints.events.models import VIEW, FocusGroup, PatientDay


class PatientDayShown(serializers.Serializer[Any]):
    """One monthly day of patients; counts once it was held."""

    id = serializers.IntegerField()
    institution = serializers.CharField(source="institution.code")
    month = serializers.DateField()
    planned_on = serializers.DateField()
    topic = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    held_on = serializers.DateField()
    visitors = serializers.IntegerField()
    asked = serializers.IntegerField()
    settled = serializers.IntegerField()


class PatientDayRows(ReadRows):
    """The days of the member's institution, or all, newest first."""

    model = PatientDay
    serializer_class: Any = PatientDayShown
    choices = {"state": PatientDay.State.values}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = PatientDay.objects.visible_to(self.member).named()
        return rows


PatientDays, OnePatientDay = readers(PatientDayRows, "patient_days", VIEW)


class FocusGroupShown(serializers.Serializer[Any]):
    """One focus group: how many of whom, what follows until when; the findings stand on its page."""

    id = serializers.IntegerField()
    institution = serializers.CharField(source="institution.code")
    held_on = serializers.DateField()
    topic = serializers.CharField()
    inpatients = serializers.IntegerField()
    outpatients = serializers.IntegerField()
    families = serializers.IntegerField()
    staff = serializers.IntegerField()
    follow_up = serializers.CharField()
    due_on = serializers.DateField()
    done_at = serializers.DateTimeField()


class FocusGroups(ReadRows):
    """GET: focus groups, newest first."""

    model = FocusGroup
    serializer_class: Any = FocusGroupShown
    permits = {"GET": VIEW}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = FocusGroup.objects.visible_to(self.member).named()
        return rows

    @extend_schema(
        operation_id="focus_groups_list", responses=FocusGroupShown(many=True), parameters=[INSTITUTION]
    )
    def get(self, request: Request) -> Response:
        return self.listed()
