"""Agreements for other systems: read only; an institution reads its own once signed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from alliance.web.rows_api import ReadRows, readers
from performance.agreements.models import VIEW, Agreement


class AgreementShown(serializers.Serializer[Any]):
    """One agreement; it holds to `ends`, or to `last_day` where it was ended before."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    institution = serializers.CharField(source="institution.code")
    party = serializers.CharField()
    party_name = serializers.CharField()
    number = serializers.CharField()
    title = serializers.CharField()
    begins = serializers.DateField()
    ends = serializers.DateField()
    last_day = serializers.DateField()
    state = serializers.CharField()
    version = serializers.IntegerField()


class AgreementRows(ReadRows):
    """The agreements the member may see, newest first."""

    model = Agreement
    serializer_class: Any = AgreementShown
    choices = {"state": Agreement.State.values, "kind": Agreement.Kind.values}

    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Agreement.objects.seen_by(self.member).named()
        return rows


Agreements, OneAgreement = readers(AgreementRows, "agreements", VIEW)
