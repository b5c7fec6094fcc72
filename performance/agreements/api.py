"""Agreements for other systems: read only; an institution reads its own once signed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import INSTITUTION, ReadRows
from performance.agreements.models import VIEW, Agreement


class AgreementShown(serializers.Serializer[Any]):
    """One agreement; it holds to `ends`, or to `last_day` where it was ended before."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    institution = serializers.CharField(source="institution.code")
    party = serializers.CharField()
    party_name = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    begins = serializers.DateField()
    ends = serializers.DateField()
    last_day = serializers.DateField()
    state = serializers.CharField()
    version = serializers.IntegerField()


class AgreementRows(ReadRows):
    """The agreements the member may see."""

    model = Agreement
    serializer_class: Any = AgreementShown
    choices = {"state": Agreement.State.values, "kind": Agreement.Kind.values}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Agreement.objects.seen_by(self.member).named()
        return rows


class Agreements(AgreementRows):
    """GET: agreements, newest first."""

    permits = {"GET": VIEW}

    @extend_schema(
        operation_id="agreements_list", responses=AgreementShown(many=True),
        parameters=[
            INSTITUTION, OpenApiParameter("state", str, enum=Agreement.State.values),
            OpenApiParameter("kind", str, enum=Agreement.Kind.values),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return self.listed()


class OneAgreement(AgreementRows):
    """GET: one of them."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="agreements_read", responses=AgreementShown)
    def get(self, request: Request, pk: int) -> Response:
        return self.one(pk)
