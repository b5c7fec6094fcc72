"""Values from a sheet: read, tried, the good ones taken as a batch, the others named with their remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice

from django.db import transaction

from alliance.lib import sheets
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Attachment, Institution, Membership
from alliance.services import files, journal
from alliance.web.refused import worded
from performance.declared import book
from performance.declared.refusals import DeclaredRefused
from performance.declared.services import entering, matching
from performance.declared.services.deciding import submit_all
from performance.declared.services.entering import Entry, Place
from performance.declared.services.matching import known_of
from performance.declared.services.proving import attach
from performance.engine import sheetmap
from performance.engine.amounts import read
from performance.engine.sheetmap import Cell, Column
from performance.engine.spans import counted
from performance.models import DeclaredBatch, DeclaredLayout, DeclaredValue
from performance.show import labels

MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as it was read: headings, and each row with its line in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Bad:
    """One cell that cannot be taken: its line, column, text, and what to do."""

    line: int
    column: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a layout makes of a sheet: the entries, the cells that are left, and how many are empty."""

    entries: tuple[Entry, ...]
    bad: tuple[Bad, ...]
    empty: int


def look(file: Attachment) -> Table:
    """The sheet of a kept file. Raises SheetRefused, DeclaredRefused (lines)."""
    with files.plain_copy(file) as content, closing(sheets.read(file.shown_name, content)) as rows:  # type: ignore[type-var]
        found = [(row.line, row.cells) for row in islice(rows, MOST_LINES + 1)]
    if len(found) > MOST_LINES:
        raise DeclaredRefused("lines", most=MOST_LINES)
    at = sheetmap.head_of([cells for _line, cells in found], fact_names()) if found else 0
    return Table(found[at][1] if found else (), tuple(found[at + 1 :]))


def fact_names(*, by_institution: bool = False) -> dict[str, str]:
    """Facts from outside by everything that names them; those an institution itself may declare."""
    return sheetmap.names_of({key: labels.facts()[key] for key in book.deliverable(by_institution)})


def places_of(by: Membership) -> dict[str, Institution]:
    """Institutions the member may declare for, by code, name and short name."""
    rows = Institution.objects.filter(is_active=True)
    rows = rows if by.institution_id is None else rows.filter(pk=by.institution_id)
    return {name: one for one in rows for name in (one.code, one.name, one.short_name)}


def guessed(by: Membership, table: Table, source: str) -> list[Column]:
    """What the columns mean: as kept for the source, else guessed."""
    known = places_of(by)
    return sheetmap.guess(
        table.header, [cells for _line, cells in table.rows[:50]],
        facts=fact_names(by_institution=by.institution_id is not None),
        is_place=known.__contains__, kept=kept(by, source),
    )  # fmt: skip


def kept(by: Membership, source: str) -> Mapping[str, str]:
    """The layout kept for a source of the member's institution; empty for a new one."""
    rows = DeclaredLayout.objects.filter(source=source, institution=by.institution)
    found = rows.order_by("-pk").first()
    return found.columns if found else {}


def attempt(
    *, by: Membership, table: Table, columns: Sequence[Column], month: Month, place: Institution | None,
    responsible: str, now: datetime,
) -> Tried:  # fmt: skip
    """Read a sheet by a layout; nothing is stored. Two queries, whatever its length."""
    known, good, bad, empty = places_of(by), list[tuple[Cell, Entry]](), list[Bad](), 0
    for cell in sheetmap.cells(columns, table.rows, fact_names()):
        if not cell.text:
            empty += 1
            continue
        try:
            entry = _entry(cell, known, place, month, responsible)
            entering.check(entry, by=by, now=now)
            good.append((cell, entry))
        except Refused as refused:
            bad.append(Bad(cell.line, cell.heading, cell.text, worded(refused)))
    fine = list(_fit(good, bad))
    return Tried(tuple(fine), tuple(sorted(bad, key=lambda one: one.line)), empty)


def _entry(
    cell: Cell, known: Mapping[str, Institution], place: Institution | None, month: Month, responsible: str
) -> Entry:
    where = known.get(cell.place) if cell.place else place
    if where is None:
        raise DeclaredRefused("unknown_place", place=cell.place[:40])
    if book.booked(cell.fact) is None:
        known_fact = cell.fact in labels.facts()
        raise DeclaredRefused("own" if known_fact else "fact", fact=cell.fact[:40])
    fact = labels.facts()[cell.fact]
    value = read(cell.text, fact.unit) * (cell.times if fact.unit == "fen" else Decimal(1))
    span = counted(month, book.often()[cell.fact])
    return Entry(Place(where), cell.fact, span, value, responsible, cell.note, DeclaredValue.Way.SHEET)


def _fit(good: Sequence[tuple[Cell, Entry]], bad: list[Bad]) -> Iterator[Entry]:
    """The entries that can stand beside what is stored, each place and fact once."""
    before = entering.before([entry for _cell, entry in good])
    given, stored = {entering.key_of_entry(entry): entry.value for _cell, entry in good}, known_of(before)
    seen: set[object] = set()
    for cell, entry in good:
        key = entering.key_of_entry(entry)
        try:
            if key in seen:
                raise DeclaredRefused("twice")
            entering.fits(entry, before.get(key, []))
            matching.check(entry.fact, entry.span, key[: entering.PLACE_PARTS], given=given, stored=stored)
        except DeclaredRefused as refused:
            bad.append(Bad(cell.line, cell.heading, cell.text, worded(refused)))
        else:
            seen.add(key)
            yield entry


@transaction.atomic
def take(
    *, by: Membership, file: Attachment, source: str, columns: Sequence[Column], tried: Tried, month: Month,
    place: Institution | None, now: datetime,
) -> DeclaredBatch:  # fmt: skip
    """Take the good rows as a batch that waits for its second person; the sheet is their evidence.

    The other rows stay with the batch, with line, column, text and remedy. Raises DeclaredRefused (nothing).
    """
    if not tried.entries:
        raise DeclaredRefused("nothing")
    layout = DeclaredLayout.objects.create(
        source=source, institution=by.institution, made_by=by, made_at=now,
        columns={column.heading: column.target for column in columns},
    )  # fmt: skip
    Attachment.objects.filter(pk=file.pk).update(delete_after=None)
    batch: DeclaredBatch = DeclaredBatch.objects.create(
        layout=layout, file=file, institution=by.institution or place, month=month.first_day,
        taken=len(tried.entries), empty=tried.empty, made_by=by, made_at=now,
        left=[[one.line, one.column, one.text, one.remedy] for one in tried.bad],
    )  # fmt: skip
    rows = entering.enter(by=by, entries=tried.entries, now=now, batch=batch)
    attach(by=by, values=rows, kept=[file], now=now)
    submit_all(by=by, rows=rows, now=now)
    journal.write(by=by, verb="declared.imported", about=batch, rows=len(rows), left=len(tried.bad))
    return batch
