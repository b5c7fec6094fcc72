"""Receiving a case file: keep it sealed, know it again, check it row by row in a job (walls.md section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from alliance.lib.register import Value
from alliance.models import Institution, Membership
from alliance.services import files, jobs, journal, parameters
from grouping import sql
from grouping.models import BadRow, CaseFile, Source, StagedCase
from grouping.queues import found as queue
from grouping.readers.assembling import SeenKeys
from grouping.readers.formats import FRONT_PAGE, Reader, open_file, read_on
from grouping.readers.rows import Checkpoint, FileRefused, Position
from grouping.readers.sheet_csv import as_csv, is_workbook
from grouping.services import schemes, sources, staging

CHECK = "case_file.check"
CHUNK = 2_000  # rows a transaction


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
    can deliver for that one only. Raises files.TooLarge, SourceRefused (none_in_force).
    """
    limit, days = _whole("upload.csv_bytes", today), _whole("originals_keep_days", today)
    version = sources.in_force(source, today) if source is not None else None
    own = by.institution or (source.institution if source is not None else None) or institution
    edition = version.edition if version is not None else edition
    document = sources.spec(version).document if version is not None else FRONT_PAGE
    row = files.store(
        by=by,
        name=name,
        content=content,
        purpose="case_file",
        content_type="text/csv",
        limit=limit,
        keep_days=days,
        institution=own,
    )
    living = CaseFile.objects.exclude(state__in=["refused", "discarded"])
    before = living.filter(sha256=row.sha256, edition=edition, source=version).first()
    if before is not None:
        files.forget(row)
        return before, False
    file = CaseFile.objects.create(
        attachment=row, sha256=row.sha256, edition=edition, institution=own, received_by=by, source=version,
        document=document,
    )  # fmt: skip
    file.job = jobs.enqueue(by=by, kind=CHECK, dedupe=f"file {file.pk}", arguments={"file": file.pk})
    file.save(update_fields=["job"])
    journal.write(by=by, verb="case_file.received", about=file, sha256=row.sha256, size=row.size)
    return file, True


def _whole(key: str, on: date) -> int:
    value: Value = parameters.in_force(key, on=on)
    assert isinstance(value, int)
    return value


@jobs.handles(CHECK)
def check(work: jobs.Work) -> jobs.Step:
    """One chunk of rows from where the last one ended: good ones staged, bad ones kept with their errors."""
    rows = CaseFile.objects.select_related(
        "attachment", "table", "institution", "source__source__institution"
    )
    file = rows.get(pk=work.job.arguments["file"])
    try:
        return _check_rows(file, work)
    except FileRefused as refusal:
        return _refuse(file, refusal)


def _check_rows(file: CaseFile, work: jobs.Work) -> jobs.Step:
    spec = sources.spec_of(file)
    with _plain(file) as plain:
        checkpoint = _checkpoint(work.previous) or open_file(plain, spec)
        dictionary = schemes.dictionary(schemes.in_force(work.job.created_at.date()))
        seen = SeenKeys(_known_keys(file))
        reader = read_on(plain, checkpoint, spec, dictionary=dictionary, seen=seen)
        read, bad, more = staging.stage(file, reader, CHUNK)
        token = _token(reader)
    file.rows_read, file.rows_bad, file.encoding = (
        file.rows_read + read,
        file.rows_bad + bad,
        checkpoint.encoding,
    )
    file.save(update_fields=["rows_read", "rows_bad", "encoding"])
    done = token["offset"] / max((file.table or file.attachment).size, 1)
    total = None if not more else max(work.number + 2, round((work.number + 1) / done))
    if not more:
        finish(file)
    return jobs.Step(
        more=more,
        token=token,
        total=total,
        text=f"{file.rows_read}",
        result={"rows": file.rows_read, "bad": file.rows_bad},
    )


@contextmanager
def _plain(file: CaseFile) -> Iterator[BinaryIO]:
    """The text of a file; a workbook becomes a table once, which is sealed beside it and read ever after."""
    if file.table is None:
        with files.plain_copy(file.attachment) as plain:
            if not is_workbook(plain):
                yield plain
                return
            file.table = files.store(
                by=file.received_by, name=f"{file.attachment.shown_name}.csv", content=as_csv(plain),
                purpose="case_file", content_type="text/csv", limit=_whole("upload.csv_bytes", _day(file)),
                keep_days=_whole("originals_keep_days", _day(file)), institution=file.institution,
            )  # fmt: skip
            file.save(update_fields=["table"])
    with files.plain_copy(file.table) as plain:
        yield plain


def _day(file: CaseFile) -> date:
    return timezone.localdate(file.received_at)


def finish(file: CaseFile) -> None:
    """All rows are in staging: count what publishing would do, and let people decide."""
    file.preview = sql.fetch(sql.PREVIEW, file=file.pk)[0]
    found = sql.fetch(sql.MONTHS, file=file.pk)
    file.months = [
        {"month": row["month"], "institution": row["institution_id"], "rows": row["rows"]} for row in found
    ]
    file.preview["missing"] = sql.execute(sql.MISSING, file=file.pk)
    queue.in_file(file)
    file.check_done()
    file.save(update_fields=["preview", "months", "state"])
    journal.step(by=file.received_by, about=file, name="check_done", before="received", after="checked")


def _refuse(file: CaseFile, refusal: FileRefused) -> jobs.Step:
    """The file as a whole: keep the reason in both languages' form, drop what was staged."""
    StagedCase.objects.filter(file=file).delete()
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


def _token(reader: Reader) -> dict[str, Any]:
    found = asdict(reader.checkpoint)
    return {"encoding": found["encoding"], "header": list(found["header"]), **found["position"]}


def _checkpoint(token: dict[str, Any]) -> Checkpoint | None:
    if not token:
        return None
    return Checkpoint(token["encoding"], tuple(token["header"]), Position(token["offset"], token["line"]))
