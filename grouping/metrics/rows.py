"""One line of a table of metrics as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One figure of a row; empty `url`: nothing to open for this member."""

    text: str
    label: str
    url: str = ""
    missing: bool = False
    n: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table. `place` is the rank by the sorted column, or why there is none."""

    name: str
    url: str
    sub: str
    place: str
    cells: Sequence[Cell]
    own: bool = False
