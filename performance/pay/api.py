"""API of pay, to read: pools, pots, one's own lines; deciding is for people on a page."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import RowsView
from performance.models import PayLine, PayPool, PayPot
from performance.pay import show_pots


class PoolShown(serializers.ModelSerializer[PayPool]):
    """A pool of a month; amounts in fen."""

    month = serializers.DateField(format="%Y-%m")
    title = serializers.CharField()

    class Meta:
        model = PayPool
        fields = ("id", "month", "kind", "number", "title", "source", "document", "persons", "fen", "state")
        read_only_fields = fields


class PotShown(serializers.ModelSerializer[PayPot]):
    """A pot of a department or team; amounts in fen."""

    month = serializers.DateField(source="pool.month", format="%Y-%m")
    institution = serializers.CharField(source="institution.code")
    place = serializers.CharField()

    class Meta:
        model = PayPot
        fields = ("id", "month", "pool", "institution", "place", "group", "fen", "state", "shown_until")
        read_only_fields = fields


class PayLineShown(serializers.ModelSerializer[PayLine]):
    """One's own line of a pot; amounts in fen."""

    month = serializers.DateField(source="pot.pool.month", format="%Y-%m")
    pool = serializers.CharField(source="pot.pool.title")
    institution = serializers.CharField(source="pot.institution.code")
    pot_fen = serializers.IntegerField(source="pot.fen")
    state = serializers.CharField(source="pot.state")

    class Meta:
        model = PayLine
        fields = ("id", "month", "pool", "institution", "points", "pot_fen", "fen", "state")
        read_only_fields = fields


class PayView(RowsView):
    """What the addresses share: read only, of no patients."""

    of_patients = False
    permits = {"GET": "pay.view"}
    month_field = "month"

    def of_month(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the month asked for."""
        month = self.month_asked()
        return rows if month is None else rows.filter(**{self.month_field: month.first_day})


class PoolsView(PayView):
    """Pools the member sees."""

    model = PayPool
    serializer_class: Any = PoolShown

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = PayPool.objects.seen_by(self.member).named()
        return self.of_month(rows.order_by("-month", "kind", "number"))


class Pools(PoolsView):
    """GET: pools, newest month first; `month` narrows."""

    @extend_schema(operation_id="pay_pools_list", responses=PoolShown(many=True))
    def get(self, request: Request) -> Response:
        return self.page_of(self.get_queryset(), cast(Any, PoolShown))


class OnePool(PoolsView):
    """GET: one pool."""

    @extend_schema(operation_id="pay_pools_read", responses=PoolShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(PoolShown(self.found(pk)).data)


class PotsView(PayView):
    """Pots the member sees."""

    model = PayPot
    serializer_class: Any = PotShown
    month_field = "pool__month"

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = PayPot.objects.seen_by(self.member).named()
        return self.of_month(rows.order_by("-pool__month", "pk"))


class Pots(PotsView):
    """GET: pots, newest month first; `month` narrows."""

    @extend_schema(operation_id="pay_pots_list", responses=PotShown(many=True))
    def get(self, request: Request) -> Response:
        return self.page_of(self.get_queryset(), cast(Any, PotShown))


class OnePot(PotsView):
    """GET: one pot."""

    @extend_schema(operation_id="pay_pots_read", responses=PotShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(PotShown(self.found(pk)).data)


class MyLines(PayView):
    """GET: one's own lines, newest month first; `month` narrows."""

    model = PayLine
    serializer_class: Any = PayLineShown
    month_field = "pot__pool__month"

    def rows(self) -> QuerySet[Any]:
        return self.of_month(show_pots.lines(Q(staff__user=self.member.user_id), self.member))

    @extend_schema(operation_id="pay_lines_list", responses=PayLineShown(many=True))
    def get(self, request: Request) -> Response:
        return self.page_of(self.get_queryset(), cast(Any, PayLineShown))
