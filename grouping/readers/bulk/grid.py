"""The cells of many records as bytes, by column: cut before they are decoded.

Charges stand side by side in every export and are judged as one text: they are cut only when they must be.
"""

from collections.abc import Sequence

from grouping.readers.bulk.blocks import Block, Record
from grouping.readers.fields import FIELDS, Kind


class Ground:
    """A header: how many cells a record has, and where the charges stand that are left in one piece."""

    def __init__(self, header: Sequence[str]) -> None:
        self.width = len(header)
        self.places = {name: at for at, name in enumerate(header)}
        self.first, self.end = _charges(header)
        self.charges = tuple(header[self.first : self.end])
        self.step = self.width - len(self.charges) + 1

    def pieces_of(self, line: bytes) -> list[bytes]:
        """The cells of a line, its charges in one piece; [] for a line of another width."""
        if line.count(b",") != self.width - 1:
            return []
        *before, rest = line.split(b",", self.first)
        return before + rest.rsplit(b",", self.width - self.end)

    def pieces_of_cells(self, cells: Sequence[bytes]) -> list[bytes]:
        """The same of cells, without ASCII blanks around them; [] where a charge holds a comma, too."""
        found = list(map(bytes.strip, cells))
        charge = b",".join(found[self.first : self.end])
        if len(cells) != self.width or charge.count(b",") != self.end - self.first - 1:
            return []
        return [*found[: self.first], charge, *found[self.end :]]


def _charges(header: Sequence[str]) -> tuple[int, int]:
    """Where the first run of neighbouring charges begins and ends."""
    amounts = [name in FIELDS and FIELDS[name].kind is Kind.AMOUNT for name in header]
    first = amounts.index(True) if True in amounts else 0
    behind = amounts[first:].index(False) if False in amounts[first:] else len(amounts) - first
    return first, first + behind


class Grid:
    """The records of a block that have as many cells as the header; `places` says which they are."""

    def __init__(self, ground: Ground, places: list[int], flat: list[bytes]) -> None:
        """`flat` holds one record's pieces behind the other's."""
        self.places = places
        self._ground = ground
        self._flat = flat
        self._cut: list[list[bytes]] = []

    @property
    def charges(self) -> list[bytes]:
        """The cells of `Ground.charges` of each record in one piece, commas between them."""
        return self._flat[self._ground.first :: self._ground.step]

    def column(self, name: str) -> list[bytes] | None:
        """The cells of a column; None when the file does not have it."""
        ground = self._ground
        at = ground.places.get(name)
        if at is None:
            return None
        if ground.first <= at < ground.end:
            self._cut = self._cut or [piece.split(b",") for piece in self.charges]
            return [cells[at - ground.first] for cells in self._cut]
        return self._flat[at if at < ground.first else at - len(ground.charges) + 1 :: ground.step]


def grid_of(block: Block, ground: Ground, encoding: str) -> Grid:
    """Return the cells of a block's records without ASCII blanks around them, leaving out records of another
    width.
    """
    places, flat = list[int](), list[bytes]()
    padded = b" ," in block.data or b", " in block.data
    for place, record in enumerate(block.records):
        if isinstance(record, bytes) and not padded:
            pieces = ground.pieces_of(record)
        else:
            pieces = ground.pieces_of_cells(_cells(record, encoding))
        if pieces:
            places.append(place)
            flat += pieces
    return Grid(ground, places, flat)


def _cells(record: Record, encoding: str) -> list[bytes]:
    if isinstance(record, bytes):
        return record.split(b",")
    # No file holds a NUL: `detect_encoding` refuses it.
    return "\0".join(record).encode(encoding).split(b"\0") if record else []
