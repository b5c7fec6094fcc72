"""Grouping schemes of an alliance: the shipped one, and which is in force on a day."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from alliance.models import Membership
from alliance.services import journal
from grouping.engine.rows import Scheme as Package
from grouping.engine.scheme import read_scheme
from grouping.models import Scheme
from grouping.readers.dictionary import Dictionary, dictionary_of

SHIPPED = Path(__file__).resolve().parent.parent / "schemes"


class NoScheme(LookupError):
    """No grouping scheme is in force on the day asked for."""


@lru_cache(maxsize=4)
def shipped_package(code: str) -> Package:
    """The compiled package of a scheme that ships with the product."""
    return read_scheme(SHIPPED / code)


@lru_cache(maxsize=4)
def shipped_dictionary(code: str) -> Dictionary:
    """The codes a reader accepts under a shipped scheme."""
    return dictionary_of(shipped_package(code))


@transaction.atomic
def adopt_shipped(*, by: Membership | None, code: str, from_date: date) -> Scheme:
    """Let a shipped scheme hold from a day on; idempotent."""
    package = shipped_package(code)
    head = tomllib.loads((SHIPPED / code / "scheme.toml").read_text(encoding="utf-8-sig"))
    row, made = Scheme.objects.get_or_create(
        from_date=from_date,
        defaults={
            "code": code,
            "name": head["name"],
            "version": head["version"],
            "digest": package.digest,
            "illustrative": True,
        },
    )
    if made:
        journal.write(by=by, verb="scheme.adopted", about=row, code=code, digest=package.digest)
    return row


def in_force(on: date) -> Scheme:
    """The scheme for discharges of a day; raises NoScheme."""
    found = Scheme.objects.filter(from_date__lte=on).order_by("-from_date").first()
    if found is None:
        raise NoScheme(f"no grouping scheme is in force on {on}")
    return found


def periods(month_first: date, month_last: date) -> list[tuple[Scheme, date, date]]:
    """Which scheme holds from which day to which within a month, both days included."""
    found = [
        in_force(month_first),
        *Scheme.objects.filter(from_date__gt=month_first, from_date__lte=month_last).order_by("from_date"),
    ]
    starts = [month_first, *(scheme.from_date for scheme in found[1:])]
    ends = [date.fromordinal(start.toordinal() - 1) for start in starts[1:]] + [month_last]
    return list(zip(found, starts, ends, strict=True))


def package(scheme: Scheme) -> Package:
    """The compiled package of a scheme row; raises when the shipped files are not those that were adopted."""
    found = shipped_package(scheme.code)
    if found.digest != scheme.digest:
        raise NoScheme(f"the files of scheme {scheme.code} differ from those adopted on {scheme.from_date}")
    return found


def dictionary(scheme: Scheme) -> Dictionary:
    """The codes a reader accepts under a scheme row."""
    package(scheme)
    return shipped_dictionary(scheme.code)
