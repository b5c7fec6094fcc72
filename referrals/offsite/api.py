"""Filings of care elsewhere for other systems: read only, no name, no number of a person."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import INSTITUTION, ReadRows
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
    """The filings of the member's institution, or all."""

    model = Filing
    serializer_class: Any = FilingShown
    choices = {"state": Filing.State.values, "kind": Kind.values}
    named = "api.offsite"

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Filing.objects.visible_to(self.member).named()
        return rows


class Filings(FilingRows):
    """GET: filings of care elsewhere, newest first."""

    permits = {"GET": VIEW}

    @extend_schema(
        operation_id="offsite_list", responses=FilingShown(many=True),
        parameters=[
            INSTITUTION, OpenApiParameter("state", str, enum=Filing.State.values),
            OpenApiParameter("kind", str, enum=Kind.values),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return self.listed()


class OneFiling(FilingRows):
    """GET: one of them."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="offsite_read", responses=FilingShown)
    def get(self, request: Request, pk: int) -> Response:
        return self.one(pk)
