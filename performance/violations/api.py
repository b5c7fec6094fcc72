"""Violation cases for other systems: read only; an institution reads its own from the warning on."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.web.rows_api import ReadRows, readers
from performance.violations.models import VIEW, Violation


class ViolationShown(serializers.Serializer[Any]):
    """One case; whether it was a violation an institution reads once it is decided."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.CharField()
    institution = serializers.CharField(source="institution.code")
    title = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    warned_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    stated_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField()
    violated = serializers.SerializerMethodField()

    @extend_schema_field(serializers.BooleanField(allow_null=True))
    def get_violated(self, row: Violation) -> bool | None:
        """The finding; to the institution not before its decision."""
        decided = row.state in (Violation.State.DECIDED, Violation.State.CLOSED)
        return row.violated if decided or self.context["member"].institution_id is None else None


class ViolationRows(ReadRows):
    """The cases the member may see, newest first."""

    model = Violation
    serializer_class: Any = ViolationShown
    choices = {"state": Violation.State.values, "kind": Violation.Kind.values}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Violation.objects.seen_by(self.member).named()
        return rows


Violations, OneViolation = readers(ViolationRows, "violations", VIEW)
