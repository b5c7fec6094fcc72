"""API of lots, to read, masked: account numbers leave in the file for the bank alone."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import RowsView
from performance.models import PayoutLot, PayoutPayment
from performance.models.payout_lots import LotState
from performance.payout import show_lots


class PaymentShown(serializers.ModelSerializer[PayoutPayment]):
    """A payment of a lot; the account masked, amounts in fen."""

    staff = serializers.CharField(source="staff.code")
    account = serializers.CharField(source="account.masked")

    class Meta:
        model = PayoutPayment
        fields = ("number", "staff", "account", "fen", "state")
        read_only_fields = fields


class LotShown(serializers.ModelSerializer[PayoutLot]):
    """A lot with the state its payments tell; amounts in fen."""

    month = serializers.DateField(format="%Y-%m")
    institution = serializers.CharField(source="institution.code")
    code = serializers.CharField()
    people = serializers.IntegerField()
    fen = serializers.IntegerField()
    fen_paid = serializers.IntegerField()
    state = serializers.ChoiceField(choices=LotState.choices)

    class Meta:
        model = PayoutLot
        fields = (
            "id",
            "code",
            "month",
            "institution",
            "bank",
            "number",
            "people",
            "fen",
            "fen_paid",
            "state",
        )
        read_only_fields = fields


class LotWhole(LotShown):
    """A lot with its payments."""

    payments = serializers.SerializerMethodField()

    class Meta(LotShown.Meta):
        fields = (*LotShown.Meta.fields, "payments")
        read_only_fields = fields

    @extend_schema_field(PaymentShown(many=True))
    def get_payments(self, row: PayoutLot) -> Any:
        """Who gets how much, masked."""
        return PaymentShown(show_lots.payments(row), many=True).data


class LotsView(RowsView):
    """Lots the member sees."""

    model = PayoutLot
    serializer_class: Any = LotShown
    of_patients = False
    permits = {"GET": "payout.view"}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = PayoutLot.objects.seen_by(self.member).named().told()
        month = self.month_asked()
        rows = rows.order_by("-month", "institution__code", "bank", "number")
        return rows if month is None else rows.filter(month=month.first_day)


class Lots(LotsView):
    """GET: lots, newest month first; `month` narrows."""

    @extend_schema(operation_id="payout_lots_list", responses=LotShown(many=True))
    def get(self, request: Request) -> Response:
        return self.page_of(self.get_queryset(), cast(Any, LotShown))


class OneLot(LotsView):
    """GET: one lot with its payments."""

    serializer_class: Any = LotWhole

    @extend_schema(operation_id="payout_lots_read", responses=LotWhole)
    def get(self, request: Request, pk: int) -> Response:
        return Response(LotWhole(self.found(pk)).data)
