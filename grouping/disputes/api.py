"""Disputes for programs: list the own ones, file one. Same service, same rules as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import RowsView
from grouping.disputes import forms, services, show
from grouping.models import Dispute
from grouping.services import schemes


class DisputeLine(serializers.ModelSerializer[Dispute]):
    """One dispute as its list shows it."""

    class Meta:
        model = Dispute
        fields = ("id", "about", "code", "state", "text", "filed_at", "due_at", "answer", "unchanged")
        read_only_fields = fields


class DisputeBody(serializers.Serializer[Any]):
    """A dispute on a code of the scheme in force today."""

    about = serializers.ChoiceField(forms.ABOUT)
    code = serializers.CharField(max_length=40)
    text = serializers.CharField(min_length=4, max_length=2000)


class Disputes(RowsView):
    """GET: own disputes, newest first. POST: file one."""

    permits = {"GET": "dispute.view", "POST": "dispute.file"}
    model = Dispute
    serializer_class: Any = DisputeLine

    def rows(self) -> QuerySet[Dispute]:
        rows: QuerySet[Dispute] = Dispute.objects.visible_to(self.member)
        return rows

    @extend_schema(operation_id="disputes_list", responses=DisputeLine(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.rows())
        return self.get_paginated_response(DisputeLine(page, many=True).data)

    @extend_schema(operation_id="disputes_file", request=DisputeBody, responses={201: DisputeLine})
    def post(self, request: Request) -> Response:
        body = DisputeBody(data=request.data)
        body.is_valid(raise_exception=True)
        now, data = timezone.now(), body.validated_data
        try:
            scheme = schemes.in_force(timezone.localdate(now))
        except schemes.NoScheme:
            raise ValidationError({"code": [_("No scheme is in force today.")]}) from None
        if data["code"] not in show.known_codes(schemes.package(scheme)):
            raise ValidationError({"code": [_("The scheme has no MDC, ADRG, DRG or list of this name.")]})
        made = services.file_dispute(by=self.member, scheme=scheme, now=now, way=Dispute.Way.API, **data)
        return Response(DisputeLine(made).data, status=status.HTTP_201_CREATED)
