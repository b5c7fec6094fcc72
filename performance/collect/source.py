"""What a room gives to a month: which facts it knows, and the records behind each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from alliance.lib.period import Month
from alliance.models import Institution
from performance.engine.fact import Fact
from performance.engine.formula import Number

Keys = frozenset[str]
Ids = tuple[int, ...]
Why = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What some records give to a fact: number and how many; None where the fact rests on them alone."""

    value: Number | None
    records: int


Parts = Mapping[tuple[str, str], Part]  # by institution and key


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of record. `read` gives the known facts among the keys wanted, of all institutions of a month.

    `records` gives the ids behind one fact, by the code of the institution; None where the fact rests on one
    statement and not on a list. `rows` are these records with everything a list names. `sifted` gives the
    same ids, and beside them the records that were looked at and not counted, each with why; None where none
    are. `part` gives what some records, by their ids, give to the facts of a month: what a decision takes
    off.
    """

    kind: str
    keys: Keys
    read: Callable[[Month, Keys, Sequence[Institution]], Iterable[Fact]]
    records: Callable[[Month, str], Mapping[str, Ids]] | None = None
    rows: Callable[[Iterable[int]], QuerySet[Any]] | None = None
    sifted: Callable[[Month, str], tuple[Mapping[str, Ids], Mapping[str, Why]]] | None = None
    part: Callable[[Month, Keys, frozenset[int]], Parts] | None = None


def count(code: str, month: Month, key: str, kind: str, ids: Ids) -> Fact:
    """A fact that counts records."""
    return Fact(code, month, key, len(ids), kind, len(ids))


def total(code: str, month: Month, key: str, kind: str, value: Number | None, ids: Ids) -> Fact:
    """A fact that sums something over records."""
    return Fact(code, month, key, value, kind, len(ids))
