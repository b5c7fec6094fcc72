"""Diagnoses and procedures of many rows: the filled cells of all slots of the form are judged together and go
back to their rows in the order of the slots.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress, count, islice, repeat
from typing import Any, NamedTuple, TypeVar

from grouping.readers.bulk.memo import ABSENT, CATALOGUE, DOUBT, Cells, Memo, is_plain, texts_of
from grouping.readers.bulk.stay import Day, day, moment_days
from grouping.readers.checks import companion_of
from grouping.readers.dictionary import Codes, Dictionary, Edition
from grouping.readers.fields import FIELDS
from grouping.readers.layout import DIAGNOSES, PROCEDURES
from grouping.readers.parts import MAIN, PRINCIPAL

T = TypeVar("T")
Column = list[bytes]
Read = Callable[[str], Any]
_LEVELS = FIELDS["C17x01"].choices
_CONDITIONS = FIELDS["C05C"].choices
_COMPANIONS = ("C01C", "C12C")
_CATEGORY = 3  # characters of a code that say what it asks for beside it
_NONE = b"null"
_ABSENT = (b"", b"-")


class Coded(NamedTuple):
    """The codes of many rows by place: as an array, and as the list in `recorded`; `doubts` are places."""

    codes: Column
    members: Column
    doubts: set[int]


class CodeReader:
    """Reads the code cells of one file's columns under one dictionary and edition."""

    def __init__(
        self,
        columns: frozenset[str],
        dictionary: Dictionary,
        edition: Edition,
        decode: Callable[[bytes], str],
    ) -> None:
        self._columns = columns
        self._edition: Edition = edition
        known = self._known(dictionary.diagnoses)
        self._decode = decode
        self._diagnosis = _Kind(known, decode)
        self._procedure = _Kind(self._known(dictionary.procedures), decode)
        self._beside = Memo(lambda cell: b"" if cell in ABSENT or known(cell) else DOUBT, decode, CATALOGUE)
        self._companion = Memo(self._read_companion, decode)
        self._filled = Memo(lambda cell: cell.strip() not in ABSENT, decode)
        self._operation = Memo(self._needs_level(dictionary), decode)
        self._days = Memo(day, decode)
        self._conditions, self._levels = Memo(_digit(_CONDITIONS), decode), Memo(_digit(_LEVELS), decode)

    def _known(self, codes: Codes) -> Callable[[str], str]:
        """A reader of a recorded code: the code of the dictionary, "" where it has none."""

        def read(recorded: str) -> str:
            code = codes.translation(self._edition).get(recorded, recorded)
            return code if code in codes.names and is_plain(code + recorded) else ""

        return read

    def _read_companion(self, category: str) -> str:
        column = companion_of(category)
        return column if column in self._columns else ""

    def _needs_level(self, dictionary: Dictionary) -> Read:
        known = self._known(dictionary.procedures)
        return lambda cell: dictionary.is_operation(known(cell))

    def companions(self, cells: Callable[[str], Cells]) -> Iterator[list[Any]]:
        """The codes beside the diagnoses, in doubt where the dictionary does not have them."""
        for name in _COMPANIONS:
            if any(column := cells(name)):
                yield self._beside.of(column)

    def diagnoses(self, cells: Callable[[str], Cells], rows: int) -> Coded:
        """The diagnoses, the principal one first; in doubt where it is missing or lacks its companion."""
        slots = _Slots(rows, 3, [
            (cells(slot.code), cells(slot.name), cells(slot.condition))
            for slot in _present_slots(DIAGNOSES, self._columns)
        ])  # fmt: skip
        slots.doubts.update(self._uncompanied(cells))
        codes, names, conditions = slots.filled
        quoted, shown = self._diagnosis.quoted(codes, slots), self._shown(names, slots)
        stated = slots.read(self._conditions, conditions)
        return slots.joined(quoted, map(b'["%b", "%b", %b]'.__mod__, zip(codes, shown, stated, strict=True)))

    def _shown(self, names: Column, slots: "_Slots") -> Column:
        """The names without the blanks around them in UTF-8, "-" left out."""
        texts = list(map(str.strip, texts_of(names, self._decode)))
        if not is_plain("".join(texts)):
            slots.doubts.update(compress(slots.places, (not is_plain(text) for text in texts)))
            texts = [text if is_plain(text) else "" for text in texts]
        found = "\n".join(texts).encode().split(b"\n") if texts else []
        return [b"" if name == b"-" else name for name in found] if b"-" in found else found

    def _uncompanied(self, cells: Callable[[str], Cells]) -> Iterator[int]:
        """The places without a principal diagnosis, or without what it asks to be filled."""
        codes = cells(PRINCIPAL)
        asked = self._companion.of([cell[:_CATEGORY] for cell in codes])
        if all(codes) and not any(asked):
            return
        for place, (cell, column) in enumerate(zip(codes, asked, strict=True)):
            if not cell or (column and not self._filled[cells(column)[place]]):
                yield place

    def procedures(self, cells: Callable[[str], Cells], rows: int) -> tuple[Coded, list[tuple[int, Day]]]:
        """The procedures, the main one first, and the days (with the place of the row) they were done on.

        In doubt where others stand without the main one, or the main one lacks a level it needs.
        """
        slots = _Slots(rows, 4, [
            (cells(slot.code), cells(slot.name), cells(slot.at), cells(slot.level))
            for slot in _present_slots(PROCEDURES, self._columns)
        ])  # fmt: skip
        if MAIN in self._columns:
            slots.doubts.update(self._unled(cells, slots))
        codes, names, times, levels = slots.filled
        quoted, shown = self._procedure.quoted(codes, slots), self._shown(names, slots)
        stated = slots.read(self._levels, levels)
        moments = zip(times, moment_days(times, self._days), strict=True)
        days = slots.settle([None if text in _ABSENT else one for text, one in moments])
        at = [_time(text, one) for text, one in zip(times, days, strict=True)]
        members = map(b'["%b", "%b", %b, %b]'.__mod__, zip(codes, shown, at, stated, strict=True))
        done = [(place, one) for place, one in zip(slots.places, days, strict=True) if isinstance(one, Day)]
        return slots.joined(quoted, members), done

    def _unled(self, cells: Callable[[str], Cells], slots: "_Slots") -> Iterator[int]:
        """The places of procedures without the main one, and of main ones without a level they need."""
        main = cells(MAIN)
        yield from (place for place in slots.places if not main[place])
        level = cells(PROCEDURES[MAIN].level)
        for place in compress(count(), main):
            if self._levels[level[place]] == _NONE and self._operation[main[place]]:
                yield place


