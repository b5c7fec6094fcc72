"""What API views over one room's rows share: the member, throttles, refusals as 400, conflicts as 409."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.lib.period import Month, PeriodRefused
from alliance.lib.refusal import Refused
from alliance.models import Membership, Staff
from alliance.models.base import AllianceRow, Stale
from alliance.services import journal, people
from alliance.web.asked import read_month
from alliance.web.refused import worded

INSTITUTION = OpenApiParameter("institution", str, description="code of the institution")


class RowsView(generics.GenericAPIView[Any]):
    """Reading and writing the rows a member may see; a room names its model and how a row is shown."""

    model: type[AllianceRow]
    of_patients = True  # a read of one row is journaled before it is answered (N44)
    person_field = "patient"  # where it stands that a patient cannot be told apart

    @property
    def member(self) -> Membership:
        """Who asks; the middleware has opened the alliance of this membership."""
        membership: Membership = self.request._request.membership  # type: ignore[attr-defined]
        return membership

    def rows(self) -> QuerySet[Any]:
        """The rows the member may know, with the names they are shown with."""
        raise NotImplementedError

    def shown(self, row: Any) -> Any:
        """One row with everything this member may read."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return cast(Any, self.model).objects.none()  # type: ignore[no-any-return]
        return self.rows()

    def get_throttles(self) -> list[Any]:
        reading = self.request.method in ("GET", "HEAD", "OPTIONS")
        self.throttle_scope = "read" if reading else "write"
        return super().get_throttles()

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, Stale):
            return self.conflict(error)
        if isinstance(error, Refused):
            field = self.person_field if isinstance(error, people.REFUSALS) else error.field
            sentence = worded(error)
            error = exceptions.ValidationError({field or "non_field_errors": [sentence]})
        return super().handle_exception(error)

    def conflict(self, error: Stale) -> Response:
        """409: the row as it is now, beside what was sent (N33, N34)."""
        stored = get_object_or_404(self.get_queryset(), pk=error.row.pk)
        body = {
            "error": _("Somebody else was faster."), "stored": self.shown(stored), "sent": self.request.data,
        }  # fmt: skip
        return Response(body, status=status.HTTP_409_CONFLICT)

    def found(self, pk: int) -> Any:
        """The row, or 404 when it is not the member's; the read of a patient's row is journaled first."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        if self.of_patients:
            journal.read(by=self.member, about=row, request=self.request._request, person=row.person_id)
        return row

    def month_asked(self) -> Month | None:
        """The month the address names, None without one; 400 for what names none."""
        text = self.request.query_params.get("month", "").strip()
        try:
            return read_month(text) if text else None
        except PeriodRefused as error:
            raise exceptions.ValidationError({"month": [worded(error)]}) from None

    def page_of(self, rows: Any, serializer: type[serializers.Serializer[Any]]) -> Response:
        """A page of rows as a list shows them."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(cast(Any, page), many=True).data)


class ReadRows(RowsView):
    """Rows to read: a list narrowed by the words of its address, and one row; both as the pages show them."""

    of_patients = False
    choices: Mapping[str, Iterable[str]] = {}  # field of the row: the words it may be asked for by
    place = "institution"  # where a row says whose it is
    named = ""  # the list in the journal, where its rows speak of patients

    def shown(self, row: Any) -> Any:
        return self.serializer_class(row, context={"member": self.member}).data

    def listed(self) -> Response:
        """A page of the rows, narrowed; 400 for a word the field has not."""
        rows = self.get_queryset()
        for field, known in self.choices.items():
            if said := self.request.query_params.get(field, ""):
                if said not in (words := sorted(known)):
                    raise exceptions.ValidationError({field: words})
                rows = rows.filter(**{field: said})
        if code := self.request.query_params.get("institution", ""):
            rows = rows.filter(**{f"{self.place}__code": code})
        if self.named:
            asked = self.request._request  # type: ignore[attr-defined]
            journal.write(by=self.member, verb="patient.listed", request=asked, list=self.named)
        page = cast(Any, self.paginate_queryset(rows))
        shown = self.serializer_class(page, many=True, context={"member": self.member})
        return self.get_paginated_response(shown.data)

    def one(self, pk: int) -> Response:
        """One of them, or 404."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        if self.named:
            journal.write(
                by=self.member,
                verb="patient.listed",
                about=row,
                request=self.request._request,
                list=self.named,
            )  # type: ignore[attr-defined]
        return Response(self.shown(row))


def readers(rows: type[ReadRows], name: str, permit: str) -> tuple[Any, Any]:
    """Two views for who has the permit: the list (`name`_list) and one of its rows (`name`_read)."""
    asked = [OpenApiParameter(field, str, enum=sorted(known)) for field, known in rows.choices.items()]
    shown: Any = rows.serializer_class

    class Listed(rows):  # type: ignore[misc, valid-type]
        __doc__, permits = rows.__doc__, {"GET": permit}

        @extend_schema(
            operation_id=f"{name}_list", responses=shown(many=True), parameters=[INSTITUTION, *asked]
        )
        def get(self, request: Request) -> Response:
            return self.listed()

    class One(rows):  # type: ignore[misc, valid-type]
        __doc__, permits = "One of them.", {"GET": permit}

        @extend_schema(operation_id=f"{name}_read", responses=shown)
        def get(self, request: Request, pk: int) -> Response:
            return self.one(pk)

    return Listed, One


class MemberBody(serializers.Serializer[Any]):
    """A body whose codes are those of the member's own institution."""

    @property
    def member(self) -> Membership:
        """Who sends it."""
        membership: Membership = self.context["member"]
        return membership

    def validate_staff(self, code: str) -> Staff:
        """The own staff member with a number."""
        own = Staff.objects.filter(institution=self.member.institution_id, code=code, is_active=True)
        found = own.select_related("department").first()
        if found is None:
            sentence = _("Nobody with the staff number “%(code)s” works at your institution.")
            raise exceptions.ValidationError(sentence % {"code": code})
        return found


def step_body(serializer: type[serializers.Serializer[Any]], request: Any, **context: Any) -> dict[str, Any]:
    """The fields of a valid body; 400 with the field of what is wrong."""
    body = serializer(data=request.data, context=context)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)
