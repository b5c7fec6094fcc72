"""Training for a hospital's own system: sessions, attendance as a list, the hours of the year."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.training import facts, services
from alliance.training.models import Attendance, Session, attendances_for
from alliance.training.serializers import (
    AttendanceBody,
    DeliveredShown,
    HoursShown,
    SessionBody,
    SessionConflict,
    SessionLine,
    SessionPage,
    SessionStepBody,
)
from alliance.web.rows_api import RowsView, step_body


class SessionView(RowsView):
    """Sessions are open to all; who took part is shown to each institution for its own staff."""

    model = Session
    serializer_class: Any = SessionPage
    of_patients = False
    permits = {"GET": "training.view", "POST": "training.organise"}

    def rows(self) -> QuerySet[Session]:
        rows: QuerySet[Session] = Session.objects.select_related("organiser")
        return rows

    def shown(self, row: Session) -> Any:
        seen = attendances_for(self.member).filter(voided_at=None)
        rows = self.rows().prefetch_related(
            Prefetch("attendances", queryset=seen.select_related("staff__institution"), to_attr="shown")
        )
        return SessionPage(rows.get(pk=row.pk)).data


class Sessions(SessionView):
    """GET: sessions, the latest first. POST: plan one of the own institution."""

    @extend_schema(operation_id="training_sessions_list", responses=SessionLine(many=True))
    def get(self, request: Request) -> Response:
        return self.page_of(self.get_queryset(), SessionLine)

    @extend_schema(operation_id="training_sessions_plan", request=SessionBody, responses={201: SessionPage})
    def post(self, request: Request) -> Response:
        body = SessionBody(data=request.data)
        body.is_valid(raise_exception=True)
        made = services.plan(by=self.member, plan=body.plan())
        return Response(self.shown(made), status=status.HTTP_201_CREATED)


class OneSession(SessionView):
    """GET: one session."""

    permits = {"GET": "training.view"}

    @extend_schema(operation_id="training_sessions_read", responses=SessionPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))


class Presences(SessionView):
    """POST: the own staff who took part, whole or not at all; the same list again changes nothing."""

    permits = {"POST": "training.attend"}

    @extend_schema(
        operation_id="training_attendance", request=AttendanceBody, responses={200: DeliveredShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        session = self.found(pk)
        body = AttendanceBody(data=request.data, context={"member": self.member})
        body.is_valid(raise_exception=True)
        done = services.deliver(by=self.member, session=session, present=body.presences(), now=timezone.now())
        return Response(DeliveredShown(done).data)


class SessionStep(SessionView):
    """POST: the organiser closes the list, or cancels the session."""

    permits = {"POST": "training.organise"}

    @extend_schema(
        operation_id="training_sessions_step", request=SessionStepBody,
        responses={200: SessionPage, 409: OpenApiResponse(SessionConflict)},
    )  # fmt: skip
    def post(self, request: Request, pk: int, step: str) -> Response:
        if step not in ("close", "cancel"):
            raise Http404
        session, said = self.found(pk), step_body(SessionStepBody, request)
        given = {"by": self.member, "session": session, "version": said.get("version")}
        if step == "close":
            return Response(self.shown(services.close(now=timezone.now(), **given)))
        return Response(self.shown(services.cancel(why=said["why"], **given)))


class YearHours(RowsView):
    """GET: hours of the year of the own primary doctors, of all for the alliance; fewest first."""

    model = Attendance
    serializer_class: Any = HoursShown
    permits = {"GET": "training.view"}

    @extend_schema(operation_id="training_hours", responses=HoursShown(many=True))
    def get(self, request: Request) -> Response:
        rows = facts.hours_of(timezone.localdate(), institution_id=self.member.institution_id)
        return self.page_of(rows, HoursShown)
