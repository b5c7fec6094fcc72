"""What both sides count once a month (practice.md section 4, D5): rooms register it, this room asks them all.

A countable counts records between two institutions: one gives (sends, lends, answers), the other takes. A
village room counts with its township, which reports and is paid for it (practice.md section 1).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alliance.lib import canonical
from alliance.lib.period import Month
from alliance.models import Institution, Membership

Places = Collection[int] | None
Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One group of records of a month: giver, taker (ids of institutions), ids ascending, units.

    `pending`: records only one side stands by so far; they are not among `ids` and count nowhere.
    """

    giver: int
    taker: int
    ids: tuple[int, ...]
    units: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One record as both sides may read it, without a patient's data; `url` empty where it may not open."""

    pk: int
    name: str
    at: date | datetime
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Countable:
    """One kind of record that both sides confirm.

    `label` what is counted; `giver`, `taker` what the two sides are called; `unit` of `units` ("" without);
    `count(month, places)` all groups of a month, of pairs with one of `places` where it is given, in one
    query; `records(ids, membership)` the records with these ids, oldest first, in one query.
    """

    name: str
    label: Any
    giver: Any
    taker: Any
    unit: Any
    count: Callable[[Month, Places], Iterable[Row]]
    records: Callable[[Sequence[int], Membership], list[Record]]
    order: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """What the records say about one line: ids ascending, units, and how many only one side stands by."""

    ids: tuple[int, ...] = ()
    units: int = 0
    pending: int = 0


_known: dict[str, Countable] = {}


def register(countable: Countable) -> None:
    """Add a kind; the same name again replaces it. Called once, in a room's `ready()`."""
    _known[countable.name] = countable


def known() -> dict[str, Countable]:
    """All kinds by name, in their order."""
    return {one.name: one for one in sorted(_known.values(), key=lambda one: (one.order, one.name))}


def count(month: Month, *, sides: Places = None) -> dict[Key, Count]:
    """What the records say now, by (kind, giver, taker); with `sides` only lines of one of them.

    One query for the institutions and one a kind, whatever the number of records. Lines within one
    institution are none.
    """
    homes = reporting()
    places = None if sides is None else {pk for pk, home in homes.items() if home in sides}
    found: dict[Key, Count] = {}
    for name, one in known().items():
        for row in one.count(month, places):
            key = (name, homes[row.giver], homes[row.taker])
            if key[1] != key[2]:
                found[key] = _with(found.get(key, Count()), row)
    return found


def reporting() -> Mapping[int, int]:
    """Who reports for an institution: the township for its village rooms, everybody else for itself."""
    rows = Institution.objects.values_list("pk", "kind", "parent")
    return {pk: parent if kind == Institution.Kind.VILLAGE and parent else pk for pk, kind, parent in rows}


def _with(have: Count, row: Row) -> Count:
    ids = tuple(sorted((*have.ids, *row.ids))) if have.ids else tuple(row.ids)
    return Count(ids, have.units + row.units, have.pending + row.pending)


def digest(month: Month, key: Key, counted: Count) -> str:
    """SHA-256 over month, kind, both sides, the ids of the records and the units: what is confirmed."""
    kind, giver, taker = key
    return canonical.digest(
        {
            "month": month, "kind": kind, "giver": giver, "taker": taker, "ids": list(counted.ids),
            "count": len(counted.ids), "units": counted.units,
        }
    )  # fmt: skip
