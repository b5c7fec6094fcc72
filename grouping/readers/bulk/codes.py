"""Diagnoses and procedures of many rows: code, name and condition are judged together, once for each set."""

from collections.abc import Callable, Iterator, Mapping
from itertools import compress, count
from typing import Any, NamedTuple, TypeVar

from grouping.readers.bulk.memo import ABSENT, CATALOGUE, DOUBT, Cells, Memo, is_plain
from grouping.readers.bulk.stay import Day, day, moment_days
from grouping.readers.checks import companion_of
from grouping.readers.dictionary import Codes, Dictionary, Edition
from grouping.readers.fields import FIELDS
from grouping.readers.layout import DIAGNOSES, PROCEDURES
from grouping.readers.parts import MAIN, PRINCIPAL

T = TypeVar("T")
_LEVELS = FIELDS["C17x01"].choices
_CONDITIONS = FIELDS["C05C"].choices
_COMPANIONS = ("C01C", "C12C")


class Known(NamedTuple):
    """A code of the dictionary: as in the file, quoted as in the array, what it asks for beside it.

    A diagnosis asks for a column to be filled ("" for none), a procedure for its level.
    """

    written: str
    quoted: str
    companion: str = ""
    needs_level: bool = False


class Coded(NamedTuple):
    """The codes of many rows by place: for the array, and as members of `recorded`; `doubts` are places."""

    codes: list[list[str]]
    members: list[list[str]]
    doubts: set[int]


class CodeReader:
    """Reads the code cells of one file's columns under one dictionary and edition."""

    def __init__(self, columns: frozenset[str], dictionary: Dictionary, edition: Edition) -> None:
        self._dictionary = dictionary
        self._edition = edition
        self._columns = columns
        self._diagnosis = Memo(self._read_diagnosis, CATALOGUE)
        self._procedure = Memo(self._read_procedure, CATALOGUE)
        self._companion = Memo(self._read_companion)
        self._names, self._days = Memo(_name, CATALOGUE), Memo(day)
        self._conditions, self._levels = Memo(_digit(_CONDITIONS)), Memo(_digit(_LEVELS))

    def _known(self, codes: Codes, recorded: str) -> str:
        code = codes.translation(self._edition).get(recorded, recorded)
        return code if code in codes.names and is_plain(code + recorded) else ""

    def _read_companion(self, cell: str) -> str:
        text = cell.strip()
        return text if text in ABSENT or self._known(self._dictionary.diagnoses, text) else DOUBT

    def _read_diagnosis(self, cell: str) -> Known | str | None:
        text = cell.strip()
        if text in ABSENT:
            return None
        code, companion = self._known(self._dictionary.diagnoses, text), companion_of(text)
        return Known(text, f'"{code}"', companion if companion in self._columns else "") if code else DOUBT

    def _read_procedure(self, cell: str) -> Known | str | None:
        text = cell.strip()
        if text in ABSENT:
            return None
        code = self._known(self._dictionary.procedures, text)
        return Known(text, f'"{code}"', "", self._dictionary.is_operation(code)) if code else DOUBT

    def companions(self, cells: Callable[[str], Cells]) -> Iterator[list[str]]:
        """The codes beside the diagnoses, in doubt where the dictionary does not have them."""
        for name in _COMPANIONS:
            if any(column := cells(name)):
                yield self._companion.of(column)

    def diagnoses(self, cells: Callable[[str], Cells], rows: int) -> Coded:
        """The diagnoses, the principal one first; in doubt where it is missing or lacks its companion."""
        found = _nothing(rows)
        for slot in _present_slots(DIAGNOSES, self._columns):
            known, names = self._diagnosis.of(cells(slot.code)), cells(slot.name)
            conditions = cells(slot.condition)
            found.doubts.update(_without(known, names), _without(known, conditions))
            places = list(compress(count(), known))
            shown = self._names.of([names[place] for place in places])
            stated = self._conditions.of([conditions[place] for place in places])
            for place, name, condition in zip(places, shown, stated, strict=True):
                one = known[place]
                if one is DOUBT or name is DOUBT or condition is DOUBT:
                    found.doubts.add(place)
                    continue
                found.codes[place].append(one.quoted)
                found.members[place].append(f'["{one.written}", "{name}", {condition}]')
            if slot.code == PRINCIPAL:
                found.doubts.update(_uncompanied(known, cells))
        return found

    def procedures(self, cells: Callable[[str], Cells], rows: int) -> tuple[Coded, list[tuple[int, Day]]]:
        """The procedures, the main one first, and the days (with the place of the row) they were done on.

        In doubt where others stand without the main one, or the main one lacks a level it needs.
        """
        found, done = _nothing(rows), []
        main: set[int] | None = None
        for slot in _present_slots(PROCEDURES, self._columns):
            known, names = self._procedure.of(cells(slot.code)), cells(slot.name)
            times, levels = cells(slot.at), cells(slot.level)
            for column in (names, times, levels):
                found.doubts.update(_without(known, column))
            places = list(compress(count(), known))
            if slot.code == MAIN:
                main = set(places)
            elif main is not None:
                found.doubts.update(main.symmetric_difference(main.union(places)))
            shown = self._names.of([names[place] for place in places])
            stated = self._levels.of([levels[place] for place in places])
            on = self._timed([times[place].strip() for place in places])
            for place, name, level, (at, when) in zip(places, shown, stated, on, strict=True):
                one = known[place]
                unled = slot.code == MAIN and level == "null" and one is not DOUBT and one.needs_level
                if unled or DOUBT in (one, name, level, at):
                    found.doubts.add(place)
                    continue
                found.codes[place].append(one.quoted)
                found.members[place].append(f'["{one.written}", "{name}", {at}, {level}]')
                if when is not None:
                    done.append((place, when))
        return found, done

    def _timed(self, written: list[str]) -> Iterator[tuple[str, Day | None]]:
        """Each time as JSON, with its day; DOUBT where it is none."""
        known = [text not in ABSENT for text in written]
        days = iter(moment_days(list(compress(written, known)), self._days))
        for text, timed in zip(written, known, strict=True):
            when = next(days) if timed else None
            if isinstance(when, str):
                yield DOUBT, None
            else:
                yield (f'"{text[:10]}T{text[11:]}"' if timed else "null"), when


def _nothing(rows: int) -> Coded:
    return Coded([[] for _ in range(rows)], [[] for _ in range(rows)], set())


def _present_slots(slots: Mapping[str, T], columns: frozenset[str]) -> list[T]:
    """The slots a file has, the principal or main one first."""
    return [slots[code] for code in sorted(slots.keys() & columns)]


def _without(known: list[Any], cells: Cells) -> Iterator[int]:
    """The places where something stands beside a code that is not there."""
    return (place for place in compress(count(), cells) if known[place] is None)


def _uncompanied(known: list[Any], cells: Callable[[str], Cells]) -> Iterator[int]:
    """The places without a principal diagnosis, or without what it asks to be filled."""
    for place, one in enumerate(known):
        if one is None or (
            one.__class__ is Known and one.companion and not cells(one.companion)[place].strip()
        ):
            yield place


def _name(cell: str) -> str:
    text = cell.strip()
    if text == "-":
        return ""
    return text if is_plain(text) else DOUBT


def _digit(choices: frozenset[str]) -> Callable[[str], str]:
    """A reader of a condition or level as JSON."""

    def read(cell: str) -> str:
        text = cell.strip()
        if text in ABSENT:
            return "null"
        return text if text in choices else DOUBT

    return read
