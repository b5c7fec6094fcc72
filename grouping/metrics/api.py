"""Metrics for programs, read-only: the same sums, second wall and rights as on the pages (definitions 1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.models import Institution
from alliance.services import journal
from alliance.web.access import who_may
from grouping.engine.metrics import Tally
from grouping.metrics import evidence, facts, figures, names, rollup, settlement, show, trail
from grouping.metrics.facts import Key
from grouping.metrics.show import BY, Question
from grouping.metrics.views import question

SCOPE = [
    OpenApiParameter("month", OpenApiTypes.STR, description="such as 2026-10; if left out, the newest"),
    OpenApiParameter("institution", OpenApiTypes.INT, description="number of the institution"),
    OpenApiParameter("department", OpenApiTypes.STR, description="code of the department"),
    OpenApiParameter("doctor", OpenApiTypes.STR, description="name of the doctor, with the institution"),
    OpenApiParameter("drg", OpenApiTypes.STR, description="code of the group"),
]  # fmt: skip
LEVEL = OpenApiParameter("by", OpenApiTypes.STR, enum=list(BY), description="level of the lines")
METRIC = OpenApiParameter(
    "metric", OpenApiTypes.STR, enum=list(figures.FIGURES), required=True, description="the figure"
)


class MetricLine(serializers.Serializer[Any]):
    """One line: whose figures; each figure as text with its digits, or null where it is not assessed.

    Amounts are whole fen (names ending in _fen), shares are percent; counts are whole numbers.
    """

    institution = serializers.IntegerField(allow_null=True)
    institution_code = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField()
    figures = serializers.DictField(child=serializers.CharField(allow_null=True))


class MetricPage(serializers.Serializer[Any]):
    """The metrics of a month at one level, in pages; `alliance`: the same figures of all together.

    `stale`: cases or rules have changed since the month was summed up.
    """

    month = serializers.CharField()
    by = serializers.CharField()
    stale = serializers.BooleanField()
    alliance = serializers.DictField(child=serializers.CharField(allow_null=True))
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = MetricLine(many=True)


class MetricCase(serializers.Serializer[Any]):
    """A case that a figure counts, by its number here and its place."""

    id = serializers.IntegerField()
    institution = serializers.IntegerField()


class MetricCases(serializers.Serializer[Any]):
    """The cases a figure counts, in pages."""

    month = serializers.CharField()
    metric = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = MetricCase(many=True)


class Paged(LimitOffsetPagination):
    """Some hundred lines at a time."""

    default_limit, max_limit = 200, 1_000


class MetricView(generics.GenericAPIView[Any]):
    """What both addresses share."""

    throttle_scope = "read"
    pagination_class = Paged
    queryset = None

    @property
    def asked(self) -> Question:
        """The question of the address, narrowed as on the page; what is not the member's is not there."""
        asked = question(self.request._request)  # type: ignore[attr-defined]
        if not trail.place_exists(asked.scope):
            raise Http404
        return asked

    def paged(self, rows: Any, head: dict[str, Any], make: Any) -> dict[str, Any]:
        """One page of rows beside the head."""
        pager = Paged()
        found: list[Any] = pager.paginate_queryset(rows, self.request, view=self) or []
        links = {"next": pager.get_next_link(), "previous": pager.get_previous_link()}
        return {**head, "count": pager.count, **links, "results": make(found)}


class Metrics(MetricView):
    """GET: every metric of a month by institution, department, doctor or group."""

    permits = {"GET": "indicator.view"}
    serializer_class: Any = MetricPage

    @extend_schema(operation_id="metrics", parameters=[LEVEL, *SCOPE], responses={200: MetricPage})
    def get(self, request: Request) -> Response:
        asked = replace(self.asked, topic="efficiency")  # the topic whose sums hold all but the payment
        found = _sums(asked)
        ordered = sorted(found.rows)
        head = {
            "month": str(asked.month), "by": asked.by, "stale": rollup.state(asked.month).stale,
            "alliance": _figures(found.whole, found),
        }  # fmt: skip

        def make(keys: list[Key]) -> list[dict[str, Any]]:
            called = names.of(asked.by, keys, asked.month)
            codes = dict(
                Institution.objects.filter(pk__in={key[0] for key in keys}).values_list("pk", "code")
            )
            return [
                {
                    "institution": key[0] or None, "institution_code": codes.get(key[0], ""), "key": key[1],
                    "name": called[key].text, "figures": _figures(found.rows[key], found),
                }
                for key in keys
            ]  # fmt: skip

        return Response(MetricPage(self.paged(ordered, head, make)).data)


class MetricCaseList(MetricView):
    """GET: the numbers of the cases a figure of a scope counts; the reading is journaled as on the page."""

    permits = {"GET": "case.list"}
    serializer_class: Any = MetricCases

    @extend_schema(operation_id="metrics_cases", parameters=[METRIC, *SCOPE], responses={200: MetricCases})
    def get(self, request: Request) -> Response:
        asked, figure = self.asked, figures.FIGURES.get(request.query_params.get("metric", ""))
        if not asked.membership.can("indicator.view"):
            raise PermissionDenied(who_may("indicator.view"))
        if figure is None:
            raise Http404
        journal.write(
            by=asked.membership, verb="patient.listed", request=request._request, list="api.metrics",
            month=str(asked.month), figure=figure.code,
        )  # fmt: skip
        yardstick, value = trail.figure_of(asked, figure)
        rows = evidence.cases(asked.month, asked.scope, figure.cases, yardstick)
        head = {"month": str(asked.month), "metric": figure.code, "value": plain(value)}
        ids = rows.order_by("pk").values_list("pk", "institution_id")
        body = self.paged(ids, head, lambda found: [{"id": pk, "institution": own} for pk, own in found])
        return Response(MetricCases(body).data)


def _sums(asked: Question) -> show.Sums:
    """All sums of the level: those of the pages, and what was paid filled in."""
    found = show.sums(asked)
    level = BY[asked.by][1]
    stays = settlement.settled(asked.month, facts.ALL)
    settlement.fill(found.rows, [one for one in stays if settlement.within(one, asked.scope)], level)
    settlement.fill({(0, ""): found.whole}, stays, "alliance")
    return found


def _figures(tally: Tally, found: show.Sums) -> dict[str, str | None]:
    """Every figure of some sums, as text."""
    return {
        code: plain(show.value_of(one, tally, found.yardstick, minimal=found.minimal))
        for code, one in figures.FIGURES.items()
    }


def plain(value: figures.Value) -> str | None:
    """A figure as text with its digits; null where it is not assessed."""
    return None if value is None else str(value)
