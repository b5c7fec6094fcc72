"""Cases for programs, read-only: why a case came to its group; right and journal as on the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.models import Membership
from alliance.services import journal
from grouping import facts, visible
from grouping.models import Case
from grouping.serializers import Explanation
from grouping.show import case as show
from grouping.show import payment, steps

LANGUAGE = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, description="language of the sentences: zh-hans or en"
)


class CaseExplanation(generics.GenericAPIView[Case]):
    """GET: how the case was grouped, step by step, and why each secondary diagnosis counted or not."""

    permits = {"GET": "case.view"}
    serializer_class: Any = Explanation
    throttle_scope = "read"

    @property
    def member(self) -> Membership:
        """Who asks; the middleware has opened the alliance of this membership."""
        membership: Membership = self.request._request.membership  # type: ignore[attr-defined]
        return membership

    def get_queryset(self) -> QuerySet[Case]:
        if getattr(self, "swagger_fake_view", False):
            return Case.objects.none()
        return facts.with_group(visible.cases(self.member).select_related("institution"))

    @extend_schema(
        operation_id="cases_explanation", parameters=[LANGUAGE],
        responses={200: Explanation, 404: OpenApiResponse(description="no case, or no scheme that day")},
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=pk)
        # N44: kept before the answer leaves.
        journal.read(by=self.member, about=found, request=request._request, person=found.person_id)
        explained = show.explain(found)
        if explained is None:
            raise Http404
        scheme = explained.scheme
        body = {
            "case": {
                "id": found.pk, "record_no": found.record_no, "visit_no": found.visit_no,
                "institution": found.institution.code, "revision": found.revision,
                "diagnoses": found.diagnoses, "procedures": found.procedures,
            },
            "scheme": {
                "code": scheme.code, "name": scheme.name, "version": scheme.version,
                "from_date": scheme.from_date, "digest": scheme.digest, "illustrative": scheme.illustrative,
            },
            **steps.as_json(explained.trace, explained.package), "payment": payment.as_json(found),
        }  # fmt: skip
        return Response(Explanation(body).data)
