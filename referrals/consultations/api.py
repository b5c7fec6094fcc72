"""Consultations for programs: list, ask, read, change, act. Same services, same rules as the pages."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.services import journal, people
from alliance.web.rows_api import RowsView
from referrals.consultations import services
from referrals.consultations.models import Consultation
from referrals.consultations.serializers import (
    AskBody,
    ChangeBody,
    ConsultationConflict,
    ConsultationLine,
    ConsultationPage,
    StepBody,
)

TAKEN = OpenApiResponse(ConsultationConflict)


class ConsultationView(RowsView):
    """What all addresses share: the consultations the member's institution asked or answers."""

    model = Consultation
    serializer_class: Any = ConsultationPage

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Consultation.objects.visible_to(self.member).with_names()
        return rows

    def shown(self, row: Any) -> Any:
        fresh = self.rows().get(pk=row.pk)
        return ConsultationPage(fresh, context={"member": self.member}).data


class Consultations(ConsultationView):
    """GET: own consultations, newest first, names masked. POST: ask for one."""

    permits = {"GET": "consultation.view", "POST": "consultation.ask"}

    @extend_schema(operation_id="consultations_list", responses=ConsultationLine(many=True))
    def get(self, request: Request) -> Response:
        journal.write(
            by=self.member, verb="patient.listed", request=request._request, list="api.consultations"
        )
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(ConsultationLine(cast(Any, page), many=True).data)

    @extend_schema(operation_id="consultations_ask", request=AskBody, responses={201: ConsultationPage})
    def post(self, request: Request) -> Response:
        body = AskBody(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            person = people.find_or_create(by=self.member, **body.validated_data["patient"])
            made = services.ask(by=self.member, person=person, question=body.content(), now=timezone.now())
        return Response(self.shown(made), status=status.HTTP_201_CREATED)


class OneConsultation(ConsultationView):
    """GET: one consultation. PATCH: change the question; a returned one is sent again by it."""

    permits = {"GET": "consultation.view", "PATCH": "consultation.ask"}

    @extend_schema(operation_id="consultations_read", responses=ConsultationPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))

    @extend_schema(
        operation_id="consultations_change", request=ChangeBody,
        responses={200: ConsultationPage, 409: TAKEN},
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> Response:
        row = self.found(pk)
        body = ChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        changed = services.amend(
            by=self.member, consultation=row, question=body.over(row),
            version=body.validated_data["version"], now=timezone.now(),
        )  # fmt: skip
        return Response(self.shown(changed))


class Act(ConsultationView):
    """POST: take one step of the machine; which side and role may, the service decides."""

    permits = {"POST": "consultation.view"}
    step = "accept"

    @extend_schema(request=StepBody, responses={200: ConsultationPage, 409: TAKEN})
    def post(self, request: Request, pk: int) -> Response:
        row = self.found(pk)
        body = StepBody(data=request.data)
        body.is_valid(raise_exception=True)
        moved = services.STEPS[self.step](
            by=self.member, consultation=row, now=timezone.now(), **body.arguments(self.step, row)
        )
        return Response(self.shown(moved))
