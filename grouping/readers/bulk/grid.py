"""The cells of many records as bytes, by column: cut before they are decoded."""

from dataclasses import dataclass

from grouping.readers.bulk.blocks import Block, Cells


@dataclass(frozen=True, slots=True)
class Grid:
    """The records of a block that have as many cells as the header; `places` says which they are.

    `flat` holds one record's cells behind the other's.
    """

    places: list[int]
    flat: list[bytes]
    width: int

    def column(self, at: int) -> list[bytes]:
        """The cells of the column at a place of the header."""
        return self.flat[at :: self.width]


def grid_of(block: Block, width: int, encoding: str) -> Grid:
    """Return the cells of a block's records without ASCII blanks around them, leaving out records of another
    width.
    """
    places, flat = list[int](), list[bytes]()
    padded = b" ," in block.data or b", " in block.data
    for place, record in enumerate(block.records()):
        if record is None:
            continue
        cells = record.split(b",") if isinstance(record, bytes) else _encoded(record, encoding)
        if len(cells) == width:
            places.append(place)
            flat += map(bytes.strip, cells) if padded or record.__class__ is list else cells
    return Grid(places, flat, width)


def _encoded(cells: Cells, encoding: str) -> list[bytes]:
    # No file holds a NUL: `detect_encoding` refuses it.
    return "\0".join(cells).encode(encoding).split(b"\0")
