"""Grouping schemes of an alliance: shipped with the product or imported, and which is in force on a day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.db import transaction

from alliance.models import Alliance, Membership
from alliance.services import journal
from grouping.engine.package import open_package
from grouping.engine.rows import Scheme as Package
from grouping.engine.scheme import NAMES, read_scheme
from grouping.engine.write import written
from grouping.models import Scheme, SchemeVersion
from grouping.readers.dictionary import Dictionary, dictionary_of
from grouping.services import versions
from grouping.services.versions import SHIPPED

__all__ = ["SHIPPED", "NoScheme", "adopt_shipped", "dictionary", "in_force", "package", "periods"]


class NoScheme(LookupError):
    """No grouping scheme is in force on the day asked for."""


@lru_cache(maxsize=4)
def shipped_package(code: str) -> Package:
    """The package of a scheme that ships with the product."""
    return read_scheme(SHIPPED / code)


@lru_cache(maxsize=4)
def dictionary_of_package(package: Package) -> Dictionary:
    """The codes a reader accepts under a compiled package (packages compare by identity)."""
    return dictionary_of(package)


@transaction.atomic
def adopt_shipped(*, by: Membership | None, code: str, from_date: date) -> Scheme:
    """Let a shipped scheme hold from a day on; idempotent."""
    package = shipped_package(code)
    row, made = Scheme.objects.get_or_create(
        from_date=from_date,
        defaults={
            "code": code,
            "name": package.head.name,
            "version": package.head.version,
            "digest": package.digest,
            "illustrative": True,
        },
    )
    if made:
        _shipped_version(by, package)
        journal.write(by=by, verb="scheme.adopted", about=row, code=code, digest=package.digest)
    return row


def _shipped_version(by: Membership | None, package: Package) -> SchemeVersion:
    """The released version of a package that lies in the product; its files are kept, an upgrade may bring
    others.
    """
    found = versions.released(package.digest)
    if found is None:
        found = _taken_in(by, package, None)
        found.release()
        found.save()
    return found


def _taken_in(by: Membership | None, package: Package, base: SchemeVersion | None) -> SchemeVersion:
    """A draft with the files of a shipped package."""
    found = SchemeVersion.objects.create(
        form=SchemeVersion.Form.SHIPPED, made_by=by, base=base, manifest=_kept(package.head.code)
    )
    versions.name_after(found, package)
    found.accept()
    found.save()
    return found


def _kept(code: str) -> dict[str, str]:
    return versions.keep_public(written(open_package(SHIPPED / code, NAMES)))


@transaction.atomic
def keep_shipped() -> list[SchemeVersion]:
    """After an upgrade, alliance by alliance: keep the files of shipped schemes that hold, and take in what
    the product has changed of them as drafts, which hold only when two people let them. Idempotent.
    """
    own = SchemeVersion.objects.filter(form=SchemeVersion.Form.SHIPPED).order_by("pk")
    newest = {version.code: version for version in own}
    made = []
    for code, base in newest.items():
        if not (SHIPPED / code).is_dir():
            continue
        package = shipped_package(code)
        same = own.filter(code=code, digest=package.digest).first()
        if same is None:
            made.append(_taken_in(None, package, base))
            journal.write(by=None, verb="scheme.shipped_changed", about=made[-1], digest=package.digest)
        elif not same.manifest:
            SchemeVersion.objects.filter(pk=same.pk).update(manifest=_kept(code))
    return made


def in_force(on: date) -> Scheme:
    """The scheme for discharges of a day; raises NoScheme."""
    found = Scheme.objects.filter(from_date__lte=on).order_by("-from_date").first()
    if found is None:
        raise NoScheme(f"no grouping scheme is in force on {on}")
    return found


def before(day: date, digest: str) -> Scheme | None:
    """What held on a day before a version took, or shall take, force on it; None for the first scheme.

    Once it holds, only what was adopted before it counts: what a later decision put between is not what its
    deciders compared it with.
    """
    rows = Scheme.objects.filter(from_date__lt=day).order_by("-from_date")
    own = Scheme.objects.filter(from_date=day, digest=digest).first()
    found: Scheme | None = (rows if own is None else rows.filter(pk__lt=own.pk)).first()
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
    """The package of a scheme row; raises NoScheme when its files are not those adopted."""
    try:
        found = _package(scheme.alliance_id, scheme.digest)
    except LookupError:
        raise NoScheme(f"the files of scheme {scheme.code} are not there") from None
    if found.digest != scheme.digest:
        raise NoScheme(f"the files of scheme {scheme.code} differ from those adopted on {scheme.from_date}")
    return found


@lru_cache(maxsize=4)
def _package(alliance: int, digest: str) -> Package:
    """The package of the released version with a content; one alliance never answers for another."""
    version = versions.released(digest)
    if version is None:
        raise LookupError(digest)
    if version.shipped and (SHIPPED / version.code).is_dir():
        shipped = shipped_package(version.code)
        if shipped.digest == digest:
            return shipped
    return versions.package_of(version)


def dictionary(scheme: Scheme) -> Dictionary:
    """The codes a reader accepts under a scheme row."""
    return dictionary_of_package(package(scheme))


def mark_alliance(alliance: Alliance, *, today: date) -> None:
    """Let every page of the alliance say whether the scheme in force today is illustrative."""
    now = Scheme.objects.filter(from_date__lte=today).order_by("-from_date").first()
    alliance.illustrative_scheme = now is None or now.illustrative
    alliance.save(update_fields=["illustrative_scheme"])
