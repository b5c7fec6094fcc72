"""Columns whose cell stands for itself: how each is read, and what the house asks of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grouping.readers.bulk import memo, stay
from grouping.readers.bulk.memo import ABSENT, DOUBT
from grouping.readers.checks import CHINESE_NATIONALS
from grouping.readers.content import as_json
from grouping.readers.fields import FIELDS
from grouping.readers.layout import Layout
from grouping.readers.values import payment_method


@dataclass(frozen=True, slots=True)
class House:
    """What the house asks of a row beyond the standard; a row that does not fit is read row by row.

    organisations: whose discharges are taken (None: anybody's). longest: characters that fit, by column.
    """

    organisations: frozenset[str] | None = None
    longest: Mapping[str, int] = field(default_factory=dict)


def readers(layout: Layout, house: House) -> dict[str, Callable[[str], Any]]:
    """How the cell of each column is read that stands for itself."""
    most = house.longest.get
    whole, choice = memo.whole, memo.choice
    return {
        "A01": _organisation(house),
        "A13": stay.day_until(None),
        "B16C": memo.required(most("B16C")),
        "B35": memo.optional(most("B35")),
        **{name: whole(FIELDS[name], DOUBT) for name in ("A49", "A14", "B20")},
        **{name: whole(FIELDS[name]) for name in ("A16", "A17", *layout.weights)},
        **{name: choice(FIELDS[name], DOUBT) for name in ("A12C", "B34C")},
        **{name: choice(FIELDS[name]) for name in ("B11C", "B36C")},
        **{name: memo.kept(name, absent=ABSENT) for name in layout.doctors},
    }


def _organisation(house: House) -> Callable[[str], Any]:
    """A reader of the organisation, in doubt where the house does not take its discharges."""
    known, required = house.organisations, memo.required()

    def read(cell: str) -> Any:
        found = required(cell)
        if found is DOUBT:
            return DOUBT
        text = found.decode()
        return DOUBT if known is not None and text not in known else text

    return read


def is_national(cell: str) -> bool:
    return present(cell).upper() in CHINESE_NATIONALS


def present(cell: str) -> str:
    text = cell.strip()
    return "" if text == "-" else text


def tail(cells: tuple[str, str, str]) -> bytes:
    """What `recorded` says of the stay: way of payment, admitting department, transfers."""
    payment, department, transfers = map(present, cells)
    if not memo.is_plain(payment + department + transfers):
        return DOUBT
    shown = {
        "payment": payment_method(payment) if payment else None,
        "department_in": department or None,
        "transfers": [code for part in transfers.split(",") if (code := part.strip())],
    }
    return as_json(shown)[1:-1].encode()
