"""A table of a report as values: columns, rows of cells, totals; drawn by grouping/reports/_grid.html."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

HEAD, TEXT, NUMBER, KEY, WRAP = "head", "", "n", "n key", "wrap all"
DESK, DESK_NUMBER = "hide-s", "n hide-s"


@dataclass(frozen=True)
class Column:
    """A heading and how its cells stand: head (row header), n, n key (at the right on phones), wrap, desk."""

    label: str
    kind: str = TEXT


@dataclass(frozen=True)
class Cell:
    """A text, where it opens, and the state drawn as a chip ("" for none)."""

    text: str
    url: str = ""
    chip: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns; `kind` marks the row (sec, mark, bad, me); `also`: further words by
    which a search finds it.
    """

    cells: Sequence[Cell]
    kind: str = ""
    also: str = ""


@dataclass(frozen=True)
class Grid:
    """Columns, rows, and a last line of totals where there is one."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Sequence[Cell] = ()
    caption: str = ""

    @property
    def lines(self) -> list[tuple[str, list[tuple[Column, Cell]]]]:
        """Each row with its kind, its cells beside their columns."""
        return [(row.kind, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]

    @property
    def foot(self) -> list[tuple[Column, Cell]]:
        """The totals beside their columns."""
        return list(zip(self.columns, self.total, strict=True)) if self.total else []


def row(*cells: str | Cell, kind: str = "", also: str = "") -> Row:
    """A row of texts and cells."""
    return Row([cell if isinstance(cell, Cell) else Cell(cell) for cell in cells], kind, also)


def columns(*named: tuple[str, str]) -> list[Column]:
    """Columns of (label, kind)."""
    return [Column(label, kind) for label, kind in named]


def linked(grid: Grid, may: bool) -> Grid:
    """The grid with its links, or without for who may not open what they lead to."""
    if may:
        return grid
    rows = [replace(one, cells=[replace(cell, url="") for cell in one.cells]) for one in grid.rows]
    return replace(grid, rows=rows, total=[replace(cell, url="") for cell in grid.total])
