"""Tolerance cases for other systems: read only, those the member takes part in or runs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import INSTITUTION, ReadRows
from performance.tolerance.models import VIEW, ToleranceCase


class ToleranceCaseShown(serializers.Serializer[Any]):
    """One case: no statement, no opinion; the decision once there is one."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.CharField()
    institution = serializers.CharField(source="institution.code")
    department = serializers.CharField(source="department.code", default=None)
    happened_on = serializers.DateField()
    pathway = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    outcome = serializers.CharField()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField()


class ToleranceCaseRows(ReadRows):
    """The cases the member takes part in, or runs."""

    model = ToleranceCase
    serializer_class: Any = ToleranceCaseShown
    choices = {"state": ToleranceCase.State.values, "kind": ToleranceCase.Kind.values}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = ToleranceCase.objects.seen_by(self.member).named()
        return rows


class ToleranceCases(ToleranceCaseRows):
    """GET: tolerance cases, newest first."""

    permits = {"GET": VIEW}

    @extend_schema(
        operation_id="tolerance_list", responses=ToleranceCaseShown(many=True),
        parameters=[
            INSTITUTION, OpenApiParameter("state", str, enum=ToleranceCase.State.values),
            OpenApiParameter("kind", str, enum=ToleranceCase.Kind.values),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return self.listed()


class OneToleranceCase(ToleranceCaseRows):
    """GET: one of them."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="tolerance_read", responses=ToleranceCaseShown)
    def get(self, request: Request, pk: int) -> Response:
        return self.one(pk)
