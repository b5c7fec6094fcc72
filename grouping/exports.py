"""Files that leave this room."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from alliance.lib.sheets.out import Cell
from alliance.models import JobChunk
from grouping import texts
from grouping.models import BadRow, CaseFile
from grouping.readers.fields import field_name
from grouping.readers.layout import compile_layout


def bad_rows(file: CaseFile, language: str) -> Iterator[list[Cell]]:
    """The bad rows of a file: one row an error, then what the line holds but names, numbers and addresses.

    The sentence is in `language` ("zh" or "en"); words of the page are looked up at once, because the rows
    are written after the request has ended. Rows come from the database in pieces.
    """
    columns = kept_columns(file)
    head: list[Cell] = [_("line"), _("column"), _("field"), _("cause"), _("value"), _("what to do")]
    kinds = {code: str(word) for code, word in texts.KINDS.items()}
    return _rows(file, language, [*head, *columns], columns, kinds)


def _rows(
    file: CaseFile, language: str, head: list[Cell], columns: list[str], kinds: dict[str, str]
) -> Iterator[list[Cell]]:
    yield head
    for row in BadRow.objects.filter(file=file).iterator(chunk_size=2_000):
        yield [
            row.line, row.column, field_name(row.column, language) if row.column else "",
            kinds.get(row.code, row.code), row.value, texts.bad_sentence(row, language),
            *(row.raw.get(column, "") for column in columns),
        ]  # fmt: skip


def kept_columns(file: CaseFile) -> list[str]:
    """The file's columns that are kept raw, in its own order (walls.md section 4)."""
    chunk = JobChunk.objects.filter(job=file.job_id).order_by("-number").first()
    header = tuple(chunk.result.get("header", ())) if chunk is not None else ()
    layout = compile_layout(header)
    return [column for column in header if column in layout.kept or column in layout.unknown]
