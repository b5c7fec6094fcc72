"""A week or a day of a device as a table: rows of time, one column a day, bookings as blocks over rows.

Bookings of one institution that follow each other become one block; a row nobody's hours touch is folded
away. All times are minutes after the local midnight; nothing here knows of a zone, a database or a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """Bookings of one key (institution, purpose or state) in a stretch of a day; `ids` names them."""

    begin: int
    end: int
    key: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a column: a block over `rows` rows, or one row that is free (from `free`), idle or closed.

    `kind`: block, free, idle (open, but nothing can begin), closed. `free`: the first minute a booking can
    begin in it, also beside a block.
    """

    row: int
    rows: int
    kind: str
    blocks: tuple[Block, ...] = ()
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its first minute; a folded stretch in which no column is open has its end, else None."""

    begin: int
    folded_until: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What a column shows: open spans, blocks, and where a booking can begin."""

    spans: Sequence[Span]
    blocks: Sequence[Block] = ()
    starts: Sequence[int] = ()


def rows_of(days: Iterable[Day], height: int) -> list[Row]:
    """Rows of so many minutes that some day is open in or has a block in; one folded row for each gap."""
    spans = [span for day in days for span in (*day.spans, *((one.begin, one.end) for one in day.blocks))]
    if not spans:
        return []
    first = min(begin for begin, _end in spans) // height * height
    last = max(end for _begin, end in spans)
    found: list[Row] = []
    for begin in range(first, last, height):
        if any(low < begin + height and begin < high for low, high in spans):
            found.append(Row(begin))
        elif found and found[-1].folded_until is not None:
            found[-1] = replace(found[-1], folded_until=begin + height)
        else:
            found.append(Row(begin, begin + height))
    return found


def column(day: Day, rows: Sequence[Row], height: int) -> list[Cell]:
    """The cells of one day from top to bottom; rows a block covers have no cell of their own.

    A block never reaches over a folded row: it is cut there.
    """
    found: list[Cell] = []
    merged = _merged(day.blocks, height)
    place = 0
    while place < len(rows):
        row = rows[place]
        if row.folded_until is not None:
            place += 1
            continue
        here = [one for one in merged if one[0] <= row.begin < one[1]]
        cell = _block(day, rows, place, here[0], height) if here else _plain(day, row, place, height)
        found.append(cell)
        place += cell.rows
    return found


def _merged(blocks: Iterable[Block], height: int) -> list[tuple[int, int, tuple[Block, ...]]]:
    """Blocks on whole rows: those that share a row together, those of one key that follow each other too."""
    found: list[tuple[int, int, tuple[Block, ...]]] = []
    for one in sorted(blocks, key=lambda block: (block.begin, block.end)):
        begin, end = one.begin // height * height, -(-one.end // height) * height
        if found and (begin < found[-1][1] or (begin == found[-1][1] and _keys(found[-1][2]) == {one.key})):
            low, high, inside = found[-1]
            found[-1] = (low, max(high, end), (*inside, one))
        else:
            found.append((begin, end, (one,)))
    return found


def _keys(blocks: Iterable[Block]) -> set[str]:
    return {block.key for block in blocks}


def _block(
    day: Day, rows: Sequence[Row], place: int, stretch: tuple[int, int, tuple[Block, ...]], height: int
) -> Cell:
    _begin, end, blocks = stretch
    count = 0
    while (
        place + count < len(rows)
        and rows[place + count].folded_until is None
        and rows[place + count].begin < end
    ):
        count += 1
    first, last = rows[place].begin, rows[place + count - 1].begin + height
    inside = tuple(one for one in blocks if one.begin < last and one.end > first)
    free = next((start for start in day.starts if first <= start < last), None)
    return Cell(place, count, "block", inside, free)


def _plain(day: Day, row: Row, place: int, height: int) -> Cell:
    free = next((start for start in day.starts if row.begin <= start < row.begin + height), None)
    if free is not None:
        return Cell(place, 1, "free", free=free)
    is_open = any(low < row.begin + height and row.begin < high for low, high in day.spans)
    return Cell(place, 1, "idle" if is_open else "closed")


def by_key(blocks: Iterable[Block]) -> Mapping[str, tuple[int, ...]]:
    """The bookings of a cell by key, in the order of their first appearance."""
    found: dict[str, tuple[int, ...]] = {}
    for block in blocks:
        found[block.key] = (*found.get(block.key, ()), *block.ids)
    return found
