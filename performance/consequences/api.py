"""Letters and consequences for other systems: read only; what is decided is decided by people here."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import RowsView
from performance.models import Consequence, Letter
from performance.models.letters import VIEW


class LetterShown(serializers.Serializer[Any]):
    """One letter; `outcome` after its year, `progress` before, each promise with what it came to."""

    id = serializers.IntegerField()
    institution = serializers.CharField(source="institution.code")
    year = serializers.IntegerField()
    state = serializers.CharField()
    revision = serializers.IntegerField()
    digest = serializers.CharField()
    signed_at = serializers.DateTimeField()
    progress = serializers.JSONField()
    outcome = serializers.JSONField()


class ConsequenceShown(serializers.Serializer[Any]):
    """One consequence: percent as text, money in fen; `figures` hold what it rests on."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    institution = serializers.CharField(source="institution.code", default=None)
    department = serializers.CharField(source="department.code", default=None)
    staff = serializers.CharField(source="staff.code", default=None)
    period = serializers.CharField()
    state = serializers.CharField()
    found_percent = serializers.DecimalField(max_digits=6, decimal_places=2)
    percent = serializers.DecimalField(max_digits=6, decimal_places=2)
    base_fen = serializers.IntegerField()
    fen = serializers.IntegerField()
    figures = serializers.JSONField()
    since = serializers.JSONField()
    decided_at = serializers.DateTimeField()


class LetterRows(RowsView):
    """The letters of the member's institution, or all."""

    model = Letter
    serializer_class: Any = LetterShown

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Letter.objects.seen_by(self.member).select_related("institution")
        return rows

    def shown(self, row: Any) -> Any:
        return LetterShown(row).data


class Letters(LetterRows):
    """GET: commitment letters, newest year first."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="letters_list", responses=LetterShown(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(LetterShown(cast(Any, page), many=True).data)


class OneLetter(LetterRows):
    """GET: one letter."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="letters_read", responses=LetterShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(get_object_or_404(self.get_queryset(), pk=pk)))


class ConsequenceRows(RowsView):
    """The consequences of the member's institution and of the whole alliance, or all."""

    model = Consequence
    serializer_class: Any = ConsequenceShown

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Consequence.objects.seen_by(self.member).named()
        return rows

    def shown(self, row: Any) -> Any:
        return ConsequenceShown(row).data


class Consequences(ConsequenceRows):
    """GET: consequences, newest first."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="consequences_list", responses=ConsequenceShown(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(ConsequenceShown(cast(Any, page), many=True).data)


class OneConsequence(ConsequenceRows):
    """GET: one consequence."""

    permits = {"GET": VIEW}

    @extend_schema(operation_id="consequences_read", responses=ConsequenceShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(get_object_or_404(self.get_queryset(), pk=pk)))
