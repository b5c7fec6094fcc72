"""Equipment for programs: devices, bookings, booking. Same services, same rules as the pages."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.equipment import services
from alliance.equipment.models import Booking, Device
from alliance.equipment.serializers import BookBody, BookingLine, BookingPage, DeviceShown, SlotConflict
from alliance.equipment.services import SlotTaken
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal, people

PATIENT = "patient"


class EquipmentView(generics.GenericAPIView[Any]):
    """What all addresses share: the member's own view, throttles, refusals as 400, a taken time as 409."""

    @property
    def member(self) -> Membership:
        """Who asks; the middleware has opened the alliance of this membership."""
        membership: Membership = self.request._request.membership  # type: ignore[attr-defined]
        return membership

    def get_throttles(self) -> list[Any]:
        reading = self.request.method in ("GET", "HEAD", "OPTIONS")
        self.throttle_scope = "read" if reading else "write"
        return super().get_throttles()

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, SlotTaken):
            return Response({"error": _(error.template)}, status=status.HTTP_409_CONFLICT)
        if isinstance(error, Refused):
            field = getattr(error, "field", PATIENT) or "non_field_errors"
            error = exceptions.ValidationError({field: [_(error.template) % error.params]})
        return super().handle_exception(error)


class Devices(EquipmentView):
    """GET: the devices the member may book, with their items."""

    serializer_class = DeviceShown
    permits = {"GET": "equipment.view"}

    def get_queryset(self) -> QuerySet[Device]:
        if getattr(self, "swagger_fake_view", False):
            nothing: QuerySet[Device] = Device.objects.none()
            return nothing
        rows: QuerySet[Device] = Device.objects.visible_to(self.member).filter(is_active=True)
        return rows.select_related("institution").prefetch_related("items")

    @extend_schema(operation_id="equipment_list", responses=DeviceShown(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(DeviceShown(cast(Any, page), many=True).data)


class BookingView(EquipmentView):
    """Bookings of the member's institution and of its devices."""

    serializer_class: Any = BookingPage

    def get_queryset(self) -> QuerySet[Booking]:
        if getattr(self, "swagger_fake_view", False):
            nothing: QuerySet[Booking] = Booking.objects.none()
            return nothing
        rows: QuerySet[Booking] = Booking.objects.visible_to(self.member).with_names()
        return rows.order_by("-starts_at", "-pk")

    def shown(self, pk: int) -> Any:
        """A booking with everything its side may read."""
        return BookingPage(self.get_queryset().get(pk=pk), context={"member": self.member}).data


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
        return Response(self.shown(made.pk), status=status.HTTP_201_CREATED)


class OneBooking(BookingView):
    """GET: one booking; the read is journaled before the answer (N44)."""

    permits = {"GET": "equipment.view"}

    @extend_schema(operation_id="equipment_bookings_read", responses=BookingPage)
    def get(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        journal.read(by=self.member, about=found, request=request._request, person=found.person_id)
        return Response(self.shown(found.pk))
