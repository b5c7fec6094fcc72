"""Versions of the performance scheme: adopting one, and which holds in a month (conventions 15)."""

from __future__ import annotations

from functools import cache

from django.db import transaction

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal
from performance.declared.book import scorable
from performance.dictionary import book
from performance.engine.evaluators import Evaluators
from performance.engine.indicators import Indicator
from performance.engine.scheme import Scheme, SchemeRefused, check, demonstration_scheme
from performance.models import Level, SchemeVersion
from performance.own import facts as own_books


@transaction.atomic
def adopt(
    *,
    by: Membership | None,
    scheme: Scheme,
    level: str = Level.INSTITUTION,
    evaluators: Evaluators | None = None,
) -> SchemeVersion:
    """Store a checked scheme; it holds from its first day on. The same content again is the same row.

    Raises SchemeRefused with all faults.
    """
    if problems := check(scheme, known_indicators(level)):
        raise SchemeRefused(problems)
    found = SchemeVersion.objects.filter(
        code=scheme.code, version=scheme.version, digest=scheme.digest
    ).first()
    if found is not None:
        return found
    row = SchemeVersion.objects.create(
        level=level, code=scheme.code, version=scheme.version, name=scheme.name_zh,
        from_date=scheme.effective_from, decided_by=scheme.decided_by, content=to_plain(scheme),
        digest=scheme.digest, evaluators=to_plain(evaluators), entered_by=by,
    )  # fmt: skip
    journal.write(by=by, verb="performance_scheme.adopted", about=row, digest=row.digest)
    return row


def known_indicators(
    level: str = "", month: Month | None = None, *, new: bool = False
) -> dict[str, Indicator]:
    """Every indicator a scheme of a level may score by, by code; of any level without one.

    Not those for reading (direction none), nor those whose facts speak of unlike spans. One whose facts
    nobody delivers is not assessed, and the page says so: a council may decide today about what is declared
    tomorrow. The alliance's own ones stand beside, in the version of a month where one is named; for a
    `new` use without those that are retired.
    """
    own = own_books.indicators(month, retired=not new) if level in ("", Level.INSTITUTION) else {}
    return {**_shipped(level), **own}


@cache
def _shipped(level: str) -> dict[str, Indicator]:
    return {
        code: entry.indicator
        for code, entry in book.entries().items()
        if scorable(entry) and (not level or level in entry.levels)
    }


def indicators_of(scheme: Scheme, level: str = "", month: Month | None = None) -> tuple[Indicator, ...]:
    """The indicators a scheme scores by, in the order of their codes. Raises KeyError for an unknown one."""
    known = known_indicators(level, month)
    used = {item.indicator for column in scheme.columns for item in column.items}
    return tuple(known[code] for code in sorted(used))


def adopt_demonstration(*, by: Membership | None) -> SchemeVersion:
    """Let the shipped demonstration scheme hold from its day on; idempotent."""
    return adopt(by=by, scheme=demonstration_scheme())


def in_force(month: Month, level: str = Level.INSTITUTION) -> SchemeVersion | None:
    """The version that holds in a month at a level; of two from the same day the later entered, or None."""
    rows = SchemeVersion.objects.filter(level=level, from_date__lte=month.first_day)
    return rows.order_by("-from_date", "-pk").first()
