"""The steps of a declared value: submitted by one person, confirmed or sent back by another (S3-33)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from alliance.models import Membership, Transition
from alliance.services import steps
from performance.declared import book
from performance.declared.refusals import DeclaredRefused
from performance.declared.services.entering import LONGEST, key_of, note
from performance.declared.services.rights import require_first, require_second
from performance.dictionary import words
from performance.models import DeclaredValue
from performance.show import labels

Row = DeclaredValue
State = Row.State


@transaction.atomic
def submit(*, by: Membership, row: Row, now: datetime, version: int | None = None) -> Row:
    """Stand by a number. Raises PermissionDenied, DeclaredRefused (proof), Stale."""
    require_first(by, row.institution_id)
    check_proof(row)
    name = "resubmit" if row.state == State.RETURNED else "submit"
    step = steps.open_now(name, row, version)
    moved: Row = steps.take(step, by=by, row=row, verb="declared.submitted", now=now, submitted_by=by, why="")
    return moved


def check_proof(row: Row) -> None:
    """Raise DeclaredRefused (proof) for a declared value without a file."""
    if row.needs_proof and not row.proofs:
        raise DeclaredRefused("proof", fact=labels.fact(row.fact), evidence=evidence(row.fact))


def evidence(fact: str) -> str:
    """What proves a fact, as its indicators say."""
    return "；".join(dict.fromkeys(words.evidence(entry) for entry in book.proved_by(fact)))


@transaction.atomic
def submit_all(*, by: Membership, rows: Sequence[Row], now: datetime) -> list[Row]:
    """Stand by several numbers at once; all or none, in a number of queries that does not grow."""
    for row in rows:
        require_first(by, row.institution_id)
        check_proof(row)
    return move(rows, "submit", by, submitted_by=by, submitted_at=now)


@transaction.atomic
def confirm(*, by: Membership, row: Row, now: datetime, version: int | None = None) -> Row:
    """A second person has compared it with its evidence: it counts, and the value before no longer does.

    Raises PermissionDenied, DeclaredRefused (same_person), Stale.
    """
    steps.fresh(row, version)
    return confirm_all(by=by, rows=[row], now=now)[0]


@transaction.atomic
def confirm_all(*, by: Membership, rows: Sequence[Row], now: datetime) -> list[Row]:
    """Confirm several values at once; all or none, in a number of queries that does not grow."""
    for row in rows:
        require_second(by, row.institution_id, row.way)
        first = {one.user_id for one in (row.entered_by, row.submitted_by) if one is not None}
        if by.user_id in first:
            raise DeclaredRefused("same_person")
    if before := _counting(rows):
        move(before, "supersede", by, superseded_at=now)
    return move(rows, "confirm", by, confirmed_by=by, confirmed_at=now)


def _counting(rows: Sequence[Row]) -> list[Row]:
    """The values that count so far where others are confirmed; one query."""
    corrected = [row for row in rows if row.revision > 1]
    if not corrected:
        return []
    keys = {key_of(row) for row in corrected}
    found = Row.objects.filter(
        state=State.CONFIRMED, fact__in={row.fact for row in corrected},
        first_day__in={row.first_day for row in corrected},
    )  # fmt: skip
    return [row for row in found if key_of(row) in keys]


@transaction.atomic
def send_back(*, by: Membership, row: Row, why: str, version: int | None = None) -> Row:
    """A second person says what is wrong. Raises PermissionDenied, DeclaredRefused (why, same_person)."""
    require_second(by, row.institution_id, row.way)
    if by.user_id in {one.user_id for one in (row.entered_by, row.submitted_by) if one is not None}:
        raise DeclaredRefused("same_person")
    said = _said(why)
    step = steps.open_now("send_back", row, version)
    moved: Row = steps.take(step, by=by, row=row, verb="declared.sent_back", remark=said, why=said)
    return moved


@transaction.atomic
def withdraw(*, by: Membership, row: Row, why: str, version: int | None = None) -> Row:
    """Take back what was entered by mistake; it stays readable. Raises PermissionDenied, DeclaredRefused."""
    require_first(by, row.institution_id)
    said = _said(why)
    name = "give_up" if row.state == State.RETURNED else "withdraw"
    step = steps.open_now(name, row, version)
    moved: Row = steps.take(step, by=by, row=row, verb="declared.withdrawn", remark=said, why=said)
    return moved


def _said(why: str) -> str:
    said = why.replace("\0", "").strip()
    if not 0 < len(said) <= LONGEST:
        raise DeclaredRefused("why")
    return said


VERBS = {"submit": "declared.submitted", "confirm": "declared.confirmed", "supersede": "declared.replaced"}


def move(rows: Sequence[Row], name: str, by: Membership, **change: object) -> list[Row]:
    """Take one step with many rows in one statement; of two who try at once, one gets Stale (N33)."""
    seen = {row.pk: row for row in rows}
    locked = list(Row.objects.select_for_update().filter(pk__in=seen))
    for row in locked:
        steps.fresh(row, seen[row.pk].version)
    target = {steps.open_now(name, row, None).target for row in locked}.pop()
    Row.objects.filter(pk__in=seen).update(state=target, version=F("version") + 1, **change)
    Transition.objects.bulk_create(
        Transition(
            by=by, about_kind=row._meta.label_lower, about_id=row.pk, name=name, from_state=row.state,
            to_state=target,
        )
        for row in locked
    )  # fmt: skip
    note(by, VERBS[name], locked)
    moved = {row.pk: row for row in Row.objects.named().filter(pk__in=seen)}
    return [moved[pk] for pk in seen]
