"""Writing a scheme package in the format it is read in (FORMAT 1 and 2), the same bytes for the same content.

UTF-8 with a byte-order mark, LF, the columns of the format in its order, rows sorted by their first key,
every value as it was written: weights keep their digits, `seq` its zeros. Changing one weight changes one
row's bytes.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping

from grouping.engine.problems import Problem, SchemeError
from grouping.engine.rows import Head
from grouping.engine.scheme import HEAD, read_tables
from grouping.engine.tables import TABLES, Line, Table

MARK = "\ufeff"
Place = tuple[tuple[int, str], ...]  # what rows are sorted by
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day a zip can hold: times of packing are no content
TABLE = {table.file: table for table in TABLES}


def written(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A package's files in written form, scheme.toml first; unknown files, keys and columns are left out.

    Raises SchemeError when a file cannot be read. `written(written(x)) == written(x)`.
    """
    problems: list[Problem] = []
    head, tables = read_tables(files, problems)
    if head is None or problems:
        raise SchemeError(problems)
    return {
        HEAD: write_head(head),
        **{name: write_table(TABLE[name], lines.values()) for name, lines in tables.items()},
    }


def write_table(table: Table, rows: Iterable[Line]) -> bytes:
    """One CSV file from rows in the order of its columns."""
    body = io.StringIO(newline="")
    body.write(MARK)
    writer = csv.writer(body, lineterminator="\n")
    writer.writerow(table.columns)
    placed: list[tuple[Place, Line]] = sorted((_place(table, row), row) for row in rows)
    writer.writerows(row for _, row in placed)
    return body.getvalue().encode()


def _place(table: Table, row: Line) -> Place:
    """Where a row stands: by the file's first key, `seq` as the number it is; then by all of it."""
    key = [(_number(row[i]) if name == "seq" else 0, row[i]) for name, i in _key(table)]
    return (*key, *((0, value) for value in row))


def _key(table: Table) -> list[tuple[str, int]]:
    return [(name, table.columns.index(name)) for name in table.keys[0]]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def write_head(head: Head) -> bytes:
    """scheme.toml, one key a line in the order of FORMAT section 2."""
    order = ", ".join(_quoted(mdc) for mdc in head.mdc_order)
    lines = {
        "format": str(head.format),
        "code": _quoted(head.code),
        "name": _quoted(head.name),
        "version": _quoted(head.version),
        "year": str(head.year),
        "region": _quoted(head.region),
        "source": _quoted(head.source),
        "effective_from": head.effective_from.isoformat(),
        "mdc_order": f"[{order}]",
        "retry_other_procedures": "true" if head.retry_other_procedures else "false",
        "ungroupable": _quoted(head.ungroupable),
        "weight_unit": _quoted(head.weight_unit),
        "weight_source": _quoted(head.weight_source),
    }
    return (MARK + "".join(f"{key} = {value}\n" for key, value in lines.items())).encode()


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON escapes all of it but the one control character TOML forbids besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """The files as a zip of one folder, byte for byte the same for the same files."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in (HEAD, *TABLE):
            if name in files:
                info = zipfile.ZipInfo(f"{folder}/{name}", EPOCH)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(info, files[name])
    return body.getvalue()


def with_values(name: str, data: bytes, changes: Mapping[str, Mapping[str, str]]) -> bytes:
    """A file in written form with some cells replaced: row (by its last key) -> column -> value.

    For drg.csv: `{"BR11": {"weight": "1.2", "note": ""}}`. Raises KeyError for a row that is not there.
    """
    table = TABLE[name]
    own = table.columns.index(table.keys[-1][-1])
    rows = {row[own]: row for row in read_table(table, data)}
    for code, values in changes.items():
        old = rows[code]
        rows[code] = tuple(values.get(column, old[i]) for i, column in enumerate(table.columns))
    return write_table(table, rows.values())


def read_table(table: Table, data: bytes) -> list[Line]:
    """The lines of a file in written form."""
    read = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    next(read)
    return [tuple(row) for row in read]
