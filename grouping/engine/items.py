"""Service items of a hospital checked against a catalogue: by code, by name, by likeness (S1-12).

Pure. Likeness is Dice's coefficient over pairs of neighbouring characters and of neighbouring syllables of
pinyin, so that a wrong character of the same sound still leads home.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from typing import Literal

from alliance.lib.pinyin import sort_key

Kind = Literal["code", "name", "likely", "none"]
MOST_CANDIDATES = 5
# Pairs that stand in more entries than this tell little and cost much.
COMMON = 2_000
LIKE, SAME = Fraction(2, 5), Fraction(1, 2)
CONFLICTS = ("retired", "name_differs", "unit_differs", "price_over_ceiling")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the catalogue: price ceiling in fen, None where there is none."""

    code: str
    name: str
    unit: str = ""
    ceiling_fen: int | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a hospital's list: line of the file, price in fen."""

    line: int
    code: str
    name: str
    unit: str = ""
    price_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What an item is: by which way, the entry, how alike (1 for exact), other candidates, conflicts.

    `wrong_code`: the item does not bear the code of a living entry of its name.
    """

    item: Item
    kind: Kind
    entry: Entry | None = None
    score: Fraction = Fraction(0)
    candidates: tuple[tuple[Entry, Fraction], ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def wrong_code(self) -> bool:
        """Whether the code is wrong: unknown, retired, or that of another item."""
        return self.kind != "code" or bool({"retired", "name_differs"} & set(self.conflicts))

    @property
    def settled(self) -> bool:
        """Whether nobody has to look: exact code, nothing in conflict."""
        return self.kind == "code" and not self.conflicts


def normal(text: str) -> str:
    """A name without width, case, blanks, brackets and marks: "（单侧） X线 " and "(单侧)x线" are one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


class Matcher:
    """A catalogue ready to be asked for many items."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._codes = {entry.code.strip().upper(): entry for entry in self._entries}
        self._names: dict[str, Entry] = {}
        for entry in self._entries:
            if not entry.retired:
                self._names.setdefault(normal(entry.name), entry)
        self._pairs = [_pairs(entry.name) for entry in self._entries]
        self._index: dict[str, list[int]] = defaultdict(list)
        for place, pairs in enumerate(self._pairs):
            if not self._entries[place].retired:
                for pair in pairs:
                    self._index[pair].append(place)

    def match(self, item: Item) -> Match:
        """The entry of an item by its code, else by its name, else the likeliest ones."""
        by_code = self._codes.get(item.code.strip().upper())
        if by_code is not None:
            return self._by_code(item, by_code)
        by_name = self._names.get(normal(item.name))
        if by_name is not None:
            return Match(item, "name", by_name, Fraction(1), conflicts=_conflicts(item, by_name))
        found = self._likely(item.name)
        if not found:
            return Match(item, "none")
        entry, score = found[0]
        return Match(item, "likely", entry, score, tuple(found), _conflicts(item, entry))

    def _by_code(self, item: Item, entry: Entry) -> Match:
        found: list[tuple[Entry, Fraction]] = []
        score = Fraction(1) if normal(item.name) == normal(entry.name) else alike(item.name, entry.name)
        conflicts = _conflicts(item, entry)
        if score < SAME:
            conflicts = (*conflicts, "name_differs")
        if conflicts:
            found = self._likely(item.name)
        return Match(item, "code", entry, score, tuple(found), tuple(sorted(conflicts, key=CONFLICTS.index)))

    def _likely(self, name: str) -> list[tuple[Entry, Fraction]]:
        asked = _pairs(name)
        shared: Counter[int] = Counter()
        for pair in asked:
            places = self._index.get(pair, ())
            if len(places) <= COMMON:
                shared.update(places)
        # Small whole numbers divide to the same float wherever the ratios are the same: safe to rank by.
        mine, pairs = len(asked), self._pairs
        ranked = nlargest(
            MOST_CANDIDATES * 2,
            shared,
            key=lambda place: (shared[place] / (mine + len(pairs[place])), -place),
        )
        exact = [(self._entries[place], _dice(asked, pairs[place])) for place in ranked]
        likely = [one for one in exact if one[1] >= LIKE]
        return sorted(likely, key=lambda one: (-one[1], one[0].code))[:MOST_CANDIDATES]


def alike(one: str, other: str) -> Fraction:
    """How alike two names are, 0 to 1."""
    return _dice(_pairs(one), _pairs(other))


def _dice(one: frozenset[str], other: frozenset[str]) -> Fraction:
    if not one or not other:
        return Fraction(0)
    return Fraction(2 * len(one & other), len(one) + len(other))


def _pairs(name: str) -> frozenset[str]:
    text = normal(name)
    sounds = [_sound(char) for char in text]
    return frozenset([*_neighbours(text, "c"), *_neighbours(sounds, "p")])


def _neighbours(parts: Sequence[str], mark: str) -> list[str]:
    if len(parts) == 1:
        return [f"{mark}{parts[0]}"]
    return [f"{mark}{a} {b}" for a, b in pairwise(parts)]


@lru_cache(maxsize=30_000)
def _sound(char: str) -> str:
    """The syllable of one character without its tone."""
    return char if char.isascii() else sort_key(char).rstrip("0123456789")


def _conflicts(item: Item, entry: Entry) -> tuple[str, ...]:
    found = []
    if entry.retired:
        found.append("retired")
    if item.unit and entry.unit and normal(item.unit) != normal(entry.unit):
        found.append("unit_differs")
    if item.price_fen is not None and entry.ceiling_fen is not None and item.price_fen > entry.ceiling_fen:
        found.append("price_over_ceiling")
    return tuple(found)
