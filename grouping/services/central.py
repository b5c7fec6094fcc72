"""Group results of the city: read in a job, compared with our own groups in single statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy

from alliance.models import Institution, Membership
from alliance.services import files, jobs, journal, parameters
from alliance.sql import copy_rows
from grouping import sql
from grouping.central import sql as statements
from grouping.models import CentralFile, CentralResult, Source
from grouping.readers.results import ResultReader, ResultRow
from grouping.readers.rows import BadRow, Checkpoint, FileRefused, Position, RowError
from grouping.readers.sheet_csv import as_csv, is_workbook
from grouping.readers.tabular import open_table
from grouping.services import schemes, sources

READ = "central.read"
CHUNK = 5_000
ERRORS_KEPT = 200
COLUMNS = [
    "file_id", "line", "institution_id", "record_no", "visit_no", "day", "drg", "weight", "settled_fen",
    "version", "principal", "ours", "why", "rejected_fen", "rejected_why", "paid_as",
]  # fmt: skip


@transaction.atomic
def receive(
    *, by: Membership, source: Source, name: str, content: Iterable[bytes], today: date
) -> tuple[CentralFile, bool]:
    """Seal and queue a file of results; return (file, made). The same bytes again are the same file.

    Raises files.TooLarge, sources.SourceRefused.
    """
    version = sources.usable(by=by, source=source, on=today)
    limit, days = _bounds(today)
    kept = files.store(
        by=by, name=name, content=content, purpose="case_file", content_type="text/csv", limit=limit,
        keep_days=days, institution=source.institution,
    )  # fmt: skip
    before = CentralFile.objects.exclude(state="refused").filter(sha256=kept.sha256, source=version).first()
    if before is not None:
        files.forget(kept)
        return before, False
    row = CentralFile.objects.create(
        source=version, institution=source.institution, attachment=kept, sha256=kept.sha256, received_by=by
    )
    row.job = jobs.enqueue(by=by, kind=READ, dedupe=f"central {row.pk}", arguments={"file": row.pk})
    row.save(update_fields=["job"])
    journal.write(by=by, verb="central.received", about=row, sha256=kept.sha256, size=kept.size)
    return row, True


def _bounds(on: date) -> tuple[int, int]:
    """The most bytes of a file, and how many days originals are kept."""
    limit, days = (parameters.in_force(key, on=on) for key in ("upload.csv_bytes", "originals_keep_days"))
    assert isinstance(limit, int) and isinstance(days, int)
    return limit, days


@jobs.handles(READ, gettext_lazy("Read a file of central groups"))
def read(work: jobs.Work) -> jobs.Step:
    """One chunk of rows from where the last one ended; after the last one all are compared."""
    rows = CentralFile.objects.select_related(
        "attachment", "table", "source__source__institution", "received_by"
    )
    file = rows.get(pk=work.job.arguments["file"])
    try:
        with transaction.atomic():
            return _read(file, work)
    except FileRefused as refused:
        file.refusal = {
            "reason": refused.reason,
            "arguments": {key: str(value) for key, value in refused.arguments.items()},
        }
        file.refuse()
        file.save(update_fields=["refusal", "state"])
        return jobs.Step(more=False, result={"refused": refused.reason})


def _read(file: CentralFile, work: jobs.Work) -> jobs.Step:
    _as_table(file)
    mapping = sources.mapping(file.source)
    assert mapping is not None
    spec = sources.spec(file.source)
    with files.plain_copy(file.table or file.attachment) as plain:
        start = _checkpoint(work.previous) or open_table(
            plain, delimiter=mapping.delimiter, header_line=mapping.header_line
        )
        reader = ResultReader(
            plain, start, mapping, organisations=spec.organisations, organisation=spec.organisation
        )
        taken = list(islice(reader, CHUNK))
        token = reader.checkpoint
    _store(file, taken)
    more = len(taken) == CHUNK
    if not more:
        file.read_done()
        compare(file, now=timezone.now())
    file.save()
    position = asdict(token)["position"]
    kept = {"encoding": token.encoding, "header": list(token.header), **position}
    return jobs.Step(more=more, token=kept, text=f"{file.rows_read}", result={"rows": file.rows_read})


def _as_table(file: CentralFile) -> None:
    if file.table is not None:
        return
    with files.plain_copy(file.attachment) as plain:
        if is_workbook(plain):
            limit, days = _bounds(timezone.localdate(file.received_at))
            file.table = files.store(
                by=file.received_by, name=f"{file.attachment.shown_name}.csv", content=as_csv(plain),
                purpose="case_file", content_type="text/csv", limit=limit, institution=file.institution,
                keep_days=days,
            )  # fmt: skip
            file.save(update_fields=["table"])


def _checkpoint(token: dict[str, Any]) -> Checkpoint | None:
    if not token:
        return None
    return Checkpoint(token["encoding"], tuple(token["header"]), Position(token["offset"], token["line"]))


def _store(file: CentralFile, taken: list[ResultRow | BadRow]) -> None:
    places = {place.organisation: place for place in Institution.objects.all()}
    good: list[list[object]] = []
    errors: list[RowError] = []
    bad = 0
    for row in taken:
        found = _error(row, places, file) if isinstance(row, ResultRow) else row.errors
        if found:
            bad += 1
            errors += found
        elif isinstance(row, ResultRow):
            good.append([
                file.pk, row.line, places[row.organisation].pk, row.record_no, row.visit_no, row.day, row.drg,
                row.weight, row.settled_fen, row.version, row.principal, "", "no_case", row.rejected_fen,
                row.rejected_why, row.paid_as,
            ])  # fmt: skip
    copy_rows(CentralResult._meta.db_table, COLUMNS, good)
    file.rows_read += len(taken)
    file.rows_bad += bad
    room = ERRORS_KEPT - len(file.errors)
    file.errors += [_kept(error) for error in errors[: max(room, 0)]]


def _error(row: ResultRow, places: dict[str, Institution], file: CentralFile) -> tuple[RowError, ...]:
    """A row of no member, or of another than the one whose source it is."""
    place = places.get(row.organisation)
    if place is not None and file.institution_id in (None, place.pk):
        return ()
    if place is None:
        return (RowError(row.line, "A01", "institution_unknown", row.organisation, "institution_unknown"),)
    own = file.source.source.institution
    params = (("expected", own.name if own is not None else ""),)
    return (RowError(row.line, "A01", "institution_other", row.organisation, "institution_other", params),)


def _kept(error: RowError) -> dict[str, Any]:
    return {
        "line": error.line, "column": error.column, "value": error.value[:120], "message": error.message,
        "params": dict(error.params),
    }  # fmt: skip


@transaction.atomic
def compare(file: CentralFile, *, now: datetime) -> None:
    """Find the cases of all rows and say how their groups compare with ours: two statements."""
    last = file.results.aggregate(last=Max("day"))["last"]
    known = _known_codes(last) if last is not None else []
    sql.execute(statements.FIND, file=file.pk)
    sql.execute(statements.COMPARE, file=file.pk, known=known)
    file.compared_at = now


def _known_codes(on: date) -> list[str]:
    """Every result code our scheme can come to on a day: DRGs, ADRGs without one, the ungroupable."""
    try:
        package = schemes.package(schemes.in_force(on))
    except schemes.NoScheme:
        return []
    drgs = {row.code for rows in package.drgs.values() for row in rows}
    adrgs = {row.code for rows in package.adrgs.values() for row in rows}
    return sorted(drgs | adrgs | {package.head.ungroupable})


@transaction.atomic
def compare_again(*, by: Membership, file: CentralFile, now: datetime) -> None:
    """Compare once more, after a correction or a new scheme."""
    compare(file, now=now)
    file.save(update_fields=["compared_at"])
    journal.write(by=by, verb="central.compared", about=file)
