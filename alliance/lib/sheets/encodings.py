"""In which encoding a text file is written: its mark, else strict UTF-8, else strict GB18030.

GB18030 accepts most UTF-8 text and makes nonsense of it. A file that is not UTF-8 as a whole is therefore
also searched for passages that can only be UTF-8: one such passage and the file is refused as mixed.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from alliance.lib.sheets.limits import MIB, Limits, SheetRefused

UTF8, UTF8_MARKED, UTF16, GB18030 = "utf-8", "utf-8-sig", "utf-16", "gb18030"

# A whole run of non-ASCII bytes that reads as two or more UTF-8 characters, two of them Chinese (3 bytes).
_UTF8_RUN = re.compile(
    rb"(?<![\x80-\xff])"
    rb"(?=[\x80-\xff]*?[\xe2-\xef][\x80-\xbf]{2}[\x80-\xff]*?[\xe2-\xef][\x80-\xbf]{2})"
    rb"(?:[\xe1-\xef][\x80-\xbf]{2}|[\xc2-\xdf][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{3})+"
    rb"(?![\x80-\xff])"
)


class _Fault(NamedTuple):
    line: int
    byte: int


class _Line(NamedTuple):
    number: int
    start: int
    content: bytes


def detect(source: BinaryIO, *, limits: Limits | None = None) -> str:
    """Return the Python codec that reads the whole file strictly; leaves the file at its start.

    Raises SheetRefused: nul, utf32, bad_encoding (the mark promises something else), mixed_encodings (with
    line and byte of the first passage that breaks with the rest), row_too_long. Source: walls section 4, N17.
    """
    source.seek(0)
    head = source.read(4)
    source.seek(0)
    if head in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        raise SheetRefused("utf32")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked_utf16(source)
    limits = limits or Limits()
    marked = head.startswith(codecs.BOM_UTF8)
    codec = _checked_utf8(source, limits) if marked else _utf8_or_gb18030(source, limits)
    source.seek(0)
    return codec


def _checked_utf16(source: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder(UTF16)("strict")
    done = 0
    while chunk := source.read(MIB):
        _decode_utf16(decoder, chunk, done)
        done += len(chunk)
    _decode_utf16(decoder, b"", done, final=True)
    source.seek(0)
    return UTF16


def _decode_utf16(decoder: codecs.IncrementalDecoder, chunk: bytes, done: int, final: bool = False) -> None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        # The decoder may still have held up to three bytes of the chunk before.
        held = len(error.object) - len(chunk)
        raise SheetRefused(
            "bad_encoding", line="?", byte=done - held + error.start, encoding="UTF-16"
        ) from None


def _checked_utf8(source: BinaryIO, limits: Limits) -> str:
    for line in _lines(source, limits):
        fault = _fault(line, UTF8)
        if fault is not None:
            raise SheetRefused("bad_encoding", encoding="UTF-8", **fault._asdict())
    return UTF8_MARKED


def _utf8_or_gb18030(source: BinaryIO, limits: Limits) -> str:
    utf8: _Fault | None = None
    gb18030: _Fault | None = None
    for line in _lines(source, limits):
        if line.content.isascii():
            continue
        utf8 = utf8 or _fault(line, UTF8)
        gb18030 = gb18030 or _fault(line, GB18030) or _utf8_passage(line)
        if utf8 and gb18030:
            # The later of the two is where the file departs from how it began.
            raise SheetRefused("mixed_encodings", **max(utf8, gb18030)._asdict())
    return GB18030 if utf8 else UTF8


def _lines(source: BinaryIO, limits: Limits) -> Iterator[_Line]:
    # Four bytes are the longest character of both encodings; no character holds a line feed inside.
    longest = limits.row_chars * 4
    number, start = 1, 0
    while content := source.readline(longest + 1):
        if len(content) > longest:
            raise SheetRefused("row_too_long", line=number, limit=limits.row_chars)
        if 0 in content:
            raise SheetRefused("nul", line=number)
        yield _Line(number, start, content)
        number, start = number + 1, start + len(content)


def _fault(line: _Line, codec: str) -> _Fault | None:
    try:
        line.content.decode(codec)
    except UnicodeDecodeError as error:
        return _Fault(line.number, line.start + error.start)
    return None


def _utf8_passage(line: _Line) -> _Fault | None:
    """Find a run that is UTF-8 Chinese and would read as rare characters (outside GB 2312) otherwise.

    Real GB18030 text forms such a run by accident less than once in ten million names.
    """
    for match in _UTF8_RUN.finditer(line.content):
        try:
            match[0].decode("gb2312")
        except UnicodeDecodeError:
            return _Fault(line.number, line.start + match.start())
    return None
