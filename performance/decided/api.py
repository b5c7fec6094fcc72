"""Decided sheets for other systems, read only: entitlement sheets and uplifts in one shape."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from rest_framework import serializers

from alliance.web.rows_api import ReadRows, readers
from performance.entitlement import show as entitlements
from performance.models import Entitlement, EntitlementKind, PayUplift
from performance.models.pay import VIEW

WAITS, CONFIRMED, ASIDE, REPLACED = "waits", "confirmed", "set_aside", "replaced"


def with_state(rows: QuerySet[Any], *first: When) -> QuerySet[Any]:
    """Rows with the word of their state; `first`: what goes before the three every sheet has."""
    return rows.annotate(
        state=Case(
            *first, When(set_aside_at__isnull=False, then=Value(ASIDE)),
            When(confirmed_at__isnull=False, then=Value(CONFIRMED)), default=Value(WAITS),
            output_field=CharField(),
        )
    )  # fmt: skip


class DecidedShown(serializers.Serializer[Any]):
    """What every decided sheet says; amounts in fen."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    state = serializers.CharField()
    document = serializers.CharField()
    body = serializers.CharField()
    digest = serializers.CharField()
    entered_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    set_aside_at = serializers.DateTimeField(allow_null=True)
    set_aside_why = serializers.CharField(allow_null=True)


class EntitledLine(serializers.Serializer[Any]):
    """What one subject is due, with its parts."""

    institution = serializers.CharField(source="institution.code")
    department = serializers.CharField(source="department.code", default=None)
    team = serializers.CharField(source="team.code", default=None)
    staff = serializers.CharField(source="staff.code", default=None)
    given = serializers.JSONField()
    parts = serializers.JSONField()
    fen = serializers.IntegerField()


class EntitlementShown(DecidedShown):
    """An entitlement sheet; an institution reads its own lines and their sum alone."""

    kind = serializers.ChoiceField(choices=EntitlementKind.choices)
    month = serializers.DateField(format="%Y-%m")
    terms = serializers.JSONField()
    fen = serializers.IntegerField(source="own_fen")
    lines = serializers.SerializerMethodField()

    def get_lines(self, sheet: Entitlement) -> list[dict[str, Any]]:
        """Those the member may know."""
        own = entitlements.own(sheet, self.context["member"])
        return [dict(one) for one in EntitledLine(own, many=True).data]


class UpliftLine(serializers.Serializer[Any]):
    """A linked figure of a month."""

    month = serializers.DateField(format="%Y-%m")
    indicator = serializers.CharField()
    weight = serializers.DecimalField(max_digits=10, decimal_places=4)
    score = serializers.DecimalField(max_digits=10, decimal_places=4, allow_null=True)


class UpliftShown(DecidedShown):
    """An uplift of a pay total, its figures, and which sheet it replaces or is replaced by."""

    institution = serializers.CharField(source="institution.code")
    year = serializers.IntegerField()
    through = serializers.DateField(format="%Y-%m")
    terms = serializers.JSONField()
    base_fen = serializers.IntegerField()
    fen = serializers.IntegerField()
    total_fen = serializers.IntegerField()
    earned = serializers.DecimalField(max_digits=30, decimal_places=10)
    full = serializers.DecimalField(max_digits=30, decimal_places=4)
    weight_all = serializers.DecimalField(max_digits=30, decimal_places=4)
    heads_first = serializers.DecimalField(max_digits=12, decimal_places=3)
    heads = serializers.DecimalField(max_digits=12, decimal_places=3)
    replaces = serializers.IntegerField(source="replaces_id", allow_null=True)
    replaces_why = serializers.CharField()
    replaced_by = serializers.IntegerField(source="successor", allow_null=True)
    lines = UpliftLine(many=True)


class EntitlementRows(ReadRows):
    """Entitlement sheets the member may see, the newest month first."""

    model, place = Entitlement, "lines__institution"
    serializer_class: Any = EntitlementShown
    choices = {"kind": EntitlementKind.values, "state": (WAITS, CONFIRMED, ASIDE)}

    def rows(self) -> QuerySet[Any]:
        rows = Entitlement.objects.seen_by(self.member).named().shown_to(self.member)
        return with_state(rows).distinct()


class UpliftRows(ReadRows):
    """Uplifts of pay totals the member may see, the newest year first."""

    model = PayUplift
    serializer_class: Any = UpliftShown
    choices = {"state": (WAITS, CONFIRMED, ASIDE, REPLACED)}

    def rows(self) -> QuerySet[Any]:
        rows = PayUplift.objects.seen_by(self.member).named().prefetch_related("lines")
        return with_state(rows, When(successor__isnull=False, then=Value(REPLACED)))


Entitlements, OneEntitlement = readers(EntitlementRows, "pay_entitlements", VIEW)
Uplifts, OneUplift = readers(UpliftRows, "pay_uplifts", VIEW)
