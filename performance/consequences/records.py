"""The records behind one month's number of a promise."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import QuerySet

from alliance.lib.period import Month
from alliance.models import Institution
from performance import collect
from performance.services.evidence import members_of


@cache
def kind_of(key: str) -> str:
    """The kind of record a fact counts; "" for an unknown fact."""
    return next((source.kind for source in collect.SOURCES if key in source.keys), "")


def behind(institution: Institution, month: Month, key: str) -> QuerySet[Any] | None:
    """The records of an institution and its village rooms; None where the fact rests on no list."""
    source = collect.source_of(kind_of(key))
    if source.records is None or source.rows is None:
        return None
    ids = source.records(month, key)
    return source.rows(sorted({one for place in members_of(institution) for one in ids.get(place.code, ())}))
