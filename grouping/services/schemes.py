"""Grouping schemes of an alliance: shipped with the product or imported, and which is in force on a day."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.db import transaction

from alliance.models import Alliance, Attachment, Membership
from alliance.services import files, journal
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
def _imported_package(attachment: int, digest: str) -> Package:
    """The compiled package of a sealed zip; a worker reads each one once."""
    row = Attachment.objects.get(pk=attachment)
    with zip_copy(files.read(row)) as path:
        return read_scheme(path)


@lru_cache(maxsize=4)
def dictionary_of_package(package: Package) -> Dictionary:
    """The codes a reader accepts under a compiled package (packages compare by identity)."""
    return dictionary_of(package)


@contextmanager
def zip_copy(content: Iterable[bytes], limit: int | None = None) -> Iterator[Path]:
    """The content as a file that `read_scheme` opens, gone when closed; above `limit` bytes files.TooLarge.

    A package holds no personal data, so it may lie open for the moment of reading.
    """
    with tempfile.NamedTemporaryFile(suffix=".zip") as plain:
        for piece in content:
            plain.write(piece)
            if limit is not None and plain.tell() > limit:
                raise files.TooLarge(limit)
        plain.flush()
        yield Path(plain.name)


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
    """The compiled package of a scheme row; raises NoScheme when its files are not those adopted."""
    found = (
        _imported_package(scheme.package_id, scheme.digest)
        if scheme.package_id
        else shipped_package(scheme.code)
    )
    if found.digest != scheme.digest:
        raise NoScheme(f"the files of scheme {scheme.code} differ from those adopted on {scheme.from_date}")
    return found


def dictionary(scheme: Scheme) -> Dictionary:
    """The codes a reader accepts under a scheme row."""
    return dictionary_of_package(package(scheme))


def mark_alliance(alliance: Alliance, *, today: date) -> None:
    """Let every page of the alliance say whether the scheme in force today is illustrative."""
    now = Scheme.objects.filter(from_date__lte=today).order_by("-from_date").first()
    alliance.illustrative_scheme = now is None or now.illustrative
    alliance.save(update_fields=["illustrative_scheme"])
