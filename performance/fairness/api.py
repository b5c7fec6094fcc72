"""API of clues, below /api/v1/clues/: to read; deciding is for people on a page."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.web.rows_api import RowsView
from performance.fairness import words
from performance.models import Clue


class ClueShown(serializers.ModelSerializer[Clue]):
    """A clue with its numbers and how far it has come; records and explanations stand on its page."""

    month = serializers.DateField(format="%Y-%m")
    institution = serializers.CharField(source="institution.code")
    other = serializers.CharField(source="other.code", default=None)
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Clue
        fields = (
            "id", "detector", "month", "institution", "other", "part", "sentence", "numbers", "limits",
            "chance", "share", "severity", "evidence", "state", "opened_at", "due_at", "decided_at", "reason",
            "measure",
        )  # fmt: skip
        read_only_fields = fields

    def get_sentence(self, row: Clue) -> str:
        """What was seen, in the language asked for."""
        return words.sentence(row)


class CluesView(RowsView):
    """What both addresses share: the clues the member sees."""

    model = Clue
    serializer_class: Any = ClueShown
    of_patients = False
    permits = {"GET": "fairness.view"}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Clue.objects.seen_by(self.member).named().order_by("-month", "pk")
        month = self.month_asked()
        return rows if month is None else rows.filter(month=month.first_day)


class Clues(CluesView):
    """GET: clues, newest month first; `month` narrows."""

    @extend_schema(operation_id="clues_list", responses=ClueShown(many=True))
    def get(self, request: Request) -> Response:
        return self.page_of(self.get_queryset(), cast(Any, ClueShown))


class OneClue(CluesView):
    """GET: one clue."""

    @extend_schema(operation_id="clues_read", responses=ClueShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ClueShown(self.found(pk)).data)
