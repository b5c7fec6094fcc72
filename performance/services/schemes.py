"""Versions of the performance scheme: adopting one, and which holds in a month (conventions 15)."""

from __future__ import annotations

from functools import cache

from django.db import transaction

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.engine.dictionary import shipped_dictionary
from performance.engine.factbook import shipped_facts
from performance.engine.indicators import Indicator
from performance.engine.scheme import Scheme, SchemeRefused, check, demonstration_scheme
from performance.models import SchemeVersion


@transaction.atomic
def adopt(*, by: Membership | None, scheme: Scheme) -> SchemeVersion:
    """Store a checked scheme; it holds from its first day on. The same content again is the same row.

    Raises SchemeRefused with all faults.
    """
    if problems := check(scheme, known_indicators()):
        raise SchemeRefused(problems)
    found = SchemeVersion.objects.filter(
        code=scheme.code, version=scheme.version, digest=scheme.digest
    ).first()
    if found is not None:
        return found
    row = SchemeVersion.objects.create(
        code=scheme.code, version=scheme.version, name=scheme.name_zh, from_date=scheme.effective_from,
        decided_by=scheme.decided_by, content=to_plain(scheme), digest=scheme.digest, entered_by=by,
    )  # fmt: skip
    journal.write(by=by, verb="performance_scheme.adopted", about=row, digest=row.digest)
    return row


@cache
def known_indicators() -> dict[str, Indicator]:
    """Every indicator a scheme may score by, by code: those computed from the alliance's own records.

    Indicators for reading (direction none) are not scored; declared and imported ones have no door here yet.
    """
    book = shipped_facts()
    return {
        code: entry.indicator
        for code, entry in shipped_dictionary().items()
        if entry.indicator.direction != "none" and all(book[key].origin == "automatic" for key in entry.facts)
    }


def indicators_of(scheme: Scheme) -> tuple[Indicator, ...]:
    """The indicators a scheme scores by, in the order of their codes. Raises KeyError for an unknown one."""
    known = known_indicators()
    used = {item.indicator for column in scheme.columns for item in column.items}
    return tuple(known[code] for code in sorted(used))


def adopt_demonstration(*, by: Membership | None) -> SchemeVersion:
    """Let the shipped demonstration scheme hold from its day on; idempotent."""
    return adopt(by=by, scheme=demonstration_scheme())


def in_force(month: Month) -> SchemeVersion | None:
    """The version that holds in a month; of two from the same day the later entered. None without one."""
    rows = SchemeVersion.objects.filter(from_date__lte=month.first_day)
    return rows.order_by("-from_date", "-pk").first()
