"""Postings for a hospital's own roster: agreements, days, what was done on them, the host's confirmation."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.postings import services
from alliance.postings.models import Posting, Visit
from alliance.postings.serializers import (
    DayBody,
    DayConflict,
    DayLine,
    DayPage,
    DayQuery,
    PostingLine,
    PostingPage,
    PostingQuery,
)
from alliance.web.rows_api import RowsView, step_body

FIGURES = ("patients_seen", "teaching_minutes", "retained")
STATE = OpenApiParameter("state", str)
MONTH = OpenApiParameter("month", str, description="2026-11")


class PostingView(RowsView):
    """The agreements the member's institution sends or hosts."""

    model = Posting
    serializer_class: Any = PostingPage
    of_patients = False
    permits = {"GET": "posting.view"}

    def rows(self) -> QuerySet[Posting]:
        rows: QuerySet[Posting] = Posting.objects.visible_to(self.member).with_names()
        return rows

    def shown(self, row: Posting) -> Any:
        return PostingPage(row, context={"member": self.member}).data


class Postings(PostingView):
    """GET: agreements, the latest first."""

    @extend_schema(operation_id="postings_list", responses=PostingLine(many=True), parameters=[STATE])
    def get(self, request: Request) -> Response:
        asked = PostingQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return self.page_of(self.get_queryset().filter(**asked.validated_data), PostingLine)


class OnePosting(PostingView):
    """GET: one agreement."""

    @extend_schema(operation_id="postings_read", responses=PostingPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))


class DayView(RowsView):
    """The days of postings the member's institution sends or hosts."""

    model = Visit
    serializer_class: Any = DayPage
    of_patients = False
    permits = {"GET": "posting.view", "POST": "posting.view"}

    def rows(self) -> QuerySet[Visit]:
        rows: QuerySet[Visit] = Visit.objects.visible_to(self.member).with_names()
        return rows

    def shown(self, row: Visit) -> Any:
        return DayPage(self.rows().get(pk=row.pk), context={"member": self.member}).data


class Days(DayView):
    """GET: days, the latest first; of one month or state where the address names it."""

    @extend_schema(operation_id="posting_days_list", responses=DayLine(many=True), parameters=[STATE, MONTH])
    def get(self, request: Request) -> Response:
        asked = DayQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = self.get_queryset().filter(**asked.validated_data)
        if month := self.month_asked():
            rows = rows.filter(day__range=(month.first_day, month.last_day))
        return self.page_of(rows.order_by("-day", "-pk"), DayLine)


class OneDay(DayView):
    """GET: one day."""

    @extend_schema(operation_id="posting_days_read", responses=DayPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))


class DayStep(DayView):
    """POST: report, confirm, dispute or absent; which side and role may, the service decides."""

    @extend_schema(
        operation_id="posting_days_step", request=DayBody,
        responses={200: DayPage, 409: OpenApiResponse(DayConflict)},
    )  # fmt: skip
    def post(self, request: Request, pk: int, step: str) -> Response:
        take = STEPS.get(step)
        if take is None:
            raise Http404
        row = self.found(pk)
        said = step_body(DayBody, request)
        return Response(self.shown(take(said, by=self.member, visit=row, version=said.get("version"))))


def _figures(said: dict[str, Any]) -> services.Figures | None:
    """The figures of a body, all three; None where it has none of them."""
    if not said.keys() & set(FIGURES):
        return None
    if not set(FIGURES) <= said.keys():
        raise services.PostingRefused("figures")
    return services.Figures(**{name: said[name] for name in FIGURES}, note=said["note"])


def _report(said: dict[str, Any], **given: Any) -> Visit:
    figures = _figures(said)
    if figures is None:
        raise services.PostingRefused("figures")
    return services.report(figures=figures, now=timezone.now(), **given)


def _confirm(said: dict[str, Any], **given: Any) -> Visit:
    return services.confirm(figures=_figures(said), now=timezone.now(), **given)


def _dispute(said: dict[str, Any], **given: Any) -> Visit:
    return services.dispute(why=said["why"], **given)


def _absent(said: dict[str, Any], **given: Any) -> Visit:
    return services.absent(absence=said["absence"], why=said["why"], **given)


STEPS = {"report": _report, "confirm": _confirm, "dispute": _dispute, "absent": _absent}
