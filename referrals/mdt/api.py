"""MDT records for other systems: read only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import INSTITUTION, ReadRows
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
    """The records of the member's institution, or all."""

    model = MdtMeeting
    serializer_class: Any = MdtShown
    choices = {"state": MdtMeeting.State.values}
    named = "api.mdt"

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = MdtMeeting.objects.visible_to(self.member).named()
        return rows


class Mdts(MdtRows):
    """GET: MDT records, newest first."""

    permits = {"GET": VIEW}

    @extend_schema(
        operation_id="mdt_list", responses=MdtShown(many=True),
        parameters=[INSTITUTION, OpenApiParameter("state", str, enum=MdtMeeting.State.values)],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return self.listed()


class OneMdt(MdtRows):
    """GET: one of them."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="mdt_read", responses=MdtShown)
    def get(self, request: Request, pk: int) -> Response:
        return self.one(pk)
