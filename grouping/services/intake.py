"""Receiving a case file: keep it sealed, know it again, check it row by row in a job (walls.md section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy

from alliance.lib.register import Value
from alliance.models import Attachment, Institution, Membership
from alliance.services import files, jobs, journal, parameters
from grouping import sql
from grouping.delivered import sql as delivered
from grouping.models import BadRow, CaseFile, FileRange, Source, StagedCase
from grouping.readers.assembling import SeenKeys
from grouping.readers.formats import FRONT_PAGE, HQMS, Spec, open_file, read_on
from grouping.readers.rows import Checkpoint, FileRefused, Position
from grouping.readers.sheet_csv import as_csv, is_workbook
from grouping.services import duplicates, ranges, schemes, sources, staging

CHECK, HELP = "case_file.check", "case_file.help"
CHUNK = 10_000  # rows a transaction


@transaction.atomic
def receive_file(
    *,
    by: Membership,
    name: str,
    content: Iterable[bytes],
    edition: str = "insurance",
    institution: Institution | None = None,
    source: Source | None = None,
    today: date,
) -> tuple[CaseFile, bool]:
    """Seal and queue a case file; return (file, made). The same bytes again return the existing batch.

    Without a `source` it is an HQMS front page of the edition said; with one, its settings in force today
    decide format and edition. `institution` limits whose discharges it may hold; a member of one institution
    can deliver for that one only. No stay in it may end after `today`, the day of delivery, whenever it is
    read. Raises files.TooLarge, SourceRefused.
    """
    version = sources.usable(by=by, source=source, on=today) if source is not None else None
    own = by.institution or (source.institution if source is not None else None) or institution
    edition = version.edition if version is not None else edition
    row = files.store(
        by=by, name=name, content=content, purpose="case_file", content_type="text/csv",
        limit=_whole("upload.csv_bytes", today), keep_days=_whole("originals_keep_days", today),
        institution=own,
    )  # fmt: skip
    living = CaseFile.objects.exclude(state__in=["refused", "discarded"])
    before = living.filter(sha256=row.sha256, edition=edition, source=version).first()
    if before is not None:
        files.forget(row)
        return before, False
    file = CaseFile.objects.create(
        attachment=row, sha256=row.sha256, edition=edition, institution=own, received_by=by, source=version,
        document=sources.spec(version).document if version is not None else FRONT_PAGE, delivered_on=today,
    )  # fmt: skip
    return _queue(by, file, row), True


def _queue(by: Membership, file: CaseFile, row: Attachment) -> CaseFile:
    """Let a job check the file."""
    file.job = jobs.enqueue(by=by, kind=CHECK, dedupe=f"file {file.pk}", arguments={"file": file.pk})
    file.save(update_fields=["job"])
    journal.write(by=by, verb="case_file.received", about=file, sha256=row.sha256, size=row.size)
    return file


def _whole(key: str, on: date) -> int:
    value: Value = parameters.in_force(key, on=on)
    assert isinstance(value, int)
    return value


@jobs.handles(CHECK, gettext_lazy("Check a case file"))
def check(work: jobs.Work) -> jobs.Step:
    """Some rows a chunk: good ones staged, bad ones kept with their errors; at last the preview."""
    file = _file(work)
    if file.state != CaseFile.State.RECEIVED:
        return jobs.Step(more=False)
    spec = sources.spec_of(file)
    try:
        with transaction.atomic(), _plain(file) as plain:
            if spec.format == HQMS:
                return _check_range(file, plain, spec, work)
            return _check_rows(file, plain, spec, work)
    except FileRefused as refusal:
        return _refuse(file, refusal)


def _check_range(file: CaseFile, plain: BinaryIO, spec: Spec, work: jobs.Work) -> jobs.Step:
    """One range of rows; others may be taken by helpers meanwhile. The last chunk finishes the file."""
    start = _checkpoint(work.previous)
    if start is None:
        start = ranges.lay(file, plain, CHUNK)
        _call_help(file, start)
    found = ranges.claim(file, wait=True)
    if found is not None:
        ranges.take(file, plain, spec, start, found)
    left = FileRange.objects.filter(file=file, done=False).count()
    file.refresh_from_db(fields=["rows_read", "rows_bad"])
    if not left:
        duplicates.refuse(file, plain, spec, start)
        finish(file)
    return _step(file, start, left > 0, work.number + 1 + left)


def _call_help(file: CaseFile, start: Checkpoint) -> None:
    """Let other workers take ranges too, if there are several."""
    for number in range(min(settings.CHECK_HELPERS, file.ranges.count() - 1)):
        arguments = {"file": file.pk, **_token(start)}
        dedupe = f"file {file.pk} {number}"
        jobs.enqueue(by=file.received_by, kind=HELP, dedupe=dedupe, arguments=arguments)


@jobs.handles(HELP, gettext_lazy("Help to check a case file"))
def help_check(work: jobs.Work) -> jobs.Step:
    """One range that nobody works at, while there is one; the first job of the file finishes it."""
    file, start = _file(work), _checkpoint(work.job.arguments)
    found = ranges.claim(file, wait=False) if file.state == CaseFile.State.RECEIVED else None
    if found is None or start is None:
        return jobs.Step(more=False, text="", result={"ranges": work.number})
    with _plain(file) as plain:
        ranges.take(file, plain, sources.spec_of(file), start, found)
    return jobs.Step(more=True, text=f"{work.number + 1}")


def _check_rows(file: CaseFile, plain: BinaryIO, spec: Spec, work: jobs.Work) -> jobs.Step:
    """One chunk of rows from where the last one ended, for formats that are read row by row."""
    limits = ranges.limits_of(file)
    checkpoint = _checkpoint(work.previous) or open_file(plain, spec, limits)
    dictionary = schemes.dictionary(schemes.in_force(work.job.created_at.date()))
    seen = SeenKeys(_known_keys(file))
    reader = read_on(plain, checkpoint, spec, dictionary=dictionary, seen=seen, limits=limits)
    read, bad, more = staging.stage(file, reader, CHUNK)
    file.rows_read, file.rows_bad = file.rows_read + read, file.rows_bad + bad
    file.encoding = checkpoint.encoding
    file.save(update_fields=["rows_read", "rows_bad", "encoding"])
    if not more:
        finish(file)
    done = reader.checkpoint.position.offset / max((file.table or file.attachment).size, 1)
    total = max(work.number + 2, round((work.number + 1) / done)) if more else work.number + 1
    return _step(file, reader.checkpoint, more, total)


def _step(file: CaseFile, start: Checkpoint, more: bool, total: int) -> jobs.Step:
    result = {"rows": file.rows_read, "bad": file.rows_bad}
    return jobs.Step(more=more, token=_token(start), total=total, text=f"{file.rows_read}", result=result)


def _file(work: jobs.Work) -> CaseFile:
    rows = CaseFile.objects.select_related(
        "attachment", "table", "institution", "alliance", "received_by", "source__source__institution"
    )
    return rows.get(pk=work.job.arguments["file"])


@contextmanager
def _plain(file: CaseFile) -> Iterator[BinaryIO]:
    """The text of a file; a workbook becomes a table once, which is sealed beside it and read ever after."""
    if file.table is None:
        with files.opened(file.attachment) as plain:
            if not is_workbook(plain):
                yield plain
                return
            on = file.delivered_on
            file.table = files.store(
                by=file.received_by, name=f"{file.attachment.shown_name}.csv", content=as_csv(plain),
                purpose="case_file", content_type="text/csv", limit=_whole("upload.csv_bytes", on),
                keep_days=_whole("originals_keep_days", on), institution=file.institution,
            )  # fmt: skip
            file.save(update_fields=["table"])
    with files.opened(file.table) as plain:
        yield plain


def finish(file: CaseFile) -> None:
    """All rows are in staging: count what publishing would do, and let people decide."""
    with sql.by_key():
        file.preview = sql.fetch(delivered.PREVIEW, file=file.pk)[0]
    found = sql.fetch(delivered.MONTHS, file=file.pk)
    file.months = [
        {"month": row["month"], "institution": row["institution_id"], "rows": row["rows"]} for row in found
    ]
    file.preview["missing"] = sql.execute(delivered.MISSING, file=file.pk)
    file.check_done()
    file.save(update_fields=["preview", "months", "state"])
    journal.step(by=file.received_by, about=file, name="check_done", before="received", after="checked")


def _refuse(file: CaseFile, refusal: FileRefused) -> jobs.Step:
    """The file as a whole: keep the reason in both languages' form, drop what was staged."""
    sql.execute(delivered.CLEAR_STAGING, file=file.pk)
    BadRow.objects.filter(file=file).delete()
    file.refusal = {
        "reason": refusal.reason,
        "arguments": {key: str(value) for key, value in refusal.arguments.items()},
    }
    file.refuse()
    file.save(update_fields=["refusal", "state"])
    journal.step(by=file.received_by, about=file, name="refuse", before="received", after="refused")
    return jobs.Step(more=False, text="", result={"refused": refusal.reason})


def _known_keys(file: CaseFile) -> Iterable[tuple[bytes, int]]:
    for model in (StagedCase, BadRow):
        found = model.objects.filter(file=file).exclude(row_key=None).values_list("row_key", "line")
        yield from ((bytes(key or b""), line) for key, line in found.iterator())


def _token(start: Checkpoint) -> dict[str, Any]:
    found = asdict(start)
    return {"encoding": found["encoding"], "header": list(found["header"]), **found["position"]}


def _checkpoint(token: dict[str, Any]) -> Checkpoint | None:
    if not token:
        return None
    return Checkpoint(token["encoding"], tuple(token["header"]), Position(token["offset"], token["line"]))
