"""The archive of a workbook, looked at before anything in it is parsed (N14, N16)."""

import re
import zipfile
import zlib
from typing import BinaryIO

from alliance.lib.sheets.limits import Limits, SheetRefused

_CHUNK = 256 * 1024
_NEEDED = ("[Content_Types].xml", "xl/workbook.xml")
_MACROS = re.compile(r"vbaproject|^xl/(macrosheets|activex|embeddings|ctrlprops)/", re.IGNORECASE)
_EXTERNAL = re.compile(r"^xl/(externallinks/|connections\.xml|querytables/)", re.IGNORECASE)


def check_archive(source: BinaryIO, *, limits: Limits) -> None:
    """Refuse a workbook's archive that is unsafe: sizes as declared first, then as really unpacked.

    Raises SheetRefused: too_large, broken_workbook, encrypted, too_many_members, unpacked_too_large, ratio,
    macros, external_links. Constant memory, nothing is written.
    """
    size = source.seek(0, 2)
    if size > limits.workbook_bytes:
        raise SheetRefused("too_large", limit=limits.workbook_bytes)
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            _check_sizes(sum(member.file_size for member in members), size, limits)
            _check_members(members, limits)
            _count(archive, members, size, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError):
        raise SheetRefused("broken_workbook") from None


def _check_sizes(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > limits.unpacked_bytes:
        raise SheetRefused("unpacked_too_large", limit=limits.unpacked_bytes)
    if unpacked > packed * limits.ratio:
        raise SheetRefused("ratio", limit=limits.ratio)


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [member.filename for member in members]
    if len(names) > limits.members:
        raise SheetRefused("too_many_members", limit=limits.members)
    if any(member.flag_bits & 1 for member in members):
        raise SheetRefused("encrypted")
    if any(_MACROS.search(name) for name in names):
        raise SheetRefused("macros")
    if any(_EXTERNAL.search(name) for name in names):
        raise SheetRefused("external_links")
    known = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    unknown = any(member.compress_type not in known for member in members)
    if unknown or len(set(names)) < len(names) or not set(_NEEDED) <= set(names):
        raise SheetRefused("broken_workbook")


def _count(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    unpacked = 0
    for member in members:
        with archive.open(member) as content:
            while chunk := content.read(_CHUNK):
                unpacked += len(chunk)
                _check_sizes(unpacked, packed, limits)
