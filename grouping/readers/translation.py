"""From the cells of a foreign table to the cells of a standard front page, by a mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grouping.readers import cells as forms
from grouping.readers.derived import DERIVED, derive
from grouping.readers.fields import FIELDS, REQUIRED
from grouping.readers.mapping import HOURS, SECONDS, Column, TableMap, header_change
from grouping.readers.rows import FileRefused


@dataclass(frozen=True, slots=True)
class _Step:
    """One column: from which cell into which places of the row, and how."""

    cell: int
    places: tuple[int, ...]
    read: Callable[[str], str]
    split: re.Pattern[str] | None


class Translation:
    """A mapping compiled for one header. `header`: standard columns, then those kept raw by their heading.

    organisations: what stands in the file for an institution -> its organisation code; where the file has no
    column for it, `organisation` holds for all rows. Raises FileRefused (header_changed, missing_columns).
    """

    def __init__(
        self,
        mapping: TableMap,
        source: Sequence[str],
        *,
        organisations: Mapping[str, str],
        organisation: str = "",
    ) -> None:
        _check(mapping, source, organisation)
        self._organisations, self._organisation = organisations, organisation
        at = {heading.upper(): cell for cell, heading in enumerate(source) if heading}
        columns = [(at[key], column) for column in mapping.columns if (key := column.heading.upper()) in at]
        self.header = _header(columns, source)
        self.width = len(source)
        self._index = {column: place for place, column in enumerate(self.header)}
        self._steps = [step for cell, column in columns if (step := self._step(cell, column))]
        self._raw = [(at[heading.upper()], place) for heading, place in self._index.items()
                     if heading not in FIELDS]  # fmt: skip
        self._hours = {HOURS[column.target]: cell for cell, column in columns if column.target in HOURS}
        self._seconds = {SECONDS[column.target]: cell for cell, column in columns if column.target in SECONDS}
        stated = {column.target for _cell, column in columns}
        self._derived = [column for column in DERIVED if column not in stated]
        self._institution_stated = "A01" in stated

    def _step(self, cell: int, column: Column) -> _Step | None:
        if column.target not in FIELDS:
            return None
        read = forms.reader_of(FIELDS[column.target], column.values, column.unit, column.form)
        split = re.compile(f"[{re.escape(column.split)}]") if column.split else None
        return _Step(cell, tuple(self._index[place] for place in column.places), read, split)

    def row(self, source: Sequence[str]) -> list[str]:
        """The cells of a standard row; a cell that cannot be brought into form stays as it stands."""
        found = [""] * len(self.header)
        for step in self._steps:
            text = source[step.cell].strip()
            if not text or text == "-":
                found[step.places[0]] = found[step.places[0]] or text
            elif step.split is None:
                found[step.places[0]] = step.read(text)
            else:
                self._spread(found, step, text)
        for cell, place in self._raw:
            found[place] = source[cell]
        self._complete(found, source)
        return found

    def _spread(self, found: list[str], step: _Step, text: str) -> None:
        assert step.split is not None
        parts = [part.strip() for part in step.split.split(text)]
        while parts and not parts[-1]:
            parts.pop()
        for place, part in zip(step.places, parts, strict=False):
            if part and not found[place]:
                found[place] = step.read(part)
        if len(parts) > len(step.places):  # more than the form holds: the last place shows what is too much
            found[step.places[-1]] = ";".join(parts[len(step.places) - 1 :])

    def _complete(self, found: list[str], source: Sequence[str]) -> None:
        """Hours, institution, and what follows from other columns."""
        for column, cell in self._hours.items():
            if hour := source[cell].strip():
                place = self._index[column]
                found[place] = forms.moment(found[place][:10], "", hour) if found[place] else found[place]
        for column, cell in self._seconds.items():
            found[self._index[column]] = found[self._index[column]] or source[cell].strip()
        place = self._index["A01"]
        if self._institution_stated:
            found[place] = self._organisations.get(found[place], found[place])
        else:
            found[place] = self._organisation
        for column in self._derived:
            days = {name: found[self._index[name]] for name in ("A13", "B12", "B15")}
            found[self._index[column]] = derive(column, days)


def _header(columns: list[tuple[int, Column]], source: Sequence[str]) -> tuple[str, ...]:
    """Standard columns without repetition, then the headings that are not read, unless they are standard
    codes themselves.
    """
    wanted: dict[str, None] = dict.fromkeys(("A01", "A13", "B12", "B15"))
    for _cell, column in columns:
        if column.target in FIELDS:
            wanted |= dict.fromkeys(column.places)
        elif column.target in SECONDS:
            wanted |= {SECONDS[column.target]: None}
    wanted |= dict.fromkeys(DERIVED)
    read = {column.heading for _cell, column in columns if column.target}
    kept = [heading for heading in source if heading and heading not in read and heading not in FIELDS]
    return (*wanted, *kept)


def _check(mapping: TableMap, source: Sequence[str], organisation: str) -> None:
    change = header_change(mapping, source)
    if change.matters:
        raise FileRefused("header_changed", columns=change.gone)
    missing = missing_targets(mapping, institution_known=bool(organisation))
    if missing:
        raise FileRefused("missing_meanings", fields=tuple(missing))
    if twice := mapping.twice:
        raise FileRefused("mapping_twice", fields=tuple(twice))


def missing_targets(mapping: TableMap, *, institution_known: bool) -> list[str]:
    """Required standard columns that the mapping leaves without a source, in the order of the standard."""
    there = {column.target for column in mapping.columns}
    optional = {*DERIVED, "A49", *(("A01",) if institution_known else ())}
    return sorted(code for code in REQUIRED if code not in there and code not in optional)
