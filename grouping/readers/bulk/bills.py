"""Charges of many rows: read, added up and written as JSON a column at a time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grouping.readers.bulk.memo import DOUBT, Cells, Memo, amounts
from grouping.readers.layout import Layout


class Bills:
    """Total, own pay and charges of many rows in fen; None where a cell is empty, DOUBT where unclear."""

    def __init__(self, layout: Layout, cells: Callable[[str], Cells], single: Memo) -> None:
        self._layout = layout
        self.total = amounts(cells("D01"), single)
        self.own_pay = amounts(cells("D09"), single)
        self.parts = {part: amounts(cells(part), single) for part in sorted(layout.parts)}

    def columns(self) -> Iterator[list[Any]]:
        """Every column that may be in doubt."""
        yield self.total
        yield self.own_pay
        yield from self.parts.values()

    def in_order(self, sound: Sequence[int], tolerance: int) -> list[bool]:
        """Which sound rows agree: total above zero and equal to its parts, own pay not above it.

        A file without some of the columns D11 to D34 can only show that the parts exceed the total.
        """
        whole = self._layout.all_parts
        charges = self._charged(list(self._layout.main_parts))
        # A bill of sub-items alone must agree as well: its parts count as zero.
        billed = [True] * len(sound) if whole and None not in self._first() else self._billed(len(sound))
        return [
            bool(ok)
            and total is not None
            and total > 0
            and (
                not any_part or -tolerance <= (total - parts if whole else min(total - parts, 0)) <= tolerance
            )
            and (own is None or own <= total)
            for ok, total, parts, any_part, own in zip(
                sound, self.total, charges, billed, self.own_pay, strict=True
            )
        ]

    def _first(self) -> list[Any]:
        return next(iter(self.parts.values()), [None])

    def _billed(self, rows: int) -> list[bool]:
        if not self.parts:
            return [False] * rows
        return [any(fen is not None for fen in row) for row in zip(*self.parts.values(), strict=True)]

    def _charged(self, names: list[str]) -> list[int]:
        columns = [_numbers(self.parts[name]) for name in names]
        return list(map(sum, zip(*columns, strict=True))) if columns else [0] * len(self.total)

    def as_json(self) -> list[str]:
        """The charges by column as JSON, in order of the columns' names; an empty cell is left out."""
        if not self.parts:
            return ["{}"] * len(self.total)
        rows = zip(*self.parts.values(), strict=True)
        if all(None not in column and DOUBT not in column for column in self.parts.values()):
            form = "{" + ", ".join(f'"{part}": %d' for part in self.parts) + "}"
            return [form % row for row in rows]
        heads = [f'"{part}": ' for part in self.parts]
        return [
            "{"
            + ", ".join([f"{head}{fen}" for head, fen in zip(heads, row, strict=True) if fen is not None])
            + "}"
            for row in rows
        ]


def _numbers(column: list[Any]) -> list[int]:
    """The column with zero for what is absent or unclear."""
    if None not in column and DOUBT not in column:
        return column
    return [0 if fen is None or fen == DOUBT else fen for fen in column]
