"""Equipment for programs: devices, bookings, booking. Same services, same rules as the pages."""

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

from alliance.equipment import services
from alliance.equipment.models import Booking, Device
from alliance.equipment.serializers import BookBody, BookingLine, BookingPage, DeviceShown, SlotConflict
from alliance.equipment.services import SlotTaken
from alliance.services import journal, people
from alliance.web.refused import worded
from alliance.web.rows_api import RowsView


class Devices(RowsView):
    """GET: the devices the member may book, with their items."""

    model = Device
    serializer_class = DeviceShown
    permits = {"GET": "equipment.view"}

    def rows(self) -> QuerySet[Device]:
        rows: QuerySet[Device] = Device.objects.visible_to(self.member).filter(is_active=True)
        return rows.select_related("institution").prefetch_related("items")

    @extend_schema(operation_id="equipment_list", responses=DeviceShown(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(DeviceShown(cast(Any, page), many=True).data)


class BookingView(RowsView):
    """Bookings of the member's institution and of its devices; a taken time is answered with 409."""

    model = Booking
    serializer_class: Any = BookingPage

    def rows(self) -> QuerySet[Booking]:
        rows: QuerySet[Booking] = Booking.objects.visible_to(self.member).with_names()
        return rows.order_by("-starts_at", "-pk")

    def shown(self, row: Booking) -> Any:
        return BookingPage(self.rows().get(pk=row.pk), context={"member": self.member}).data

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, SlotTaken):
            return Response({"error": worded(error)}, status=status.HTTP_409_CONFLICT)
        return super().handle_exception(error)


class Bookings(BookingView):
    """GET: bookings, latest first, names masked. POST: book a time: 201, or 409 when it is taken (N32)."""

    permits = {"GET": "equipment.view", "POST": "equipment.book"}

    @extend_schema(operation_id="equipment_bookings_list", responses=BookingLine(many=True))
    def get(self, request: Request) -> Response:
        journal.write(by=self.member, verb="patient.listed", request=request._request, list="api.equipment")
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(BookingLine(cast(Any, page), many=True).data)

    @extend_schema(
        operation_id="equipment_bookings_book", request=BookBody,
        responses={201: BookingPage, 409: OpenApiResponse(SlotConflict)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        body = BookBody(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        device = get_object_or_404(Device.objects.visible_to(self.member), pk=data["device"])
        with transaction.atomic():
            patient = data.get("patient")
            person = people.find_or_create(by=self.member, **patient) if patient else None
            wish = services.Wish(
                device=device, starts_at=data["starts_at"], minutes=data["minutes"], person=person,
                item=device.items.filter(code=data["item"], is_active=True).first() if data["item"] else None,
                purpose=data["purpose"], safety_confirmed=data["safety_confirmed"], note=data["note"],
            )  # fmt: skip
            made = services.book(by=self.member, wish=wish, now=timezone.now())
        return Response(self.shown(made), status=status.HTTP_201_CREATED)


class OneBooking(BookingView):
    """GET: one booking; the read is journaled before the answer (N44)."""

    permits = {"GET": "equipment.view"}

    @extend_schema(operation_id="equipment_bookings_read", responses=BookingPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))
