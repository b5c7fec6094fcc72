"""Reading front pages in bulk: what is proven sound comes as columns, the rest row by row with its errors."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from grouping.readers.assembling import Assembler, malformed
from grouping.readers.bulk.blocks import Block, blocks, cells_of
from grouping.readers.bulk.grid import grid_of
from grouping.readers.bulk.prove import Proven, Prover
from grouping.readers.bulk.single import House
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.layout import compile_layout
from grouping.readers.rows import BadRow, Checkpoint, FrontPage, Limits

ANYBODY = House()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some consecutive rows: the proven ones with their lines, and the others, each in order of the file."""

    proven: Proven | None
    lines: list[int]
    others: list[FrontPage | BadRow]

    @property
    def rows(self) -> int:
        """How many records it holds."""
        return len(self.lines) + len(self.others)


class BulkReader:
    """Reads ranges of one file; what it learns about cells serves all of them.

    Duplicates are the caller's: ranges are read in any order, so only whoever has all keys can tell.
    """

    def __init__(
        self,
        start: Checkpoint,
        *,
        dictionary: Dictionary,
        edition: Edition = "insurance",
        limits: Limits,
        house: House = ANYBODY,
    ) -> None:
        layout = compile_layout(start.header)
        self._start = start
        self._limits = limits
        self._prover = Prover(layout, dictionary, edition, limits, house, start.encoding)
        self._assembler = Assembler(layout, dictionary, edition, limits, None)

    def read(self, file: BinaryIO, begin: Checkpoint, end: int | None = None) -> Iterator[Batch]:
        """The rows from a checkpoint to a byte between two records (None: the end of the file)."""
        for block in blocks(file, begin, end, self._limits):
            yield self._batch(block)

    def explain(
        self, file: BinaryIO, begin: Checkpoint, end: int | None, lines: Container[int]
    ) -> Iterator[FrontPage | BadRow]:
        """The rows of a range that begin at certain lines, cell by cell."""
        for block in blocks(file, begin, end, self._limits):
            wanted = [place for place, line in enumerate(block.firsts) if line in lines]
            yield from self._explained(block, wanted)

    def _batch(self, block: Block) -> Batch:
        grid = grid_of(block, self._prover.ground, self._start.encoding)
        proven = self._prover.prove(grid) if grid.places else None
        places = proven.places if proven else []
        doubtful = sorted(set(range(len(block.firsts))).difference(places))
        lines = [block.firsts[place] for place in places]
        return Batch(proven, lines, [*self._explained(block, doubtful)])

    def _explained(self, block: Block, places: list[int]) -> Iterator[FrontPage | BadRow]:
        """Some rows as the reader that goes cell by cell sees them."""
        for place in places:
            first, last = block.firsts[place], block.lasts[place]
            cells = cells_of(block.records[place], self._start.encoding)
            if cells is None:
                yield malformed(first, last, "malformed_row", last=last)
            else:
                yield self._assembler.row(cells, first, last)
