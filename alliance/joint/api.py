"""Joint work for a hospital's own system: persons and their steps, cases of appropriate techniques."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.joint import services
from alliance.joint.models import Enrolment, Milestone, TechniqueCase
from alliance.joint.serializers import (
    FinishBody,
    JointPersonConflict,
    JointPersonLine,
    JointPersonPage,
    TechniqueCaseBody,
    TechniqueCaseShown,
)
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web.rows_api import RowsView, step_body


class PersonView(RowsView):
    """The persons the member's institution looks after together with another."""

    model = Enrolment
    serializer_class: Any = JointPersonPage
    permits = {"GET": "joint.view"}

    def rows(self) -> QuerySet[Enrolment]:
        rows: QuerySet[Enrolment] = Enrolment.objects.visible_to(self.member).with_names()
        return rows

    def shown(self, row: Enrolment) -> Any:
        steps = Milestone.objects.select_related("done_by").order_by("number")
        rows = self.rows().prefetch_related(Prefetch("milestones", queryset=steps))
        return JointPersonPage(rows.get(pk=row.pk), context={"member": self.member}).data


class JointPersons(PersonView):
    """GET: persons, the latest first, names masked."""

    @extend_schema(operation_id="joint_persons_list", responses=JointPersonLine(many=True))
    def get(self, request: Request) -> Response:
        journal.write(by=self.member, verb="patient.listed", request=request._request, list="api.joint")
        return self.page_of(self.get_queryset(), JointPersonLine)


class OneJointPerson(PersonView):
    """GET: one person with every step."""

    @extend_schema(operation_id="joint_persons_read", responses=JointPersonPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))


class FinishStep(PersonView):
    """POST: a step of the own side is done; `pk` is the step's."""

    permits = {"POST": "joint.enrol"}

    @extend_schema(
        operation_id="joint_steps_finish", request=FinishBody,
        responses={200: JointPersonPage, 409: OpenApiResponse(JointPersonConflict)},
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        step = get_object_or_404(Milestone.objects.visible_to(self.member).with_names(), pk=pk)
        person = self.found(step.enrolment_id)
        said = step_body(FinishBody, request, member=self.member)
        try:
            services.finish(
                by=self.member, milestone=step, day=said["done_on"], doctor=said["staff"], note=said["note"],
                now=timezone.now(), version=said.get("version"),
            )  # fmt: skip
        except Stale:
            raise Stale(person) from None
        return Response(self.shown(person))


class TechniqueCases(RowsView):
    """GET: cases done or paid by the member's institution. POST: enter one; a second person confirms it."""

    model = TechniqueCase
    serializer_class: Any = TechniqueCaseShown
    permits = {"GET": "joint.view", "POST": "joint.perform"}

    def rows(self) -> QuerySet[TechniqueCase]:
        rows: QuerySet[TechniqueCase] = TechniqueCase.objects.visible_to(self.member).with_names()
        return rows

    @extend_schema(
        operation_id="technique_cases_list", responses=TechniqueCaseShown(many=True),
        parameters=[OpenApiParameter("month", str, description="2026-11")],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        journal.write(by=self.member, verb="patient.listed", request=request._request, list="api.techniques")
        rows = self.get_queryset()
        if month := self.month_asked():
            rows = rows.filter(day__range=(month.first_day, month.last_day))
        return self.page_of(rows, TechniqueCaseShown)

    @extend_schema(
        operation_id="technique_cases_enter", request=TechniqueCaseBody, responses={201: TechniqueCaseShown}
    )
    def post(self, request: Request) -> Response:
        body = TechniqueCaseBody(data=request.data, context={"member": self.member})
        body.is_valid(raise_exception=True)
        made = services.perform(
            by=self.member, technique=body.validated_data["technique"], case=body.performed(),
            now=timezone.now(),
        )  # fmt: skip
        return Response(TechniqueCaseShown(self.rows().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)
