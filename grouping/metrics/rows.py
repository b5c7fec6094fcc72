"""One line of a table of metrics as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload


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


class Rows(Sequence[Row]):
    """The rows of a table in their order, each made when a page shows it."""

    def __init__(self, number: int, make: Callable[[int], Row]) -> None:
        self.number, self.make = number, make

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self.make(number) for number in range(self.number)[place]]
        return self.make(range(self.number)[place])
