"""Files that leave this room."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alliance.lib.sheets.out import Cell
from grouping import texts
from grouping.models import BadRow, CaseFile
from grouping.readers.fields import field_name
from grouping.readers.layout import compile_layout

LOOKED_AT = 2_000  # bad rows of a foreign file whose columns make the header of the download


def bad_rows(file: CaseFile, found: QuerySet[BadRow], language: str) -> Iterator[list[Cell]]:
    """Bad rows of a file: one row an error, then what the line holds but names, numbers and addresses.

    The sentence is in `language` ("zh" or "en"); words of the page are looked up at once, because the rows
    are written after the request has ended. Rows come from the database in pieces.
    """
    columns, names = kept_columns(file, found), texts.names(file)
    shown = columns if names is None else [names.columns.get(column, column) for column in columns]
    head: list[Cell] = [_("line"), _("column"), _("field"), _("cause"), _("value"), _("what to do")]
    kinds = {code: str(word) for code, word in texts.KINDS.items()}
    return _rows(found, language, [*head, *shown], columns, kinds)


def _rows(
    found: QuerySet[BadRow], language: str, head: list[Cell], columns: list[str], kinds: dict[str, str]
) -> Iterator[list[Cell]]:
    yield head
    for row in found.iterator(chunk_size=2_000):
        yield [
            row.line, texts.heading(row), field_name(row.column, language) if row.column else "",
            kinds.get(row.code, row.code), row.value, texts.bad_sentence(row, language),
            *(row.raw.get(column, "") for column in columns),
        ]  # fmt: skip


def kept_columns(file: CaseFile, found: QuerySet[BadRow]) -> list[str]:
    """The file's columns that are kept raw, in its own order (walls.md section 4).

    Of a foreign format: the standard columns that its first bad rows hold, in the order of the standard.
    """
    if texts.names(file) is not None:
        first = found.values_list("raw", flat=True)[:LOOKED_AT]
        return sorted({column for raw in first for column in raw})
    header = texts.header(file)
    layout = compile_layout(header)
    return [column for column in header if column in layout.kept or column in layout.unknown]
