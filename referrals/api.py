"""Referrals for programs: list, log, read, amend, act. Same services, same rules as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.services import journal, people
from alliance.web.refused import worded
from alliance.web.rows_api import RowsView
from referrals import services
from referrals.models import Referral
from referrals.serializers import ActBody, AmendBody, LogBody
from referrals.shown import Conflict, ReferralLine, ReferralPage


class ReferralView(RowsView):
    """What all addresses share: the member's own referrals."""

    model = Referral
    serializer_class: Any = ReferralPage

    def rows(self) -> QuerySet[Referral]:
        rows: QuerySet[Referral] = Referral.objects.visible_to(self.member).with_names()
        return rows

    def shown(self, row: Referral) -> Any:
        return ReferralPage(self.rows().get(pk=row.pk), context={"member": self.member}).data


class Referrals(ReferralView):
    """GET: own referrals, newest first, names masked. POST: log one."""

    permits = {"GET": "referral.view", "POST": "referral.log"}

    @extend_schema(operation_id="referrals_list", responses=ReferralLine(many=True))
    def get(self, request: Request) -> Response:
        journal.write(by=self.member, verb="patient.listed", request=request._request, list="api.referrals")
        mine: Any = Referral.objects.visible_to(self.member)
        # First the keys of the page, then its lines: asked at once, all rows would be joined.
        keys = self.paginate_queryset(mine.values_list("pk", flat=True))
        lines = mine.lines_of(keys or [])
        return self.get_paginated_response(ReferralLine(lines, many=True).data)

    @extend_schema(operation_id="referrals_log", request=LogBody, responses={201: ReferralPage})
    def post(self, request: Request) -> Response:
        body = LogBody(data=request.data, context={"member": self.member})
        body.is_valid(raise_exception=True)
        content, now = body.content(), timezone.now()
        self._check(content, now)
        with transaction.atomic():
            person = body.validated_data.get("person") or people.find_or_create(
                by=self.member, **body.validated_data["patient"]
            )
            referral = services.log_referral(by=self.member, person=person, content=content, now=now)
        return Response(self.shown(referral), status=status.HTTP_201_CREATED)

    def _check(self, content: services.Content, now: datetime) -> None:
        """Say everything that is wrong at once, in the words of the page. Raises ValidationError."""
        origin = self.member.institution
        faults = list(services.faults(content, origin=origin, sent_at=now)) if origin else []
        if faults:
            said = {one.field or "non_field_errors": [worded(one)] for one in faults}
            raise ValidationError(said)


class OneReferral(ReferralView):
    """GET: one referral. PATCH: change what the sender wrote, with the version that was read."""

    permits = {"GET": "referral.view", "PATCH": "referral.log"}

    @extend_schema(operation_id="referrals_read", responses=ReferralPage)
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.shown(self.found(pk)))

    @extend_schema(
        operation_id="referrals_amend", request=AmendBody,
        responses={200: ReferralPage, 409: OpenApiResponse(Conflict)},
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> Response:
        referral = self.found(pk)
        body = AmendBody(data=request.data)
        body.is_valid(raise_exception=True)
        changed = services.amend(
            by=self.member, referral=referral, content=body.over(referral),
            version=body.validated_data["version"],
        )  # fmt: skip
        return Response(self.shown(changed))


class Act(ReferralView):
    """POST: take one step of the machine; which side and role may, the service decides."""

    permits = {"POST": "referral.view"}
    step = "accept"

    @extend_schema(request=ActBody, responses={200: ReferralPage, 409: OpenApiResponse(Conflict)})
    def post(self, request: Request, pk: int) -> Response:
        referral = self.found(pk)
        body = ActBody(data=request.data)
        body.is_valid(raise_exception=True)
        services.STEPS[self.step](
            by=self.member, referral=referral, now=timezone.now(), **body.arguments(self.step)
        )
        return Response(self.shown(referral))
