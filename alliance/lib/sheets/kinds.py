"""What a file is, by name and by content; and the random name under which it may be stored."""

import secrets
from enum import Enum
from typing import BinaryIO

from alliance.lib.sheets.archive import check_archive
from alliance.lib.sheets.limits import Limits, SheetRefused

_ARCHIVE = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_MARKS = {
    b"MZ": "program",
    b"\x7fELF": "program",
    b"#!": "script",
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"\x1f\x8b": "packed",
    b"Rar!": "packed",
    b"7z\xbc\xaf": "packed",
    b"<!DOCTYPE": "web_page",
    b"<html": "web_page",
    b"<?xml": "xml",
}


class Kind(Enum):
    """The two kinds of sheet that are read."""

    CSV = "csv"
    XLSX = "xlsx"


def recognise(name: str, source: BinaryIO, *, limits: Limits | None = None) -> Kind:
    """Say whether a file is a csv or an xlsx; its name and its content must agree. Leaves it at the start.

    Raises SheetRefused: name_has_path, not_csv_or_xlsx, empty, too_large, name_and_content, encrypted, and
    for workbooks what `check_archive` finds. Source: walls section 4, N16.
    """
    limits = limits or Limits()
    kind = _kind_of_name(name)
    size = source.seek(0, 2)
    if size == 0:
        raise SheetRefused("empty")
    limit = limits.workbook_bytes if kind is Kind.XLSX else limits.csv_bytes
    if size > limit:
        raise SheetRefused("too_large", limit=limit)
    source.seek(0)
    _check_content(kind, source.read(512))
    if kind is Kind.XLSX:
        check_archive(source, limits=limits)
    source.seek(0)
    return kind


def stored_name(kind: Kind) -> str:
    """Return a random file name: nothing a user wrote becomes part of a path."""
    return f"{secrets.token_hex(16)}.{kind.value}"


def _kind_of_name(name: str) -> Kind:
    if any(char in "/\\:" or ord(char) < 32 for char in name) or name.startswith(".."):
        raise SheetRefused("name_has_path")
    for kind in Kind:
        if name.lower().endswith(f".{kind.value}"):
            return kind
    raise SheetRefused("not_csv_or_xlsx")


def _check_content(kind: Kind, head: bytes) -> None:
    if head.startswith(_OLD_OFFICE):
        raise SheetRefused("encrypted")
    if head.startswith(_ARCHIVE) != (kind is Kind.XLSX):
        content = "workbook" if kind is Kind.CSV else _describe(head)
        raise SheetRefused("name_and_content", name=kind.value, content=content)
    if kind is Kind.CSV and any(head.startswith(mark) for mark in _OTHER_MARKS):
        raise SheetRefused("name_and_content", name=kind.value, content=_describe(head))


def _describe(head: bytes) -> str:
    """A word of `SheetRefused.contents`; empty: nobody knows what it is."""
    plain = not any(byte < 32 and byte not in b"\t\r\n\f" for byte in head)
    return next(
        (word for mark, word in _OTHER_MARKS.items() if head.startswith(mark)), "text" if plain else ""
    )
