"""How a foreign table is read: which column means what, in which unit and form, how several values in a cell
come apart. A mapping is data: it is guessed, corrected by a person and kept in versions with its source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from grouping.readers.cells import UNASKED
from grouping.readers.fields import FIELDS, OTHERS, Field, Kind
from grouping.readers.listfields import NAMES

UNUSED = ""
# The hour of a date that stands in a column of its own.
HOURS = {"B12h": "B12", "B15h": "B15"}
# A second column for the same: the older export has one receiver for transfers, one for the community.
SECONDS = {"B35b": "B35"}
_N = range(1, OTHERS + 1)
# Where the values of one cell go, by the target of its column.
SERIES: dict[str, tuple[str, ...]] = {
    "C03C": ("C03C", *(f"C06x{n:02}C" for n in _N)),
    "C04N": ("C04N", *(f"C07x{n:02}N" for n in _N)),
    "C05C": ("C05C", *(f"C08x{n:02}C" for n in _N)),
    "C06x01C": tuple(f"C06x{n:02}C" for n in _N),
    "C07x01N": tuple(f"C07x{n:02}N" for n in _N),
    "C08x01C": tuple(f"C08x{n:02}C" for n in _N),
    "C14x01C": ("C14x01C", *(f"C35x{n:02}C" for n in _N)),
    "C15x01N": ("C15x01N", *(f"C36x{n:02}N" for n in _N)),
    "C16x01": ("C16x01", *(f"C37x{n:02}" for n in _N)),
    "C17x01": ("C17x01", *(f"C38x{n:02}" for n in _N)),
    "C35x01C": tuple(f"C35x{n:02}C" for n in _N),
    "C36x01N": tuple(f"C36x{n:02}N" for n in _N),
}
# What a file of central group results may hold, beside whose and which case it is.
RESULT_FIELDS: dict[str, Field] = {
    **{code: FIELDS[code] for code in ("A01", "A48", "A49")},
    "B15": FIELDS["B15"],
    "R01": Field("R01", *NAMES["R01"], Kind.CODE),
    "R02": Field("R02", *NAMES["R02"], Kind.TEXT),
    "R03": Field("R03", *NAMES["R03"], Kind.AMOUNT),
    "R04": Field("R04", *NAMES["R04"], Kind.TEXT),
    "R05": Field("R05", *NAMES["R05"], Kind.CODE),
    "R06": Field("R06", *NAMES["R06"], Kind.AMOUNT),
    "R07": Field("R07", *NAMES["R07"], Kind.TEXT),
    "R08": Field("R08", *NAMES["R08"], Kind.TEXT),
}


def field_of(target: str) -> Field | None:
    """The field of a target, of a front page or of a result."""
    return FIELDS.get(target) or RESULT_FIELDS.get(target)


SEPARATORS = "|;；、"
COMMAS, SLASH = ",，", "/"
# How several values in a cell may be parted: the usual signs, commas, a slash, any of them.
SPLITS = (SEPARATORS, COMMAS, SLASH, SEPARATORS + COMMAS + SLASH)
DELIMITERS = {",": ",", "\t": "Tab", ";": ";", "|": "|"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file. `target`: a column of the standard, an hour, or UNUSED (kept raw, not read).

    values: what is written -> code. unit: "" yuan, "fen", "wan" (ten thousand yuan), "ask": nobody has said
    it yet. form: "" year first, "dmy", "mdy". split: the letters that part several values in a cell, "" for
    one value.
    """

    heading: str
    target: str = UNUSED
    values: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    form: str = ""
    split: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """The standard columns it fills: several where its cells hold several values."""
        return SERIES.get(self.target, (self.target,)) if self.split else (self.target,)


@dataclass(frozen=True, slots=True)
class TableMap:
    """The columns in the order of the header they were made for; how the file is cut into cells."""

    columns: tuple[Column, ...]
    delimiter: str = ","
    header_line: int = 1

    def as_json(self) -> dict[str, Any]:
        """For keeping: plain values only."""
        found = asdict(self)
        return {
            **found,
            "columns": [{**column, "values": dict(column["values"])} for column in found["columns"]],
        }

    @property
    def headings(self) -> dict[str, str]:
        """Standard column -> heading of the file, for the sentences about errors."""
        found: dict[str, str] = {}
        for column in self.columns:
            found |= dict.fromkeys((place for place in column.places if field_of(place)), column.heading)
        return found

    @property
    def unasked(self) -> list[str]:
        """Headings of money whose unit nobody has said yet."""
        return [column.heading for column in self.columns if column.target and column.unit == UNASKED]

    @property
    def twice(self) -> list[str]:
        """Standard columns that two columns of the file claim."""
        counted = Counter(place for column in self.columns for place in column.places if place)
        return sorted(target for target, times in counted.items() if times > 1)


def mapping_of(kept: Mapping[str, Any]) -> TableMap:
    """The mapping out of what `as_json` made."""
    columns = tuple(Column(**column) for column in kept["columns"])
    return TableMap(columns, kept.get("delimiter", ","), kept.get("header_line", 1))


@dataclass(frozen=True, slots=True)
class HeaderChange:
    """How a file's header differs from the one a mapping was made for."""

    gone: tuple[str, ...]  # columns that are read and are no longer there
    new: tuple[str, ...]  # columns nobody has looked at
    left: tuple[str, ...] = ()  # columns that were not read and are no longer there

    @property
    def matters(self) -> bool:
        """Whether the file cannot be read by this mapping."""
        return bool(self.gone)


def header_change(mapping: TableMap, header: Iterable[str]) -> HeaderChange:
    """Compare by heading, whatever the order and the case."""
    there = {heading.upper(): heading for heading in header if heading}
    known = {column.heading.upper(): column for column in mapping.columns}
    absent = [column for key, column in known.items() if key not in there]
    return HeaderChange(
        gone=tuple(column.heading for column in absent if column.target),
        new=tuple(heading for key, heading in there.items() if key not in known),
        left=tuple(column.heading for column in absent if not column.target),
    )
