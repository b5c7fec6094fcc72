"""Recognition for hospitals' systems: order, see what exists, decide, deliver results, read the register."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.services import journal, people
from alliance.web.rows_api import RowsView
from referrals.recognition import services
from referrals.recognition.models import Item, Order, Result
from referrals.recognition.serializers import (
    DecideBody,
    OrderBody,
    OrderConflict,
    OrderLine,
    OrderPage,
    RecognisableShown,
    ReportBody,
    ResultShown,
)

TAKEN = OpenApiResponse(OrderConflict)


class OrderView(RowsView):
    """What all addresses of orders share: those of the member's institution."""

    model = Order
    serializer_class: Any = OrderPage

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Order.objects.visible_to(self.member).with_names()
        return rows

    def shown(self, row: Any) -> Any:
        return OrderPage(self.rows().get(pk=row.pk), context={"member": self.member}).data

    def found(self, pk: int) -> Order:
        """The order, or 404; the read is journaled with the results that were shown (N44)."""
        order: Order = get_object_or_404(self.get_queryset(), pk=pk)
        self.read(order)
        return order

    def read(self, order: Order) -> None:
        """Journal that the results put before the doctor are read, before the answer leaves (N44)."""
        shown = list(order.offers.values_list("result_id", flat=True))
        journal.read(
            by=self.member, about=order, request=self.request._request, person=order.person_id, results=shown
        )


class Orders(OrderView):
    """GET: own orders, newest first, names masked. POST: order, and see the valid results that exist."""

    permits = {"GET": "recognition.view", "POST": "recognition.order"}

    @extend_schema(operation_id="recognition_orders_list", responses=OrderLine(many=True))
    def get(self, request: Request) -> Response:
        journal.write(by=self.member, verb="patient.listed", request=request._request, list="api.recognition")
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(OrderLine(cast(Any, page), many=True).data)

    @extend_schema(
        operation_id="recognition_order", request=OrderBody, responses={201: OrderPage, 200: OrderPage}
    )
    def post(self, request: Request) -> Response:
        body = OrderBody(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            person = people.find_or_create(by=self.member, **body.validated_data["patient"])
            order, made = services.place(
                by=self.member, person=person, wanted=body.wanted(self.member), now=timezone.now()
            )
            self.read(order)
        code = status.HTTP_201_CREATED if made else status.HTTP_200_OK
        return Response(self.shown(order), status=code)


class OneOrder(OrderView):
    """GET: one order with the results that were shown."""

    permits = {"GET": "recognition.view"}

    @extend_schema(operation_id="recognition_order_read", responses=OrderPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))


class Decide(OrderView):
    """POST: recognise a result, repeat with a reason R1 to R6, or withdraw the order."""

    permits = {"POST": "recognition.decide"}
    step = "recognise"

    @extend_schema(request=DecideBody, responses={200: OrderPage, 409: TAKEN})
    def post(self, request: Request, pk: int) -> Response:
        order = self.found(pk)
        body = DecideBody(data=request.data)
        body.is_valid(raise_exception=True)
        decided = services.STEPS[self.step](
            by=self.member, order=order, now=timezone.now(), **body.arguments(self.step)
        )
        return Response(self.shown(decided))


class Results(RowsView):
    """GET: results of the own house, newest first. POST: deliver one; the same report twice is one."""

    model = Result
    serializer_class: Any = ResultShown
    permits = {"GET": "result.view", "POST": "result.enter"}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Result.objects.of_house(self.member).select_related("institution", "item")
        return rows

    def shown(self, row: Any) -> Any:
        return ResultShown(self.rows().get(pk=row.pk)).data

    @extend_schema(operation_id="results_list", responses=ResultShown(many=True))
    def get(self, request: Request) -> Response:
        journal.write(by=self.member, verb="patient.listed", request=request._request, list="api.results")
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(ResultShown(cast(Any, page), many=True).data)

    @extend_schema(
        operation_id="results_deliver", request=ReportBody, responses={201: ResultShown, 200: ResultShown}
    )
    def post(self, request: Request) -> Response:
        body = ReportBody(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            person = people.find_or_create(by=self.member, **body.validated_data["patient"])
            row, made = services.enter(
                by=self.member, person=person, report=body.report(), channel=Result.Channel.API,
                now=timezone.now(),
            )  # fmt: skip
        code = status.HTTP_201_CREATED if made else status.HTTP_200_OK
        return Response(self.shown(row), status=code)


class Items(RowsView):
    """GET: the register as it holds today."""

    model = Item
    serializer_class: Any = RecognisableShown
    permits = {"GET": "recognition.view"}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Item.objects.in_force(timezone.localdate()).order_by("code")
        return rows

    @extend_schema(operation_id="recognition_items", responses=RecognisableShown(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(RecognisableShown(cast(Any, page), many=True).data)
