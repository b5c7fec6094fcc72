"""On-site visits for other systems: what was found, read only."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import RowsView
from performance.models import OnsiteVisit
from performance.onsite import words


class VisitShown(serializers.ModelSerializer[OnsiteVisit]):
    """A visit and its score."""

    institution = serializers.CharField(source="institution.code")
    quarter = serializers.CharField(source="span")
    checklist = serializers.CharField(source="checklist.code")
    checklist_version = serializers.IntegerField(source="checklist.number")

    class Meta:
        model = OnsiteVisit
        fields = ("id", "institution", "quarter", "planned_on", "checklist", "checklist_version", "state",
                  "signed_at", "points", "full", "percent", "capped")  # fmt: skip
        read_only_fields = fields


class ItemShown(serializers.Serializer[Any]):
    """An item as it was signed."""

    item = serializers.CharField()
    outcome = serializers.CharField()
    full = serializers.DecimalField(max_digits=8, decimal_places=4)
    points = serializers.DecimalField(source="now", max_digits=8, decimal_places=4, allow_null=True)
    units = serializers.IntegerField()
    failed = serializers.IntegerField()
    said = serializers.SerializerMethodField()

    def get_said(self, row: Any) -> str:
        """The findings in one line."""
        return words.said(row.answer.answer.content)


class VisitWhole(VisitShown):
    """A visit with its items."""

    items = serializers.SerializerMethodField()

    class Meta(VisitShown.Meta):
        fields = (*VisitShown.Meta.fields, "items")
        read_only_fields = fields

    @extend_schema(responses=ItemShown(many=True))
    def get_items(self, row: OnsiteVisit) -> list[dict[str, Any]]:
        """Empty until it is signed."""
        found = row.results.select_related("answer")  # type: ignore[attr-defined]
        return list(ItemShown(found, many=True).data)


class VisitsView(RowsView):
    """The visits a member sees."""

    model = OnsiteVisit
    serializer_class: Any = VisitShown
    permits = {"GET": "onsite.view"}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = OnsiteVisit.objects.seen_by(self.member).named()
        return rows


class Visits(VisitsView):
    """GET: visits, the newest first."""

    @extend_schema(operation_id="onsite_list", responses=VisitShown(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(VisitShown(cast(Any, page), many=True).data)


class OneVisit(VisitsView):
    """GET: one visit with its items."""

    @extend_schema(operation_id="onsite_read", responses=VisitWhole)
    def get(self, request: Request, pk: int) -> Response:
        return Response(VisitWhole(get_object_or_404(self.get_queryset(), pk=pk)).data)
