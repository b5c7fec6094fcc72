"""Opinions of third parties on the truth of a month, for other systems: read only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from alliance.web.rows_api import ReadRows, readers
from performance.verification.models import VIEW, Opinion


class OpinionShown(serializers.Serializer[Any]):
    """One opinion: what was drawn by which seed; verdict, reasons and digest once signed."""

    id = serializers.IntegerField()
    month = serializers.DateField()
    institution = serializers.CharField(source="institution.code")
    seed = serializers.CharField()
    size = serializers.IntegerField()
    population = serializers.IntegerField()
    drawn_at = serializers.DateTimeField()
    verdict = serializers.CharField()
    text = serializers.CharField()
    digest = serializers.CharField()
    signed_at = serializers.DateTimeField()


class OpinionRows(ReadRows):
    """The opinions the member may see, newest month first."""

    model = Opinion
    serializer_class: Any = OpinionShown
    choices = {"verdict": Opinion.Verdict.values}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Opinion.objects.seen_by(self.member).named()
        return rows


Opinions, OneOpinion = readers(OpinionRows, "verification", VIEW)
