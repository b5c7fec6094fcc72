"""The columns kept raw beside the case: those that nothing else of it says (content.kept_raw)."""

from collections.abc import Callable, Iterator

from grouping.readers.bulk.memo import CATALOGUE, KEPT, Cells, Memo, kept
from grouping.readers.content import SAID, SLOTS
from grouping.readers.fields import FIELDS, Kind
from grouping.readers.layout import Layout


def readers(layout: Layout, decode: Callable[[bytes], str]) -> dict[str, Memo]:
    """Readers of the raw columns of a layout in order of their names; they check codes among them."""
    said = {*SAID, *(name for code in SLOTS.keys() & layout.columns for name in SLOTS[code])}
    allowed = {field.code: field.choices for field in layout.choices}
    return {
        name: Memo(kept(name, allowed.get(name), open_heading=name not in FIELDS), decode, _most(name))
        for name in sorted({*layout.kept, *layout.unknown} - said)
    }


def filled(readers: dict[str, Memo], cells: Callable[[str], Cells]) -> Iterator[tuple[Memo, Cells]]:
    """The readers and columns that are not empty throughout."""
    for name, reader in readers.items():
        if any(column := cells(name)):
            yield reader, column


def _most(name: str) -> int:
    """How many cells of a column are remembered: birth dates spread over a century."""
    return CATALOGUE if name in FIELDS and FIELDS[name].kind is Kind.DAY else KEPT
