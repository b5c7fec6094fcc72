"""Receiving a case file: keep it sealed, know it again, check it row by row in a job (walls.md section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from alliance.lib.register import Value
from alliance.models import Institution, Membership
from alliance.services import files, jobs, journal, parameters
from grouping import sql
from grouping.models import BadRow, CaseFile, StagedCase
from grouping.readers.hqms import FrontPageReader, SeenKeys, open_front_pages, read_from
from grouping.readers.rows import Checkpoint, FileRefused, Position
from grouping.services import schemes, staging

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
    today: date,
) -> tuple[CaseFile, bool]:
    """Seal and queue a front-page file; return (file, made). The same bytes again return the existing batch.

    Raises files.TooLarge. `institution` limits whose discharges it may hold; a member of one institution can
    deliver for that one only.
    """
    limit, days = _whole("upload.csv_bytes", today), _whole("originals_keep_days", today)
    own = by.institution or institution
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
    before = living.filter(sha256=row.sha256, edition=edition).first()
    if before is not None:
        files.forget(row)
        return before, False
    file = CaseFile.objects.create(
        attachment=row, sha256=row.sha256, edition=edition, institution=own, received_by=by
    )
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
    file = CaseFile.objects.select_related("attachment", "institution").get(pk=work.job.arguments["file"])
    try:
        return _check_rows(file, work)
    except FileRefused as refusal:
        return _refuse(file, refusal)


def _check_rows(file: CaseFile, work: jobs.Work) -> jobs.Step:
    with files.plain_copy(file.attachment) as plain:
        checkpoint = _checkpoint(work.previous) or open_front_pages(plain)
        dictionary = schemes.dictionary(schemes.in_force(work.job.created_at.date()))
        seen = SeenKeys(_known_keys(file))
        reader = read_from(plain, checkpoint, dictionary=dictionary, edition=_edition(file), seen=seen)
        read, bad, more = staging.stage(file, reader, CHUNK)
        token = _token(reader)
    file.rows_read, file.rows_bad, file.encoding = (
        file.rows_read + read,
        file.rows_bad + bad,
        checkpoint.encoding,
    )
    file.save(update_fields=["rows_read", "rows_bad", "encoding"])
    done = token["offset"] / max(file.attachment.size, 1)
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


def finish(file: CaseFile) -> None:
    """All rows are in staging: count what publishing would do, and let people decide."""
    file.preview = sql.fetch(sql.PREVIEW, file=file.pk)[0]
    found = sql.fetch(sql.MONTHS, file=file.pk)
    file.months = [
        {"month": row["month"], "institution": row["institution_id"], "rows": row["rows"]} for row in found
    ]
    file.preview["missing"] = sql.execute(sql.MISSING, file=file.pk)
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


def _edition(file: CaseFile) -> Any:
    return file.edition


def _known_keys(file: CaseFile) -> Iterable[tuple[bytes, int]]:
    for model in (StagedCase, BadRow):
        found = model.objects.filter(file=file).exclude(row_key=None).values_list("row_key", "line")
        yield from ((bytes(key or b""), line) for key, line in found.iterator())


def _token(reader: FrontPageReader) -> dict[str, Any]:
    found = asdict(reader.checkpoint)
    return {"encoding": found["encoding"], "header": list(found["header"]), **found["position"]}


def _checkpoint(token: dict[str, Any]) -> Checkpoint | None:
    if not token:
        return None
    return Checkpoint(token["encoding"], tuple(token["header"]), Position(token["offset"], token["line"]))
