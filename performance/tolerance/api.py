"""Tolerance cases for other systems: read only, those the member takes part in or runs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from alliance.web.rows_api import ReadRows, readers
from performance.tolerance.models import VIEW, ToleranceCase


class ToleranceCaseShown(serializers.Serializer[Any]):
    """One case: no statement, no opinion; the decision once there is one."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.CharField()
    institution = serializers.CharField(source="institution.code")
    department = serializers.CharField(source="department.code", default=None)
    happened_on = serializers.DateField()
    pathway = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    outcome = serializers.CharField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField()


class ToleranceCaseRows(ReadRows):
    """The cases the member takes part in, or runs, newest first."""

    model = ToleranceCase
    serializer_class: Any = ToleranceCaseShown
    choices = {"state": ToleranceCase.State.values, "kind": ToleranceCase.Kind.values}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = ToleranceCase.objects.seen_by(self.member).named()
        return rows


ToleranceCases, OneToleranceCase = readers(ToleranceCaseRows, "tolerance", VIEW)
