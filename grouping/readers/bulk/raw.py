"""The columns kept raw beside the case: those that nothing else of it says (content.kept_raw)."""

from collections.abc import Callable

from grouping.readers.bulk.memo import Cells, Memo, kept
from grouping.readers.content import SAID, SLOTS
from grouping.readers.fields import FIELDS
from grouping.readers.layout import Layout


class RawReader:
    """Reads the raw columns of one layout, and checks those among them that hold one of some codes."""

    def __init__(self, layout: Layout) -> None:
        said = {*SAID, *(name for code in SLOTS.keys() & layout.columns for name in SLOTS[code])}
        allowed = {field.code: field.choices for field in layout.choices}
        self._readers = {
            name: Memo(kept(name, allowed.get(name), open_heading=name not in FIELDS))
            for name in sorted({*layout.kept, *layout.unknown} - said)
        }

    def members(self, cells: Callable[[str], Cells]) -> list[list[str]]:
        """The JSON members of each column that is not empty throughout, in order of the names."""
        filled = ((reader, cells(name)) for name, reader in self._readers.items())
        return [reader.of(column) for reader, column in filled if any(column)]


def as_json(columns: list[list[str]], rows: int) -> list[str]:
    """One JSON object a row."""
    if not columns:
        return ["{}"] * rows
    return ["{" + ", ".join(filter(None, row)) + "}" for row in zip(*columns, strict=True)]
