"""Charges of many rows: read, added up and written as JSON for all of them at once.

Where every cell has the usual form 78.73, its fen are its digits: the checks of all cells are a few searches
in one text. Otherwise cell by cell.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from grouping.readers.bulk.memo import ABSENT, DOUBT, NOTHING, Cells, Memo
from grouping.readers.layout import Layout
from grouping.readers.values import amount

Names = tuple[str, ...]
_TOTAL, _OWN = "D01", "D09"
_SHAPE = bytes.maketrans(b"123456789", b"000000000")
_TOO_LONG = b"0" * 9 + b"."  # numeric(10,2) has eight digits before the point


class Fen(NamedTuple):
    """The amounts of one column, None where a cell is empty, DOUBT where unclear; and as they are stored."""

    amounts: Sequence[Any]
    written: Sequence[bytes]


def read_amount(cell: str) -> int | None:
    """One amount in fen, None when it is missing; raises BadValue."""
    text = cell.strip()
    return None if text in ABSENT else amount(text)


class Bills:
    """Total, own pay and charges of many rows in fen."""

    def __init__(
        self, layout: Layout, cells: Callable[[str], Cells], charges: tuple[Names, Cells], single: Memo
    ) -> None:
        """`charges`: the names of charges that stand side by side, and those of each row in one piece."""
        self._layout = layout
        self._rows = len(charges[1])
        names = (_TOTAL, _OWN, *sorted(layout.parts))
        beside = {name: cells(name) for name in names if name not in charges[0] and any(cells(name))}
        usual = _usual((*charges[0], *beside), [charges[1], *beside.values()])
        self._usual = usual is not None
        found = usual or _each({name: cells(name) for name in names}, single)
        nothing = Fen([None] * self._rows, [NOTHING] * self._rows)
        self.total, self.own_pay = found.get(_TOTAL, nothing), found.get(_OWN, nothing)
        self._parts = {name: found[name] for name in sorted(layout.parts) if name in found}

    def columns(self) -> Iterator[Sequence[Any]]:
        """Every column that may be in doubt."""
        if not self._usual:
            for column in (self.total, self.own_pay, *self._parts.values()):
                yield column.amounts

    def in_order(self, sound: Sequence[int], tolerance: int) -> list[bool]:
        """Which sound rows agree: total above zero and equal to its parts, own pay not above it.

        A file without some of the columns D11 to D34 can only show that the parts exceed the total.
        """
        whole = self._layout.all_parts
        return [
            bool(ok)
            and total is not None
            and total > 0
            and (
                not any_part or -tolerance <= (total - parts if whole else min(total - parts, 0)) <= tolerance
            )
            and (own is None or own <= total)
            for ok, total, parts, any_part, own in zip(
                sound, self.total.amounts, self._charged(), self._billed(), self.own_pay.amounts, strict=True
            )
        ]

    def _billed(self) -> list[bool]:
        """Whether a row has any charge; a bill of sub-items alone must agree as well."""
        columns = [column.amounts for column in self._parts.values()]
        if self._usual or not columns:
            return [bool(columns)] * self._rows
        return [any(fen is not None for fen in row) for row in zip(*columns, strict=True)]

    def _charged(self) -> list[int]:
        names = self._parts.keys() & set(self._layout.main_parts)
        columns = [self._parts[name].amounts for name in names]
        columns = columns if self._usual else list(map(_numbers, columns))
        return list(map(sum, zip(*columns, strict=True))) if columns else [0] * self._rows

    def as_json(self) -> list[bytes]:
        """The charges by column as JSON, in order of the columns' names; an empty cell is left out."""
        if not self._parts:
            return [b"{}"] * self._rows
        rows = zip(*(column.written for column in self._parts.values()), strict=True)
        heads = [f'"{part}": '.encode() for part in self._parts]
        if self._usual:
            form = b"{" + b", ".join(head + b"%b" for head in heads) + b"}"
            return [form % row for row in rows]
        return [
            b"{%b}"
            % b", ".join([head + fen for head, fen in zip(heads, row, strict=True) if fen is not NOTHING])
            for row in rows
        ]


def _usual(names: Names, columns: Sequence[Cells]) -> dict[str, Fen] | None:
    """All columns, when each cell has the form 78.73; None when one has not.

    The parts are compared by how often they occur, which no cell of another form can make up for: as many
    points as cells, each followed by two digits and the cell's end, so that each cell has exactly one.
    """
    rows = columns[0] if len(columns) == 1 else map(b",".join, zip(*columns, strict=True))
    text = b",%b," % b",".join(rows)
    shape, width = text.translate(_SHAPE), len(names)
    cells = width * len(columns[0])
    if not (
        text.count(b",") == cells + 1
        and shape.count(b".00,") == shape.count(b".") == cells
        and shape.count(b"0") + 2 * cells + 1 == len(shape)
        and b",." not in shape
        and _TOO_LONG not in shape
        and text.count(b",0") == text.count(b",0.")
    ):
        return None
    digits = text.replace(b",0.0", b",").replace(b",0.", b",").replace(b".", b"").split(b",")[1:-1]
    fen = list(map(int, digits))
    return {name: Fen(fen[at::width], digits[at::width]) for at, name in enumerate(names)}


def _each(columns: Mapping[str, Cells], single: Memo) -> dict[str, Fen]:
    """The columns that are not empty throughout, cell by cell."""
    found = {}
    for name, column in columns.items():
        if any(column):
            fen = single.of(column)
            found[name] = Fen(
                fen, [NOTHING if one is None else DOUBT if one is DOUBT else b"%d" % one for one in fen]
            )
    return found


def _numbers(column: Sequence[Any]) -> list[int]:
    """The column with zero for what is absent or unclear."""
    return [0 if fen is None or fen is DOUBT else fen for fen in column]
