"""Opinions of third parties on the truth of a month, for other systems: read only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import INSTITUTION, ReadRows
from performance.verification.models import VIEW, Opinion


class OpinionShown(serializers.Serializer[Any]):
    """One opinion: what was drawn by which seed; verdict, reasons and digest once signed."""

    id = serializers.IntegerField()
    month = serializers.DateField()
    institution = serializers.CharField(source="institution.code")
    seed = serializers.CharField()
    size = serializers.IntegerField()
    population = serializers.IntegerField()
    drawn_at = serializers.DateTimeField()
    verdict = serializers.CharField()
    text = serializers.CharField()
    digest = serializers.CharField()
    signed_at = serializers.DateTimeField()


class OpinionRows(ReadRows):
    """The opinions the member may see."""

    model = Opinion
    serializer_class: Any = OpinionShown
    choices = {"verdict": Opinion.Verdict.values}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Opinion.objects.seen_by(self.member).named()
        return rows


class Opinions(OpinionRows):
    """GET: opinions, newest month first."""

    permits = {"GET": VIEW}

    @extend_schema(
        operation_id="verification_list", responses=OpinionShown(many=True),
        parameters=[INSTITUTION, OpenApiParameter("verdict", str, enum=Opinion.Verdict.values)],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return self.listed()


class OneOpinion(OpinionRows):
    """GET: one of them."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="verification_read", responses=OpinionShown)
    def get(self, request: Request, pk: int) -> Response:
        return self.one(pk)
