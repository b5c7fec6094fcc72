"""What a sheet may cost, how it is refused, and the one shape in which its rows arrive."""

from dataclasses import dataclass
from typing import NamedTuple

from alliance.lib.refusal import Refused

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a sheet (walls section 4); the rooms fill them from parameters.

    Bytes of a workbook and of a csv file; unpacked bytes, unpacked : packed ratio and members of a
    workbook's archive; columns; characters of a row; memory (bytes) and processor time (seconds) of the
    child process that parses a workbook.
    """

    workbook_bytes: int = 20 * MIB
    csv_bytes: int = 500 * MIB
    unpacked_bytes: int = 200 * MIB
    ratio: int = 100
    members: int = 1_000
    columns: int = 1_000
    row_chars: int = MIB
    cell_chars: int = 131_072
    memory_bytes: int = 512 * MIB
    cpu_seconds: int = 120


class SheetRow(NamedTuple):
    """One row of a sheet: the physical line on which it begins (1 = first) and its cells as text.

    Rows without any text are left out, later line numbers stay true. From xlsx: dates come as
    "2026-10-01" or "2026-10-01 08:30:00" by the cell's format, numbers as plain digits, numbers of more
    than 15 digits as a spreadsheet shows them ("3.30106199001011E+17", digits are lost already), formulas
    as their stored result, and trailing empty cells are cut.
    """

    line: int
    cells: tuple[str, ...]


class SheetRefused(Refused):
    """A file or a sheet is refused; `params` may hold line, byte (offset from 0), limit (beside it in MiB as
    `mib`, where it counts bytes), name, and the word of `contents` that says what a file is instead.
    """

    reasons = {
        "name_has_path": "The file name holds a path or control characters.",
        "not_csv_or_xlsx": "Only .csv and .xlsx files are read.",
        "name_and_content": "The name ends in .%(name)s, but the content is something else. "
        "Export the file again.",
        "empty": "The file is empty.",
        "too_large": "The file is larger than %(mib)s MiB.",
        "nul": "Line %(line)s holds NUL bytes: the file is not text, or UTF-16 without its mark. "
        "Save it as CSV UTF-8.",
        "utf32": "The file is written in UTF-32. Save it as CSV UTF-8.",
        "bad_encoding": "Line %(line)s (byte %(byte)s) is not valid %(encoding)s.",
        "mixed_encodings": "Line %(line)s (byte %(byte)s) is written in another encoding than the lines "
        "before it. Save the whole file as CSV UTF-8.",
        "broken_quotes": "The row that begins on line %(line)s has an unbalanced quotation mark.",
        "row_too_long": "The row that begins on line %(line)s is longer than %(limit)s characters.",
        "cell_too_long": "A cell of the row on line %(line)s is too long.",
        "too_many_columns": "Line %(line)s has more than %(limit)s columns.",
        "too_many_rows": "A sheet holds at most %(limit)s rows.",
        "broken_workbook": "The workbook is damaged or is no workbook.",
        "encrypted": "The workbook is protected by a password, or is of the old .xls kind. "
        "Save it as .xlsx without a password.",
        "too_many_members": "The workbook's archive holds more than %(limit)s members.",
        "unpacked_too_large": "The workbook unpacks to more than %(mib)s MiB.",
        "ratio": "The workbook unpacks to more than %(limit)s times its size.",
        "macros": "The workbook holds macros or embedded programs.",
        "external_links": "The workbook refers to other files or data sources.",
        "dtd": "The workbook holds a document type definition or entities.",
        "no_sheet": "The workbook has no visible sheet, or none of that name.",
        "memory": "The workbook needs more memory than is allowed. Save it as CSV.",
        "time": "The workbook takes longer to read than is allowed. Save it as CSV.",
    }
    # The same refusal where it is known what the file is; whole sentences, because a word has no place of its
    # own in every language.
    contents = {
        "program": "The name ends in .%(name)s, but the content is a program. Choose the exported table.",
        "script": "The name ends in .%(name)s, but the content is a script. Choose the exported table.",
        "pdf": "The name ends in .%(name)s, but the content is a PDF document. Export the table itself.",
        "picture": "The name ends in .%(name)s, but the content is a picture. Export the table itself.",
        "packed": "The name ends in .%(name)s, but the content is a packed file. Unpack it first.",
        "web_page": "The name ends in .%(name)s, but the content is a web page. Export it as CSV or XLSX.",
        "xml": "The name ends in .%(name)s, but the content is an XML document. Export it as CSV or XLSX.",
        "workbook": "The name ends in .%(name)s, but the content is a workbook or packed file. "
        "Name it .xlsx, or save it as CSV UTF-8.",
        "text": "The name ends in .%(name)s, but the content is plain text. "
        "Name it .csv, or save it as a workbook.",
    }

    def __init__(self, reason: str, **params: object) -> None:
        if isinstance(limit := params.get("limit"), int) and reason in ("too_large", "unpacked_too_large"):
            params["mib"] = f"{limit / 2**20:.1f}".removesuffix(".0")
        super().__init__(reason, **params)
        self.template = self.contents.get(str(params.get("content")), self.template)
