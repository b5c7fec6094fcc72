"""Complaints for other systems of the house: list, take down, read, answer. Same services as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.services import journal
from alliance.web.rows_api import RowsView, step_body
from complaints.models import Complaint
from complaints.serializers import AnswerBody, ComplaintBody, ComplaintConflict, ComplaintLine, ComplaintPage
from complaints.services import filing, handling
from complaints.services.refusals import ComplaintRefused

STATE = OpenApiParameter("state", str, enum=Complaint.State.values)


class ComplaintView(RowsView):
    """What all addresses share: the complaints the member may know of; never a report of the sealed box."""

    model = Complaint
    serializer_class: Any = ComplaintPage
    of_patients = False  # the person is named nowhere; the reading itself is journaled below

    def rows(self) -> QuerySet[Complaint]:
        rows: QuerySet[Complaint] = Complaint.objects.visible_to(self.member).with_names()
        return rows.select_related("institution__parent").prefetch_related(
            "concerned", "answers", "additions"
        )

    def found(self, pk: int) -> Complaint:
        row: Complaint = super().found(pk)
        journal.write(by=self.member, verb="complaint.read", about=row, request=self.request._request)
        return row

    def shown(self, row: Complaint) -> Any:
        return ComplaintPage(self.rows().get(pk=row.pk), context={"member": self.member}).data


class Complaints(ComplaintView):
    """GET: complaints the member may know of, newest first. POST: take one down for a person."""

    permits = {"GET": "complaint.view", "POST": "complaint.enter"}

    @extend_schema(operation_id="complaints_list", responses=ComplaintLine(many=True), parameters=[STATE])
    def get(self, request: Request) -> Response:
        rows = Complaint.objects.visible_to(self.member).with_names()
        if state := request.query_params.get("state", ""):
            if state not in Complaint.State.values:
                raise ValidationError({"state": sorted(Complaint.State.values)})
            rows = rows.filter(state=state)
        return self.page_of(rows, ComplaintLine)

    @extend_schema(
        operation_id="complaints_file", request=ComplaintBody,
        responses={201: ComplaintLine, 200: OpenApiResponse(ComplaintLine, "the same key came before")},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A line comes back: who takes complaints down does not for that read those of the house."""
        body = ComplaintBody(data=request.data)
        body.is_valid(raise_exception=True)
        mark = f"api:{self.member.pk}:{body.validated_data['key']}"
        said = body.said()
        done = filing.file(by=self.member, said=said, mark=mark, now=timezone.now())
        if done.again and done.complaint.text != said.text.strip():
            raise ComplaintRefused("key_known", number=done.complaint.number)
        code = status.HTTP_200_OK if done.again else status.HTTP_201_CREATED
        return Response(ComplaintLine(done.complaint).data, status=code)


class OneComplaint(ComplaintView):
    """GET: one complaint; the reading is journaled first."""

    permits = {"GET": "complaint.view"}

    @extend_schema(operation_id="complaints_read", responses=ComplaintPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))


class Answering(ComplaintView):
    """POST: the first answer, or the result; which side and role may, the service decides."""

    permits = {"POST": "complaint.view"}
    step = "answer"

    @extend_schema(
        request=AnswerBody, responses={200: ComplaintPage, 409: OpenApiResponse(ComplaintConflict)}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = self.found(pk)
        said = step_body(AnswerBody, request)
        service = handling.answer if self.step == "answer" else handling.resolve
        done = service(by=self.member, complaint=row, now=timezone.now(), **said)
        return Response(self.shown(done))
