"""A value is entered: of whom, of which span, who answers for it. Nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership, Staff
from alliance.models.base import Stale
from alliance.services import journal, steps
from performance.declared import book
from performance.declared import words as words_of
from performance.declared.refusals import DeclaredRefused
from performance.declared.services import matching
from performance.declared.services.rights import require_first
from performance.dictionary import words
from performance.engine.spans import Span
from performance.models import DeclaredBatch, DeclaredValue
from performance.show import labels

Row = DeclaredValue
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Of whom a fact is: the alliance, an institution, one of its departments, teams or persons."""

    institution: Institution | None
    department: Department | None = None
    staff: Staff | None = None
    team: str = ""

    @property
    def level(self) -> str:
        """The level of the dictionary."""
        if self.institution is None:
            return Row.Level.ALLIANCE
        if self.department is not None:
            return Row.Level.DEPARTMENT
        if self.staff is not None:
            return Row.Level.PERSON
        return Row.Level.TEAM if self.team else Row.Level.INSTITUTION


@dataclass(frozen=True, slots=True)
class Entry:
    """One number as it is declared; `value` in the unit of the fact book (money in fen)."""

    place: Place
    fact: str
    span: Span
    value: Decimal
    responsible: str
    note: str = ""
    way: str = Row.Way.FORM


@transaction.atomic
def enter(
    *, by: Membership, entries: Sequence[Entry], now: datetime, batch: DeclaredBatch | None = None
) -> list[Row]:
    """Store values as entered; a value of a span that has a confirmed one becomes its correction.

    The same number of queries for any number of entries. Raises PermissionDenied, DeclaredRefused (own, fact,
    level, office, place, village, span, future, responsible, open, same, note, nothing, above, of_nothing).
    """
    if not entries:
        raise DeclaredRefused("nothing")
    for entry in entries:
        check(entry, by=by, now=now)
    revisions = before(entries)
    beside(entries, revisions)
    rows = [_row(entry, revisions.get(key_of_entry(entry), []), by, now, batch) for entry in entries]
    try:
        with transaction.atomic():
            Row.objects.bulk_create(rows)
    except IntegrityError as error:
        # Somebody entered the same place and span at this moment.
        if "declared_one" not in str(error) and "declared_once" not in str(error):
            raise
        raise Stale(rows[0]) from error
    note(by, "declared.entered", rows)
    return rows


def note(by: Membership, verb: str, rows: Sequence[Row]) -> None:
    """One journal entry for what one person did at once."""
    about = rows[0] if len(rows) == 1 else None
    facts = sorted({row.fact for row in rows})
    periods = sorted({str(row.span) for row in rows})
    journal.write(
        by=by,
        verb=verb,
        about=about,
        fact=facts,
        period=periods,
        rows=len(rows),
        ids=[row.pk for row in rows],
    )


def check(entry: Entry, *, by: Membership, now: datetime) -> None:
    """Raise what makes an entry impossible whatever is stored already."""
    place, fact = entry.place, labels.facts().get(entry.fact)
    require_first(by, place.institution.pk if place.institution else None)
    if fact is None:
        raise DeclaredRefused("fact", fact=entry.fact[:40])
    name = labels.named(fact)
    if book.booked(entry.fact) is None:
        raise DeclaredRefused("own", fact=name)
    if fact.key not in book.deliverable(by.institution_id is not None):
        raise DeclaredRefused("office", fact=name)
    if place.level not in fact.levels:
        raise DeclaredRefused("level", fact=name, levels=words.levels(fact.levels))
    _check_place(place)
    frequency = book.often()[entry.fact]
    if entry.span.frequency != frequency:
        raise DeclaredRefused("span", fact=name, often=str(words.FREQUENCIES[frequency]))
    if Month.of(now.astimezone(SHANGHAI)) <= entry.span.last:
        raise DeclaredRefused("future", span=words_of.span(entry.span))
    if not entry.responsible.strip():
        raise DeclaredRefused("responsible")


def _check_place(place: Place) -> None:
    here = place.institution
    if here is None:
        return
    if here.kind == Institution.Kind.VILLAGE:
        raise DeclaredRefused("village", place=here.short_name)
    parts = [one for one in (place.department, place.staff) if one is not None]
    if any(one.institution_id != here.pk for one in parts) or len(parts) + bool(place.team) > 1:
        raise DeclaredRefused("place")


