"""Months for programs, read-only: the same figures and the same second wall as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.lib.period import Month
from alliance.models import Membership
from performance.models import Line, MonthRun, Settlement
from performance.serializers import MonthHead, MonthPage
from performance.services import exporting, months

# What an institution may read of others: scores and money as the alliance publishes them, no workings.
PUBLISHED = {
    "lines": ("institution", "fen", "score"),
    "values": ("institution", "code", "status", "value", "numerator", "denominator", "reason", "flags"),
    "scores": (
        "institution", "indicator", "dimension", "weight", "weight_in_effect", "score", "limited", "reason",
    ),
    "totals": ("institution", "column", "status", "score", "missing", "dimensions"),
}  # fmt: skip
MONTH = OpenApiParameter("month", OpenApiTypes.STR, OpenApiParameter.PATH, description="such as 2026-10")


class MonthView(generics.GenericAPIView[MonthRun]):
    """What all addresses share: months with a result, throttles."""

    serializer_class: Any = MonthHead
    throttle_scope = "read"

    @property
    def member(self) -> Membership:
        """Who asks; the middleware has opened the alliance of this membership."""
        membership: Membership = self.request._request.membership  # type: ignore[attr-defined]
        return membership

    def get_queryset(self) -> QuerySet[MonthRun]:
        if getattr(self, "swagger_fake_view", False):
            return MonthRun.objects.none()
        rows = MonthRun.objects.filter(state__in=MonthRun.WITH_RESULT)
        return rows.select_related("settlement__scheme").order_by("-month")

    def found(self, month: Month) -> MonthRun:
        """The run that counts for a month, else 404."""
        run = months.current(month)
        if run is None:
            raise Http404
        return run


class Months(MonthView):
    """GET: months with a result, newest first."""

    permits = {"GET": "month.view"}

    @extend_schema(operation_id="months_list", responses=MonthHead(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([MonthHead(head(run)).data for run in page])


class OneMonth(MonthView):
    """GET: one month: indicator values, points, scores, shares; workings of what the caller may see."""

    permits = {"GET": "indicator.view"}

    @extend_schema(operation_id="months_read", parameters=[MONTH], responses=MonthPage)
    def get(self, request: Request, month: Month) -> Response:
        run = self.found(month)
        assert run.settlement is not None
        return Response(MonthPage({**head(run), **workings(run.settlement, self.member)}).data)


class MonthFile(MonthView):
    """GET: the month as one file; `manage.py verify_month` recomputes it without the system."""

    permits = {"GET": exporting.RIGHT}

    @extend_schema(
        operation_id="months_export", parameters=[MONTH],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )  # fmt: skip
    def get(self, request: Request, month: Month) -> HttpResponseBase:
        if self.member.institution_id is not None:
            raise Http404
        return exporting.answer(by=self.member, run=self.found(month), request=request._request)


def head(run: MonthRun) -> dict[str, Any]:
    """What a month is and what it can be checked by."""
    settlement = run.settlement
    assert settlement is not None
    return {
        "month": str(run.period), "run": run.number, "state": run.state, "provisional": run.is_provisional,
        "pool_fen": settlement.pool_fen, "scheme": settlement.scheme.code,
        "scheme_version": settlement.scheme.version, "scheme_digest": settlement.scheme_digest,
        "inputs_digest": settlement.inputs_digest, "result_digest": settlement.result_digest,
        "code_version": settlement.code_version, "computed_at": settlement.computed_at,
    }  # fmt: skip


def workings(settlement: Settlement, member: Membership) -> dict[str, list[dict[str, Any]]]:
    """The parts of the result, cut down to what is published for institutions that are not the caller's."""
    own = _own(settlement, member)
    return {
        part: [
            row if own is None or row["institution"] in own else {name: row[name] for name in names}
            for row in settlement.result[part]
        ]
        for part, names in PUBLISHED.items()
    }


def _own(settlement: Settlement, member: Membership) -> set[str] | None:
    """Codes of the caller's institutions; None: all of them."""
    if member.institution_id is None:
        return None
    rows = Line.objects.filter(settlement=settlement, institution=member.institution_id)
    return set(rows.values_list("institution__code", flat=True))
