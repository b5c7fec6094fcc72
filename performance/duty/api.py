"""Who must sign the responsibility letter, for other systems: read only, those the member oversees."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from django.utils import timezone
from rest_framework import serializers

from alliance.models import Membership
from alliance.web.rows_api import ReadRows, readers
from performance.duty.models import LIST
from performance.duty.services import rounds


class DutyShown(serializers.Serializer[Any]):
    """One person who must sign in the open round."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="user.name")
    institution = serializers.CharField(source="institution.code")
    department = serializers.CharField(source="department.code", default=None)
    roles = serializers.ListField(child=serializers.CharField())
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=["missing", "overdue", "signed"])
    letter = serializers.IntegerField(source="signature", allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class DutyRows(ReadRows):
    """Who must sign in the open round: missing, overdue, signed; nobody where none is open."""

    model = Membership
    serializer_class: Any = DutyShown
    choices = {"state": ("missing", "overdue", "signed")}

    def rows(self) -> QuerySet[Any]:
        round_, today = rounds.current(), timezone.localdate()
        if round_ is None:
            none: QuerySet[Any] = Membership.objects.none()
            return none
        found: QuerySet[Any] = rounds.within(rounds.due(round_, today), self.member).annotate(
            state=Case(
                When(signature__isnull=False, then=Value("signed")),
                When(due_on__lt=today, then=Value("overdue")),
                default=Value("missing"), output_field=CharField(),
            )
        )  # fmt: skip
        return found


DutyPersons, OneDutyPerson = readers(DutyRows, "duty", LIST)
