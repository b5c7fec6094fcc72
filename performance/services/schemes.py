"""Versions of the performance scheme: adopting one, and which holds in a month (conventions 15)."""

from __future__ import annotations

from django.db import transaction

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.engine.indicators import shipped_indicators
from performance.engine.scheme import Scheme, SchemeRefused, check, demonstration_scheme
from performance.models import SchemeVersion


@transaction.atomic
def adopt(*, by: Membership | None, scheme: Scheme) -> SchemeVersion:
    """Store a checked scheme; it holds from its first day on. The same content again is the same row.

    Raises SchemeRefused with all faults.
    """
    if problems := check(scheme, shipped_indicators()):
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


def adopt_demonstration(*, by: Membership | None) -> SchemeVersion:
    """Let the shipped demonstration scheme hold from its day on; idempotent."""
    return adopt(by=by, scheme=demonstration_scheme())


def in_force(month: Month) -> SchemeVersion | None:
    """The version that holds in a month; of two from the same day the later entered. None without one."""
    rows = SchemeVersion.objects.filter(from_date__lte=month.first_day)
    return rows.order_by("-from_date", "-pk").first()