Key = tuple[object, ...]
PLACE_PARTS = 5  # of a key: level, institution, department, person, team; fact and span follow


def key_of_entry(entry: Entry) -> Key:
    """What an entry is of: level, place, fact, span."""
    place = entry.place
    return (
        place.level, place.institution and place.institution.pk, place.department and place.department.pk,
        place.staff and place.staff.pk, place.team, entry.fact, entry.span,
    )  # fmt: skip


def key_of(row: Row) -> Key:
    """What a value is of: level, place, fact, span."""
    return (
        row.level, row.institution_id, row.department_id, row.staff_id, row.team, row.fact, row.span,
    )  # fmt: skip


def before(entries: Sequence[Entry]) -> dict[Key, list[Row]]:
    """All revisions of what is declared and of what it is divided with, oldest first; one query."""
    rows = Row.objects.filter(
        fact__in=matching.divided_with(entry.fact for entry in entries),
        first_day__in={entry.span.first.first_day for entry in entries},
    )
    found: dict[Key, list[Row]] = {}
    for row in rows.order_by("revision"):
        found.setdefault(key_of(row), []).append(row)
    return found


def beside(entries: Sequence[Entry], before: Mapping[Key, Sequence[Row]]) -> None:
    """Raise what contradicts itself among the entries and beside what is stored: above, of_nothing."""
    given = {key_of_entry(entry): entry.value for entry in entries}
    stored = matching.known_of(before)
    for entry in entries:
        matching.check(entry.fact, entry.span, key_of_entry(entry)[:PLACE_PARTS], given=given, stored=stored)


def fits(entry: Entry, before: Sequence[Row]) -> None:
    """Raise what makes an entry impossible beside the revisions that are stored: open, same, note."""
    for row in before:
        if row.state in Row.OPEN:
            raise DeclaredRefused(
                "open", span=words_of.span(entry.span), revision=row.revision, state=row.get_state_display()
            )
        if row.state == Row.State.CONFIRMED:
            if row.value == entry.value:
                raise DeclaredRefused("same")
            if not entry.note.strip():
                raise DeclaredRefused("note", span=words_of.span(entry.span))


def _row(
    entry: Entry, before: Sequence[Row], by: Membership, now: datetime, batch: DeclaredBatch | None
) -> Row:
    fits(entry, before)
    place = entry.place
    return Row(
        level=place.level, institution=place.institution, department=place.department, staff=place.staff,
        team=place.team, fact=entry.fact, frequency=entry.span.frequency,
        first_day=entry.span.first.first_day, revision=before[-1].revision + 1 if before else 1,
        value=entry.value, responsible=entry.responsible.strip(), note=entry.note.strip(), way=entry.way,
        needs_proof=book.needs_proof(entry.fact), entered_by=by, entered_at=now,
        batch=batch,
    )  # fmt: skip


@transaction.atomic
def change(
    *, by: Membership, row: Row, value: Decimal, responsible: str, note: str, version: int | None = None
) -> Row:
    """Change what is not submitted yet, or was sent back. Raises PermissionDenied, DeclaredRefused, Stale."""
    require_first(by, row.institution_id)
    steps.fresh(row, version)
    if row.fact not in book.deliverable(by.institution_id is not None):
        raise DeclaredRefused("office", fact=labels.named(labels.facts()[row.fact]))
    if row.state not in (Row.State.ENTERED, Row.State.RETURNED):
        raise DeclaredRefused("sealed")
    if not responsible.strip():
        raise DeclaredRefused("responsible")
    place = Place(row.institution, row.department, row.staff, row.team)
    changed = Entry(place, row.fact, row.span, value, responsible, note)
    beside([changed], before([changed]))
    moved: Row = Row.objects.claim(
        row.pk, expect={"version": row.version, "state": row.state},
        change={"value": value, "responsible": responsible.strip(), "note": note.strip(),
                "version": row.version + 1},
    )  # fmt: skip
    journal.write(by=by, verb="declared.changed", about=moved)
    return moved
