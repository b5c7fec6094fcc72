"""Declared values for other systems: deliver a number with its evidence, read how far it has come."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import RowsView
from performance.declared import services
from performance.declared.serializers import ValueBody, ValueShown
from performance.declared.services.proving import attach, keep
from performance.models import DeclaredValue


class ValuesView(RowsView):
    """What both addresses share: the values of the member's institution, or all."""

    model = DeclaredValue
    serializer_class: Any = ValueShown

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = DeclaredValue.objects.seen_by(self.member).select_related("institution")
        return rows

    def shown(self, row: Any) -> Any:
        return ValueShown(self.rows().get(pk=row.pk)).data


class Values(ValuesView):
    """GET: declared values, newest period first. POST: deliver one; a second person confirms it."""

    permits = {"GET": "declared.view", "POST": "declared.enter"}

    @extend_schema(operation_id="declared_list", responses=ValueShown(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(ValueShown(cast(Any, page), many=True).data)

    @extend_schema(operation_id="declared_deliver", request=ValueBody, responses={201: ValueShown})
    def post(self, request: Request) -> Response:
        body, now = ValueBody(data=request.data), timezone.now()
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            entry = body.entry(self.member)
            made = services.enter(by=self.member, entries=[entry], now=now)
            kept = keep(by=self.member, place=entry.place.institution, uploads=body.uploads())
            attach(by=self.member, values=made, kept=kept, now=now)
            row = services.submit(by=self.member, row=made[0], now=now)
        return Response(self.shown(row), status=status.HTTP_201_CREATED)


class OneValue(ValuesView):
    """GET: one value and how far it has come."""

    permits = {"GET": "declared.view"}

    @extend_schema(operation_id="declared_read", responses=ValueShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(get_object_or_404(self.get_queryset(), pk=pk)))
