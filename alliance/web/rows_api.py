"""What API views over one room's rows share: the member, throttles, refusals as 400, conflicts as 409."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import exceptions, generics, status
from rest_framework.response import Response

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.models.base import AllianceRow, Stale
from alliance.services import journal, people


class RowsView(generics.GenericAPIView[Any]):
    """Reading and writing the rows a member may see; a room names its model and how a row is shown."""

    model: type[AllianceRow]
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
            sentence = _(error.template) % error.params
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
        """The row, or 404 when it is not the member's; the read is journaled before the answer (N44)."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        journal.read(by=self.member, about=row, request=self.request._request, person=row.person_id)
        return row
