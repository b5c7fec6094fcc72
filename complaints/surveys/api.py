"""Results of counted surveys for other systems: sums of groups alone, nothing of fewer than five answers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.services import journal
from alliance.web.rows_api import RowsView
from complaints.surveys import visible
from complaints.surveys.models import Campaign, Result
from complaints.surveys.models.campaigns import FLOOR
from complaints.surveys.services.rights import VIEW

MONTH = OpenApiParameter("month", str, description="first month of the survey, 2026-10")


class SurveyResultShown(serializers.Serializer[Result]):
    """One measure of one place: points of 0 to 100 with their interval, or `why` there are none."""

    survey = serializers.IntegerField(source="campaign_id", read_only=True)
    kind = serializers.CharField(source="campaign.edition.questionnaire.kind", read_only=True)
    month = serializers.CharField(source="campaign.first", read_only=True)
    months = serializers.IntegerField(source="campaign.months", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    unit = serializers.CharField(source="department_code", read_only=True)
    measure = serializers.CharField(read_only=True)
    value = serializers.DecimalField(max_digits=8, decimal_places=4, read_only=True, allow_null=True)
    low = serializers.DecimalField(max_digits=8, decimal_places=4, read_only=True, allow_null=True)
    high = serializers.DecimalField(max_digits=8, decimal_places=4, read_only=True, allow_null=True)
    why = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()
    asked = serializers.IntegerField(read_only=True)
    persons = serializers.IntegerField(source="population", read_only=True)

    def get_answers(self, row: Result) -> int | None:
        """How many answered; null below five, and of a department or team whose points are not shown."""
        told = row.answers >= FLOOR and not (row.department_code and row.value is None)
        return row.answers if told else None

    def get_why(self, row: Result) -> str:
        """`few` or `hidden`; of a department or team that is not shown always `hidden`."""
        return Result.Why.HIDDEN.value if row.why and row.department_code else row.why


class SurveyResults(RowsView):
    """GET: points of institutions and their parts, of the own institution or of all, newest survey first."""

    model = Result
    serializer_class: Any = SurveyResultShown
    of_patients = False
    permits = {"GET": VIEW}

    def rows(self) -> QuerySet[Any]:
        """The same rows that the pages and their file show."""
        known = visible.surveys(self.member).filter(state=Campaign.State.CLOSED).values("pk")
        rows: QuerySet[Any] = Result.objects.filter(campaign__in=known, institution__isnull=False)
        here = self.member.institution_id
        rows = rows if here is None else rows.filter(institution=here)
        rows = rows.exclude(measure__contains="=").select_related(
            "institution", "campaign__edition__questionnaire"
        )
        return rows.order_by("-campaign__month", "-campaign", "institution__code", "department_code", "pk")

    @extend_schema(
        operation_id="survey_results_list", responses=SurveyResultShown(many=True), parameters=[MONTH]
    )
    def get(self, request: Request) -> Response:
        rows, month = self.get_queryset(), self.month_asked()
        journal.write(
            by=self.member, verb="survey.results_exported", request=request._request,
            list="api.survey-results",
        )  # fmt: skip
        return self.page_of(
            rows.filter(campaign__month=month.first_day) if month else rows, SurveyResultShown
        )
