"""JSON objects of a long file, one at a time in constant memory: a single object, an array, or one a line.

Cut from decoded text and only then parsed, so that depth, size, repeated names and long numbers are met
before they cost anything. Every scalar stays text: no number is ever rounded.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from grouping.readers.rows import FileRefused, Limits, Position
from grouping.readers.text import BLOCK, Encoding, Evidence

DEPTH = 12
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*")
_TOKEN = re.compile(r'["{}\[\]]')
_STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Unreadable(ValueError):
    """An object that is no JSON, or JSON nobody should rely on; `message` is a key of messages.ROW."""

    def __init__(self, message: str, **params: str | int) -> None:
        super().__init__(message)
        self.message, self.params = message, params


class Objects(Iterator[str]):
    """The texts of the objects from a position on. `position`: byte and number of the next one (from 1).

    Raises FileRefused: record_too_long, json_too_deep, json_between (something else than objects), json_cut.
    """

    def __init__(self, file: BinaryIO, encoding: str, start: Position, limits: Limits) -> None:
        file.seek(start.offset)
        self._file, self._codec, self._limits = file, encoding, limits
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._text, self._byte, self._ended = "", start.offset, False
        self.number = start.line

    @property
    def position(self) -> Position:
        """Where the next object, or what stands before it, begins."""
        return Position(self._byte, self.number)

    def __next__(self) -> str:
        self._skip()
        end = self._end()
        found = self._text[:end]
        self._drop(end)
        self.number += 1
        return found

    def _skip(self) -> None:
        while True:
            hit = _BETWEEN.match(self._text)
            self._drop(hit.end() if hit else 0)
            if self._text:
                break
            if not self._more():
                raise StopIteration
        if self._text[0] != "{":
            raise FileRefused("json_between", line=self.number, byte=self._byte)

    def _end(self) -> int:
        depth, at = 0, 0
        while True:
            hit = _TOKEN.search(self._text, at)
            if hit is None:
                at = len(self._text)
                self._need()
                continue
            at = hit.end()
            if hit[0] == '"':
                at = self._string_end(at)
            elif hit[0] in "{[":
                depth += 1
                if depth > DEPTH:
                    raise FileRefused("json_too_deep", line=self.number, limit=DEPTH)
            elif (depth := depth - 1) == 0:
                return at

    def _string_end(self, at: int) -> int:
        while (hit := _STRING.match(self._text, at)) is None:
            self._need()
        return hit.end()

    def _need(self) -> None:
        if len(self._text) > self._limits.max_record_bytes:
            limit = self._limits.max_record_bytes >> 10
            raise FileRefused("record_too_long", line=self.number, limit=limit)
        if not self._more():
            raise FileRefused("json_cut", line=self.number)

    def _more(self) -> bool:
        if self._ended:
            return False
        block = self._file.read(BLOCK)
        self._ended = not block
        try:
            self._text += self._decoder.decode(block, final=self._ended)
        except UnicodeDecodeError:
            raise FileRefused("not_text", line=self.number, byte=self._byte) from None
        return not self._ended

    def _drop(self, size: int) -> None:
        self._byte += len(self._text[:size].encode(self._codec))
        self._text = self._text[size:]


def parse(text: str) -> dict[str, Any]:
    """One object with lower-case names; every scalar is text, null is "". Raises Unreadable."""
    try:
        found = json.loads(
            text, object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_no_number
        )
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable("json_row") from None
    assert isinstance(found, dict)
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        key = name.lower()
        if key in found:
            raise Unreadable("json_name_twice", name=key[:40])
        if isinstance(value, str) and _UNSTORABLE.search(value):
            raise Unreadable("json_control", name=key[:40])
        found[key] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return {True: "1", False: "0"}[value] if isinstance(value, bool) else value


def _no_number(_text: str) -> NoReturn:
    raise Unreadable("json_row")


def open_objects(file: BinaryIO, limits: Limits) -> Encoding:
    """How the file is encoded; whether it ends as it begins. One pass, cut at quotation marks.

    Raises FileRefused: empty_file, utf16, nul_byte, mixed_encoding, not_text, json_no_object, json_cut,
    json_too_deep (brackets before the first object), json_no_list (not one object in the file).
    """
    file.seek(0)
    head = file.read(3)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise FileRefused("utf16")
    start = 3 if head == codecs.BOM_UTF8 else 0
    file.seek(start)
    evidence, first, last, lead, holds = Evidence(), b"", b"", None, False
    for piece, at in _pieces(file, start, limits):
        first = first or piece.lstrip()[:1]
        lead = piece.partition(b"{")[0] if lead is None else lead
        holds = holds or b"{" in piece
        last = piece.rstrip()[-1:] or last
        if not piece.isascii() or b"\0" in piece:
            evidence.add(piece, at)
    if not first:
        raise FileRefused("empty_file")
    if first not in (b"{", b"["):
        raise FileRefused("json_no_object")
    if last != {b"{": b"}", b"[": b"]"}[first]:
        raise FileRefused("json_cut", line=1)
    if (lead or b"").count(b"[") > DEPTH:
        raise FileRefused("json_too_deep", line=1, limit=DEPTH)
    if not holds:
        raise FileRefused("json_no_list")
    return Encoding(evidence.verdict(marked=start > 0), Position(start, 1))


def _pieces(file: BinaryIO, start: int, limits: Limits) -> Iterator[tuple[bytes, Position]]:
    """The file cut behind quotation marks, a byte that is never part of a longer character."""
    rest, offset, line = b"", start, 1
    while block := file.read(BLOCK):
        *pieces, rest = (rest + block).split(b'"')
        for piece in pieces:
            yield piece + b'"', Position(offset, line)
            offset, line = offset + len(piece) + 1, line + piece.count(b"\n")
        if len(rest) > limits.max_record_bytes:
            raise FileRefused("record_too_long", line=line, limit=limits.max_record_bytes >> 10)
        if offset > limits.max_bytes:
            raise FileRefused("file_too_large", limit=limits.max_bytes >> 20)
    if rest:
        yield rest, Position(offset, line)
