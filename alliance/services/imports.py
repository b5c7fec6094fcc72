"""Taking in master data from a sheet: kept sealed, looked at first, stored whole or not (walls.md 4)."""

# django-import-export and tablib carry no types: their calls are not judged here.
# mypy: disable-error-code="no-untyped-call,attr-defined,import-untyped"

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

import tablib
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.models import Attachment, Membership
from alliance.resources import AllianceResource
from alliance.services import files, journal

MOST_ROWS = 5_000  # more take longer than a page may; a month's roster is one file an institution
KEEP_DAYS = 1
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
LIMITS = sheets.Limits(csv_bytes=20 * 1024 * 1024)


class ImportRefused(Refused):
    """The file as a whole cannot be taken in."""

    reasons = {
        "empty": "The file has no lines below its heading.",
        "unknown_columns": "These columns are unknown: %(columns)s. Known are: %(known)s.",
        "missing_columns": "These columns are missing: %(columns)s.",
        "twice": "The column %(columns)s is there twice.",
        "too_many": "The file has more than %(limit)s lines. Deliver it in parts.",
        "faults": "%(faults)s lines have to be corrected first. Nothing was stored.",
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct: line of the file, word of the column ('' for the whole line), sentence."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file does: how many rows are new, changed and the same, and what has to be corrected."""

    new: int
    changed: int
    same: int
    faults: tuple[Fault, ...]


def receive(*, by: Membership, name: str, content: BinaryIO) -> Attachment:
    """Keep an uploaded sheet, sealed, for a day. Raises SheetRefused, TooLarge."""
    kind = sheets.recognise(name, content, limits=LIMITS)
    return files.store(
        by=by, name=name, content=iter(lambda: content.read(1 << 20), b""), purpose=Attachment.Purpose.IMPORT,
        content_type=TYPES[kind.value], limit=LIMITS.csv_bytes, keep_days=KEEP_DAYS,
    )  # fmt: skip


def look(*, by: Membership, file: Attachment, resource: type[AllianceResource]) -> Outcome:
    """What storing the file would do; nothing stays. Raises SheetRefused, ImportRefused."""
    return _run(by, file, resource, dry_run=True)


@transaction.atomic
def take(*, by: Membership, file: Attachment, resource: type[AllianceResource]) -> Outcome:
    """Store the whole file. Raises SheetRefused, ImportRefused (also when one line has to be corrected)."""
    outcome = _run(by, file, resource, dry_run=False)
    if outcome.faults:
        raise ImportRefused("faults", faults=len(outcome.faults))
    kind = resource._meta.model._meta.label_lower
    journal.write(
        by=by, verb="master.imported", about=file, kind=kind, new=outcome.new, changed=outcome.changed,
        same=outcome.same, sha256=file.sha256,
    )  # fmt: skip
    return outcome


def _run(by: Membership, file: Attachment, resource: type[AllianceResource], *, dry_run: bool) -> Outcome:
    made = resource(member=by)
    with (
        files.plain_copy(file) as plain,
        # Closed before the file is: a reader that was left half-way still holds it.
        closing(sheets.read(file.shown_name, plain, limits=LIMITS)) as rows,  # type: ignore[type-var]
    ):
        lines, dataset = _dataset(rows, made)
    result = made.import_data(
        dataset, dry_run=dry_run, use_transactions=True, rollback_on_validation_errors=True
    )
    if result.base_errors:
        raise result.base_errors[0].error
    faults = tuple(_faults(result, lines, made))
    totals = result.totals
    return Outcome(totals["new"], totals["update"], totals["skip"], faults)


def _dataset(rows: Iterable[sheets.SheetRow], resource: AllianceResource) -> tuple[list[int], Any]:
    """The lines of the sheet under the names of the resource's columns, with their true line numbers."""
    found = iter(rows)
    head = next(found, None)
    if head is None:
        raise ImportRefused("empty")
    columns = _columns(head.cells, resource)
    dataset, lines = tablib.Dataset(headers=columns), list[int]()
    for row in found:
        if len(lines) == MOST_ROWS:
            raise ImportRefused("too_many", limit=MOST_ROWS)
        dataset.append((*row.cells, *[""] * len(columns))[: len(columns)])
        lines.append(row.line)
    if not lines:
        raise ImportRefused("empty")
    return lines, dataset


def _columns(cells: tuple[str, ...], resource: AllianceResource) -> list[str]:
    known = resource.headings()
    headings = [cell.strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    unknown = [heading for heading in headings if heading.casefold() not in known]
    if unknown:
        words = ", ".join(resource.label(name) for name in resource.fields)
        raise ImportRefused("unknown_columns", columns=", ".join(unknown)[:200], known=words)
    columns = [known[heading.casefold()] for heading in headings]
    twice = {name for name in columns if columns.count(name) > 1}
    if twice:
        raise ImportRefused("twice", columns=", ".join(map(resource.label, sorted(twice))))
    missing = [name for name in resource.get_import_id_fields() if name not in columns]
    if missing:
        raise ImportRefused("missing_columns", columns=", ".join(map(resource.label, missing)))
    return columns


def _faults(result: Any, lines: list[int], resource: AllianceResource) -> Iterable[Fault]:
    """Every fault by line: what a cell, the row or the database says."""
    for invalid in result.invalid_rows:
        for column, sentences in _by_column(invalid.error, resource):
            yield from (Fault(lines[invalid.number - 1], column, sentence) for sentence in sentences)
    for row in result.error_rows:
        yield from (Fault(lines[row.number - 1], "", _sentence(error.error)) for error in row.errors)


def _by_column(error: ValidationError, resource: AllianceResource) -> list[tuple[str, list[str]]]:
    named = error.update_error_dict({})
    return [
        (
            resource.label(name) if name in resource.fields else "",
            [text for one in errors for text in one.messages],
        )
        for name, errors in named.items()
    ]


def _sentence(error: Exception) -> str:
    """What the database refused, in words; nothing of its own message leaves the server."""
    text = str(error) if isinstance(error, DatabaseError) else ""
    if "more than 1" in text:
        return _("The shares of this person in this month add up to more than 1. Lower one of them.")
    if "roster is frozen" in text:
        return _("The roster of this month is frozen: its pay is computed. Two people correct it on the page "
                 "of the month's roster.")  # fmt: skip
    return _("This line contradicts another one or what is stored. Compare its codes.")
