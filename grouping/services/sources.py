"""Sources of case files: their settings in dated versions, and what a reader needs of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet

from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.services import journal
from grouping.models import CaseFile, Source, SourceVersion
from grouping.readers import results
from grouping.readers.dictionary import Edition
from grouping.readers.formats import HQMS, MAPPED, SETTLEMENT, TABULAR, Spec
from grouping.readers.mapping import TableMap, mapping_of
from grouping.readers.translation import missing_targets

# Formats whose columns a person maps.
ASSISTED = [MAPPED, Source.Format.RESULTS.value]
DELIVERED = [*TABULAR, SETTLEMENT]  # formats of case files


class SourceRefused(Refused):
    """The settings of a source cannot stand."""

    reasons = {
        "no_mapping": "Map the columns of this source before files are read by it.",
        "missing_meanings": "These meanings have no column yet: %(fields)s.",
        "unit_unasked": "Say in which unit these amounts are written: %(fields)s.",
        "mapping_twice": "Two columns are read as the same: %(fields)s.",
        "none_in_force": "No version of this source is in force on %(day)s.",
        "not_yours": "This source belongs to another institution.",
        "name_taken": "There is a source of this name already.",
    }

    @property
    def columns(self) -> tuple[str, ...]:
        """Codes of the standard columns it speaks of."""
        return tuple(cast("tuple[str, ...]", self.params.get("codes", ())))


class SettledMeanwhile(Exception):
    """Somebody else gave the source settings since the form was opened: `last`, after `read` (None: none)."""

    def __init__(self, last: SourceVersion, read: SourceVersion | None) -> None:
        super().__init__(f"{last} came meanwhile")
        self.last, self.read = last, read


def create(*, by: Membership, institution: Institution | None, name: str, format: str) -> Source:
    """Add a source without settings; a member of one institution adds its own. Raises SourceRefused."""
    own = by.institution or institution
    if Source.objects.filter(institution=own, name=name).exists():
        raise SourceRefused("name_taken")
    with transaction.atomic():
        row = Source.objects.create(institution=own, name=name, format=format, created_by=by)
        journal.write(by=by, verb="source.created", about=row, format=format)
    return row


@transaction.atomic
def settle(
    *,
    by: Membership,
    source: Source,
    edition: str,
    from_date: date,
    mapping: TableMap | None = None,
    organisations: Mapping[str, str] | None = None,
    note: str = "",
    read_at: int | None = None,
) -> SourceVersion:
    """Give a source its settings from a day on, as its next version. Raises SourceRefused, SettledMeanwhile.

    A mapped table needs a mapping that names every required column, each once. `read_at`: the number of the
    last version the person saw, 0 for none. The same settings again make no version: the last one stands.
    """
    if source.format in ASSISTED:
        check_mapping(source, mapping)
    before = list(Source.objects.select_for_update().get(pk=source.pk).versions.order_by("-number"))
    last = before[0] if before else None
    if last is not None and read_at is not None and read_at != last.number:
        raise SettledMeanwhile(last, next((one for one in before if one.number == read_at), None))
    row = SourceVersion(
        source=source, number=(last.number if last else 0) + 1, from_date=from_date, edition=edition,
        note=note, mapping=mapping.as_json() if mapping is not None else None,
        organisations=dict(organisations or {}), entered_by=by,
    )  # fmt: skip
    if last is not None and _says_the_same(last, row):
        return last
    row.save()
    journal.write(
        by=by, verb="source.settled", about=source, version=row.number, edition=edition,
        from_date=str(from_date), note=note,
    )  # fmt: skip
    return row


def _says_the_same(last: SourceVersion, row: SourceVersion) -> bool:
    """Whether the last version reads every file as another one would: nothing new, no earlier day, no why."""
    same = all(getattr(last, name) == getattr(row, name) for name in ("mapping", "edition", "organisations"))
    return same and row.from_date >= last.from_date and row.note in ("", last.note)


def check_mapping(source: Source, mapping: TableMap | None) -> None:
    """Raise SourceRefused unless every required column has one source."""
    if mapping is None:
        raise SourceRefused("no_mapping")
    if codes := mapping.twice:
        raise SourceRefused("mapping_twice", fields=", ".join(codes), codes=tuple(codes))
    if headings := mapping.unasked:
        raise SourceRefused("unit_unasked", fields="、".join(headings))
    if codes := missing(source, mapping):
        raise SourceRefused("missing_meanings", fields=", ".join(codes), codes=tuple(codes))


def missing(source: Source, mapping: TableMap) -> list[str]:
    """Required columns that no column of a mapping is read as."""
    known = source.institution_id is not None
    if source.format == Source.Format.RESULTS:
        return results.missing(mapping, institution_known=known)
    return missing_targets(mapping, institution_known=known)


@transaction.atomic
def retire(*, by: Membership, source: Source, active: bool) -> Source:
    """Offer a source on delivery or no longer; its files and versions stay."""
    source.is_active = active
    source.save(update_fields=["is_active"])
    journal.write(by=by, verb="source.retired", about=source, active=active)
    return source


def usable(*, by: Membership, source: Source, on: date) -> SourceVersion:
    """The settings a member may deliver by. Raises SourceRefused (not_yours, none_in_force)."""
    if by.institution_id is not None and source.institution_id != by.institution_id:
        raise SourceRefused("not_yours")
    return in_force(source, on)


def in_force(source: Source, on: date) -> SourceVersion:
    """The latest version whose day has come. Raises SourceRefused (none_in_force)."""
    row = source.versions.filter(from_date__lte=on).order_by("-from_date", "-number").first()
    if row is None:
        raise SourceRefused("none_in_force", day=on)
    return row


def offered(membership: Membership, on: date, formats: list[str] | None = None) -> QuerySet[Source]:
    """Active sources with settings in force that the member may deliver by: of its institution, or all."""
    found: QuerySet[Source] = Source.objects.filter(is_active=True, versions__from_date__lte=on).distinct()
    if formats is not None:
        found = found.filter(format__in=formats)
    own = membership.institution_id
    return found if own is None else found.filter(institution=own)


def spec_of(file: CaseFile) -> Spec:
    """What a reader needs to read a file: the settings it was delivered with and the institutions we know."""
    version = file.source
    if version is None:
        return Spec(HQMS, cast(Edition, file.edition))
    return spec(version, file.institution)


def spec(version: SourceVersion, institution: Institution | None = None) -> Spec:
    """The settings of a version as its reader wants them."""
    own = version.source.institution or institution
    return Spec(
        format=version.source.format,
        edition=cast(Edition, version.edition),
        mapping=mapping(version),
        organisations={**known_names(), **version.organisations},
        organisation=own.organisation if own is not None else "",
    )


def mapping(version: SourceVersion) -> TableMap | None:
    """The mapping of a version, None where the format needs none."""
    kept: dict[str, Any] | None = version.mapping
    return None if kept is None else mapping_of(kept)


def known_names() -> dict[str, str]:
    """What stands for an institution everywhere: its code, names and organisation code."""
    places = Institution.objects.filter(is_active=True)
    found: dict[str, str] = {}
    for place in places:
        found |= dict.fromkeys(
            (place.code, place.short_name, place.name, place.organisation), place.organisation
        )
    return found
