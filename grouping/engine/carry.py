"""Local overrides of a scheme carried to the next official package: a merge of three, cell by cell (S4-15).

`base` is the official package the local version was made of, `local` that version, `new` the next official
package; all in written form. What the city changed beside what the locality changed is no conflict; the same
cell changed by both is one, and so is a row the city took away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from grouping.engine.tables import TABLES, Table
from grouping.engine.write import read_table, write_table

Files = Mapping[str, bytes]
Line = tuple[str, ...]
State = Literal["carried", "same", "changed", "gone"]
DICTIONARIES = frozenset(
    {"diagnoses.csv", "procedures.csv", "diagnosis_map.csv", "procedure_map.csv", "sites.csv"}
)


@dataclass(frozen=True, slots=True)
class Override:
    """One thing the locality does in its own way.

    file, key: the row. column: the cell, "" where the locality added or took away the whole row. base,
    local, new: the texts of the three, "" where there is none. state: "carried" (the city left it alone),
    "same" (the city now says the same), "changed" (the city changed it, too: to be decided), "gone" (the city
    took the row away: it cannot be carried).
    """

    file: str
    key: Line
    column: str
    base: str
    local: str
    new: str
    state: State
    # The whole row the locality added.
    line: Line = ()

    @property
    def id(self) -> str:
        """What a form calls it."""
        return "|".join([self.file, *self.key, self.column])


def overrides(base: Files, local: Files, new: Files) -> tuple[Override, ...]:
    """Everything the locality changed, file by file; head and dictionaries are the city's."""
    found: list[Override] = []
    for table in TABLES:
        if table.file not in DICTIONARIES:
            rows = [_rows(table, files) for files in (base, local, new)]
            found += _of_table(table, *rows)
    return tuple(found)


def merged(new: Files, found: tuple[Override, ...], keeps: Callable[[Override], bool]) -> dict[str, bytes]:
    """The new package with the overrides `keeps` says yes to; those gone are never carried."""
    out = dict(new)
    for table in TABLES:
        own = [one for one in found if one.file == table.file and _open(one) and keeps(one)]
        if own:
            rows = _rows(table, new)
            for one in own:
                _apply(table, rows, one)
            out[table.file] = write_table(table, rows.values())
    return out


def _open(one: Override) -> bool:
    """Whether carrying it would change the new package."""
    return one.state in ("carried", "changed")


def _rows(table: Table, files: Files) -> dict[Line, Line]:
    places = [table.columns.index(name) for name in table.keys[-1]]
    lines = read_table(table, files[table.file]) if table.file in files else []
    return {tuple(line[place] for place in places): line for line in lines}


def _of_table(
    table: Table, base: Mapping[Line, Line], local: Mapping[Line, Line], new: Mapping[Line, Line]
) -> Iterator[Override]:
    for key in sorted(base.keys() | local.keys()):
        was, now, next_ = base.get(key), local.get(key), new.get(key)
        if was == now:
            continue
        if was is None or now is None:
            yield _whole(table, key, was, now, next_)
            continue
        for place, column in enumerate(table.columns):
            if was[place] != now[place]:
                theirs = next_[place] if next_ is not None else ""
                state = _state(was[place], now[place], None if next_ is None else theirs)
                yield Override(table.file, key, column, was[place], now[place], theirs, state)


def _whole(table: Table, key: Line, was: Line | None, now: Line | None, next_: Line | None) -> Override:
    """A row the locality added (`was` None) or took away (`now` None)."""
    texts = [", ".join(filter(None, line)) if line else "" for line in (was, now, next_)]
    state: State = "carried" if next_ == was else "same" if next_ == now else "changed"
    return Override(table.file, key, "", texts[0], texts[1], texts[2], state, now or ())


def _state(was: str, now: str, next_: str | None) -> State:
    if next_ is None:
        return "gone"
    if next_ == was:
        return "carried"
    return "same" if next_ == now else "changed"


def _apply(table: Table, rows: dict[Line, Line], one: Override) -> None:
    if one.column:
        place = table.columns.index(one.column)
        line = rows[one.key]
        rows[one.key] = (*line[:place], one.local, *line[place + 1 :])
    elif one.line:
        rows[one.key] = one.line
    else:
        rows.pop(one.key, None)
