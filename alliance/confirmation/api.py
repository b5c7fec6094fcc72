"""Mutual confirmation for a hospital's own system: months, lines, the records behind, a word about them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.confirmation import countables, services
from alliance.confirmation.models import Line, Round
from alliance.confirmation.serializers import (
    LineConflict,
    LinePage,
    LineShown,
    MonthShown,
    RecordShown,
    WordBody,
)
from alliance.confirmation.show import line as show_line
from alliance.confirmation.show import month as show_month
from alliance.confirmation.show.rows import Row
from alliance.confirmation.views.finding import round_or_404, seen_of
from alliance.web.addresses import page_addresses
from alliance.web.rows_api import RowsView


class Months(RowsView):
    """GET: months that were opened, the latest first."""

    model = Round
    serializer_class: Any = MonthShown
    permits = {"GET": "confirmation.view"}

    def rows(self) -> QuerySet[Round]:
        return show_month.rounds_of(self.member)

    @extend_schema(operation_id="confirmation_months", responses=MonthShown(many=True))
    def get(self, request: Request) -> Response:
        return self.page_of(self.get_queryset(), MonthShown)


class LineView(RowsView):
    """Lines of which the member's institution is one side."""

    model = Line
    serializer_class: Any = LinePage
    of_patients = False
    permits = {"GET": "confirmation.view", "POST": "confirmation.confirm"}

    def rows(self) -> QuerySet[Line]:
        rows: QuerySet[Line] = Line.objects.visible_to(self.member).with_names()
        return rows

    def shown(self, row: Line) -> Any:
        standing = show_line.standing(self.rows().get(pk=row.pk), timezone.now())
        kind = countables.known().get(row.kind)
        shown: Any = Row(standing, row.side_of(self.member))
        with page_addresses():
            records = kind.records(list(standing.counted.ids), self.member) if kind else []
        page = {"seen": shown.token, "records": RecordShown(records, many=True).data}
        return LineShown(shown).data | page


class Lines(LineView):
    """GET: the lines of a month, counted now."""

    @extend_schema(operation_id="confirmation_lines", responses=LineShown(many=True))
    def get(self, request: Request, month: str) -> Response:
        return self.page_of(show_month.rows(round_or_404(month), self.member, timezone.now()), LineShown)


class OneLine(LineView):
    """GET: one line with the records behind it."""

    @extend_schema(operation_id="confirmation_line", responses=LinePage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))


class SayWord(LineView):
    """POST: confirm, or object; 409 when the records or the own side's word changed since `seen`."""

    permits = {"POST": "confirmation.confirm"}

    @extend_schema(
        operation_id="confirmation_say", request=WordBody,
        responses={200: LinePage, 409: OpenApiResponse(LineConflict)},
    )  # fmt: skip
    def post(self, request: Request, pk: int, word: str) -> Response:
        if word not in ("confirm", "object"):
            raise Http404
        line, body = self.found(pk), WordBody(data=request.data)
        body.is_valid(raise_exception=True)
        pair = seen_of(body.validated_data["seen"])
        if pair is None or pair[0] != line.pk:
            raise Http404
        given = {"by": self.member, "line": line, "seen": pair[1], "now": timezone.now()}
        if word == "confirm":
            services.confirm(**given)
        else:
            services.object_to(objection=body.objection(), **given)
        return Response(self.shown(line))
