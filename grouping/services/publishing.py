"""Publishing a checked file: all its good rows become cases in one transaction; corrections keep what stood
before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.services import journal
from grouping import sql
from grouping.delivered import sql as delivered
from grouping.models import Case, CaseFile, MissingCase, StagedCase
from grouping.queues import bell, found
from grouping.services import grouping, locked, pairing

SLICE = 25_000  # lines whose cases are stored by one statement


class PublishRefused(Refused):
    """The file cannot be stored as it is."""

    reasons = {
        "bad_rows": "%(bad)s of %(rows)s rows have errors. Deliver a corrected file, "
        "or choose to store the %(good)s good rows.",
        "no_good_rows": "No row is without errors; nothing can be stored.",
        "not_ready": "The file is %(state)s, not ready to be stored.",
        "locked": "%(month)s is decided: rows of %(names)s for it are not stored. These are %(n)s of "
        "%(rows)s rows, in the file's lines %(lines)s. Ask the performance office for a lock exception and "
        "store the file then, or deliver it without these rows.",
    }


class VoidRefused(Refused):
    """The case cannot be voided by this person."""

    reasons = {
        "own_delivery": "You delivered the file that lacks these cases: another person voids them. "
        "Your answer and reason were not stored.",
    }


@transaction.atomic
def publish(*, by: Membership, file: CaseFile, take_good: bool = False) -> CaseFile:
    """Store the good rows of a checked file as cases and queue their grouping; nothing at all when refused.

    With bad rows the caller must say `take_good`: an explicit choice that is journaled (walls.md section 4).
    New cases are inserted, changed ones corrected (the earlier content stays readable), unchanged ones left
    alone. Rows of a month that is decided need its lock exception. Raises PublishRefused.
    """
    file = CaseFile.objects.select_for_update().get(pk=file.pk)
    _check_ready(file, take_good)
    if found_locked := locked_parts(file):
        raise PublishRefused("locked", **found_locked)
    with sql.by_key():
        new, corrected = _store(file)
        found.in_file(file)
        found.corrected_by(file)
    sql.execute(delivered.CLEAR_STAGING, file=file.pk)
    file.preview |= {"stored": new, "corrected": corrected}
    file.published_by, file.published_at = by, timezone.now()
    file.publish()
    file.save(update_fields=["preview", "published_by", "published_at", "state"])
    journal.step(by=by, about=file, name="publish", before="checked", after="published")
    journal.write(
        by=by,
        verb="case_file.published",
        about=file,
        new=new,
        corrected=corrected,
        bad=file.rows_bad,
        took_good=take_good,
    )
    pairing.match(file, [Month.parse(month) for month in {entry["month"] for entry in file.months}])
    for month in sorted({entry["month"] for entry in file.months}):
        grouping.enqueue_month(by=by, month=Month.parse(month))
    return file


def _store(file: CaseFile) -> tuple[int, int]:
    """Persons first, then new cases; where some stood before, they are kept and corrected. How many are new
    and how many corrected.
    """
    sql.execute(delivered.PREPARE_PERSONS)
    for statement in (delivered.MAKE_PERSONS, delivered.FIND_PERSONS):
        sql.execute(statement, file=file.pk)
    staged, now = sql.fetch(delivered.STAGED, file=file.pk)[0], timezone.now()
    new = sum(
        sql.execute(delivered.INSERT_NEW, file=file.pk, now=now, after=after, last=after + SLICE)
        for after in range(0, staged["last"], SLICE)
    )
    if new == staged["rows"]:
        return new, 0
    sql.execute(delivered.KEEP_OLD, file=file.pk, now=now)
    return new, sql.execute(delivered.CORRECT, file=file.pk, now=now)


def publish_by_id(*, by: Membership, file_id: int, take_good: bool = False) -> CaseFile:
    """As `publish`, for callers above this floor that know the file by its id."""
    return publish(by=by, file=CaseFile.objects.get(pk=file_id), take_good=take_good)


def _check_ready(file: CaseFile, take_good: bool) -> None:
    if file.state != CaseFile.State.CHECKED:
        raise PublishRefused("not_ready", state=file.get_state_display())
    if not file.rows_good:
        raise PublishRefused("no_good_rows")
    if file.rows_bad and not take_good:
        raise PublishRefused("bad_rows", bad=file.rows_bad, rows=file.rows_read, good=file.rows_good)


def locked_parts(file: CaseFile) -> dict[str, object]:
    """The first decided month a checked file would change, whose rows those are and in which lines they
    stand; empty for none.
    """
    if not (file.preview.get("new") or file.preview.get("changed")):
        return {}
    parts = [(Month.parse(entry["month"]), entry["institution"]) for entry in file.months]
    closed = locked.closed(parts, timezone.now())
    if not closed:
        return {}
    first = closed[0][0]
    places = Institution.objects.filter(pk__in=[pk for month, pk in closed if month == first])
    names = places.order_by("code").values_list("short_name", flat=True)
    rows = StagedCase.objects.filter(file=file, institution__in=places, month=first.first_day)
    found = list(rows.order_by("line").values_list("line", flat=True))
    return {
        "month": first, "names": "、".join(names), "n": str(len(found)), "rows": str(file.rows_read),
        "lines": lines_said(found),
    }  # fmt: skip


NAMED = 20  # stretches of lines that are named; a sentence stays one


def lines_said(lines: Sequence[int]) -> str:
    """Line numbers of a file as people read them, in ascending order: "3, 5–9"; the first stretches alone
    where there are many.
    """
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    said = [str(low) if low == high else f"{low}–{high}" for low, high in spans[:NAMED]]
    return ", ".join([*said, "…"] if len(spans) > NAMED else said)


@transaction.atomic
def discard(*, by: Membership, file: CaseFile) -> CaseFile:
    """Put a file aside; its rows leave the staging table, its original stays until its time is over."""
    file = CaseFile.objects.select_for_update().get(pk=file.pk)
    before = file.state
    if before not in (CaseFile.State.RECEIVED, CaseFile.State.CHECKED):
        raise PublishRefused("not_ready", state=file.get_state_display())
    sql.execute(delivered.CLEAR_STAGING, file=file.pk)
    MissingCase.objects.filter(file=file, answer="open").delete()
    found.withdrawn(file)
    file.discard()
    file.save(update_fields=["state"])
    journal.step(by=by, about=file, name="discard", before=before, after="discarded")
    return file


@transaction.atomic
def answer_missing(
    *, by: Membership, missing: MissingCase, void: bool, reason: str, now: datetime
) -> MissingCase:
    """Say what became of a case that a later file lacks: kept as it is, or void (never deleted).

    Two persons void: one delivers the file without it, another says so with a reason; then the month's sums
    and queues follow. Raises VoidRefused (own_delivery), Stale when it was answered meanwhile.
    """
    if void and missing.file.received_by_id == by.pk:
        raise VoidRefused("own_delivery")
    answer = MissingCase.Answer.VOIDED if void else MissingCase.Answer.KEPT
    row: MissingCase = MissingCase.objects.claim(
        missing.pk,
        expect={"answer": MissingCase.Answer.OPEN},
        change={"answer": answer, "answered_by": by, "answered_at": now, "reason": reason},
    )
    if void:
        Case.objects.filter(pk=row.case_id, voided_at=None).update(voided_at=now)
        bell.enqueue(Month.of(row.case.month))
    journal.write(by=by, verb="case.missing_answered", about=row, answer=answer, reason=reason)
    return row
