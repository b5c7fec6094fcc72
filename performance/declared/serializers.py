"""What the API of declared values takes and gives; alliance, state and persons are never written."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from rest_framework import serializers

from alliance.lib.period import Month, Quarter
from alliance.models import Institution, Membership
from alliance.services.files import Upload
from performance.declared import book
from performance.declared.refusals import DeclaredRefused
from performance.declared.services import Entry, Place
from performance.declared.uploads import CSV, XLSX
from performance.dictionary import words
from performance.engine.amounts import PLACES, read
from performance.engine.spans import Span, counted
from performance.models import DeclaredValue
from performance.show import labels

KINDS = ("application/pdf", "image/png", "image/jpeg", XLSX, CSV)
MOST_BYTES = 4 << 20


class FileBody(serializers.Serializer[Any]):
    """One evidence file, at most 4 MiB."""

    name = serializers.CharField(max_length=200)
    content_type = serializers.ChoiceField(choices=KINDS)
    content = serializers.CharField(help_text="the bytes in base64", max_length=MOST_BYTES * 4 // 3 + 4)

    def validate_content(self, text: str) -> bytes:
        """The bytes."""
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            raise serializers.ValidationError("not base64") from None


class ValueBody(serializers.Serializer[Any]):
    """One number as another system delivers it: as counted, in the unit of the fact book, money in yuan."""

    institution = serializers.CharField(max_length=20, help_text="code of the institution")
    fact = serializers.CharField(max_length=40, help_text="key of the fact book")
    period = serializers.CharField(max_length=10, help_text="2026-10, 2026-Q3 or 2026")
    value = serializers.CharField(
        max_length=40, help_text="digits; 0 is a known zero, an unknown is not sent"
    )
    unit = serializers.CharField(max_length=10, help_text="the unit of the fact, so that none is guessed")
    responsible = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    files = FileBody(many=True, required=False, default=list)

    def entry(self, member: Membership) -> Entry:
        """The body as the service takes it. Raises DeclaredRefused, AmountRefused, ValidationError."""
        data = self.validated_data
        fact = book.booked(data["fact"])
        if fact is None:
            known = data["fact"] in labels.facts()
            raise DeclaredRefused("own" if known else "fact", fact=data["fact"])
        if data["unit"] != fact.unit:
            unit = str(words.FACT_UNITS[fact.unit])
            raise DeclaredRefused(
                "unit", fact=labels.named(fact), unit=f"{unit} ({fact.unit})", given=data["unit"]
            )
        place = Institution.objects.filter(code=data["institution"]).first()
        if place is None or not member.sees(place.pk):
            raise serializers.ValidationError({"institution": "unknown"})
        return Entry(
            Place(place), fact.key, span_of(data["period"]), read(data["value"], fact.unit),
            data["responsible"], data["note"], DeclaredValue.Way.API,
        )  # fmt: skip

    def uploads(self) -> list[Upload]:
        """The files as the service takes them."""
        return [
            Upload(one["name"], [one["content"]], one["content_type"], MOST_BYTES)
            for one in self.validated_data["files"]
        ]


def span_of(text: str) -> Span:
    """2026-10, 2026-Q3 or 2026. Raises PeriodRefused."""
    if len(text) == 4 and text.isdecimal():
        return counted(Month.parse(f"{text}-12"), "year")
    if "Q" in text:
        return Span(Quarter.parse(text).months[0], "quarter")
    return Span(Month.parse(text))


class ValueShown(serializers.Serializer[Any]):
    """One value as it stands."""

    id = serializers.IntegerField()
    institution = serializers.CharField(source="institution.code", default=None)
    fact = serializers.CharField()
    level = serializers.CharField()
    period = serializers.CharField(source="span")
    value = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    why = serializers.CharField()
    files = serializers.IntegerField(source="proofs")
    responsible = serializers.CharField()
    note = serializers.CharField()

    def get_value(self, row: DeclaredValue) -> str:
        """Money in fen, digits as text."""
        return format(round(row.value, PLACES[labels.facts()[row.fact].unit]), "f")

    def get_unit(self, row: DeclaredValue) -> str:
        """The unit of the fact book."""
        return labels.facts()[row.fact].unit