class _Kind:
    """The codes of one kind: which cells hold one as the dictionary writes it, and what the others become."""

    def __init__(self, known: Callable[[str], str], decode: Callable[[bytes], str]) -> None:
        self._known = known
        self._decode = decode
        self._as_written: set[bytes] = set()
        self._quoted = Memo(self._read, decode, CATALOGUE)

    def quoted(self, cells: Column, slots: "_Slots") -> Column:
        """The codes as they stand in an array between the quotes, in doubt where the dictionary has none."""
        if self._as_written.issuperset(cells):
            return cells
        found = slots.read(self._quoted, cells)
        if len(self._as_written) < CATALOGUE:
            self._as_written.update(cell for cell, code in zip(cells, found, strict=True) if cell == code)
        return found

    def _read(self, cell: str) -> bytes:
        """The code of a cell; one that is not written in ASCII is in doubt."""
        code = self._known(cell)
        return code.encode() if code and cell.isascii() else DOUBT


class _Slots:
    """The filled slots of many rows, row after row: what stands in them, and at which place the row is.

    In doubt where something stands beside no code.
    """

    def __init__(self, rows: int, width: int, slots: Sequence[tuple[Cells, ...]]) -> None:
        """`slots`: so many columns each, that of the code before those beside it."""
        used = [slot for slot in slots if any(map(any, slot))] or [((b"",) * rows,) * width]
        by_row = [list(zip(*column, strict=True)) for column in zip(*used, strict=True)]
        flat = [list(chain.from_iterable(rows_of)) for rows_of in by_row]
        self._counts = [len(used) - row.count(b"") for row in by_row[0]]
        self.places = list(chain.from_iterable(map(repeat, range(rows), self._counts)))
        self.filled = [list(compress(column, flat[0])) for column in flat]
        self.doubts: set[int] = set()
        for column, found in zip(flat, self.filled, strict=True):
            if len(column) - column.count(b"") != len(found) - found.count(b""):
                rows_alone = (at // len(used) for at, one in enumerate(column) if one and not flat[0][at])
                self.doubts.update(rows_alone)

    def read(self, memo: Memo, cells: Column) -> Column:
        """What a reader makes of each cell; doubts are noted."""
        found = memo.of(cells)
        return self.settle(found) if memo.doubted else found

    def settle(self, found: list[Any]) -> list[Any]:
        """Note the doubts and return what they are in."""
        if DOUBT in found:
            self.doubts.update(compress(self.places, (one is DOUBT for one in found)))
        return found

    def joined(self, codes: Iterable[bytes], members: Iterable[bytes]) -> Coded:
        """Both by row, in the order of the slots."""
        ones, more = iter(codes), iter(members)
        arrays = [
            b'{"%b"}' % b'","'.join(islice(ones, filled)) if filled else b"{}" for filled in self._counts
        ]
        return Coded(arrays, [b", ".join(islice(more, filled)) for filled in self._counts], self.doubts)


def _present_slots(slots: Mapping[str, T], columns: frozenset[str]) -> list[T]:
    """The slots a file has, the principal or main one first."""
    return [slots[code] for code in sorted(slots.keys() & columns)]


def _digit(choices: frozenset[str]) -> Read:
    """A reader of a condition or level as JSON."""

    def read(cell: str) -> bytes:
        text = cell.strip()
        if text in ABSENT:
            return _NONE
        return text.encode() if text in choices else DOUBT

    return read


def _time(text: bytes, day: Day | None) -> bytes:
    return b'"%bT%b"' % (text[:10], text[11:]) if day else _NONE
