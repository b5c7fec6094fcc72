"""Finding a code of a dictionary by what a person types: code, words of the name, or pinyin initials (S0-17).

All of a dictionary of 50,000 names is looked through for every letter typed: each way of matching is one
search through one long text, the best way first; as soon as enough is found the rest is not asked. Pure.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import accumulate
from unicodedata import normalize

from alliance.lib.pinyin import initials

# What is typed at most; the rest is not looked at.
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A code with its name."""

    code: str
    name: str


class Book:
    """The dictionary of a scheme, ready to be searched; made once a scheme and kind."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.entries = [Entry(code, name) for code, name in sorted(names.items())]
        self._names = names
        self._codes = _Texts(entry.code.lower() for entry in self.entries)
        self._words = _Texts(_plain(entry.name) for entry in self.entries)
        self._letters = _Texts(initials(word) for word in self._words.texts)

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, code: str) -> Entry | None:
        """The entry of exactly this code."""
        return Entry(code, self._names[code]) if code in self._names else None

    def exact(self, text: str) -> list[Entry]:
        """The entries of codes separated by blanks, commas or bars, when every part is one; else nothing."""
        parts = text.replace("|", " ").replace(",", " ").replace("，", " ").replace("、", " ").split()
        found = [self.get(part) or self.get(part.upper()) for part in parts]
        return [entry for entry in found if entry] if all(found) else []

    def find(self, text: str, limit: int) -> list[Entry]:
        """The `limit` best entries for what was typed; several words must all match. Nothing for no text.

        Order: code begins, name begins, initials begin, name holds, initials hold, code holds; shorter names
        first within each.
        """
        words = _plain(text[:LONGEST]).split()
        if not words:
            return []
        first, others = words[0], words[1:]
        found: dict[int, None] = {}
        for texts, begins in (
            (self._codes, True), (self._words, True), (self._letters, True),
            (self._words, False), (self._letters, False), (self._codes, False),
        ):  # fmt: skip
            places = texts.matching(first, begins=begins)
            if others:
                places = [place for place in places if all(self._holds(place, other) for other in others)]
            new = (place for place in places if place not in found)
            found |= dict.fromkeys(nsmallest(limit - len(found), new, key=self._rank))
            if len(found) >= limit:
                break
        return [self.entries[place] for place in found]

    def _holds(self, place: int, word: str) -> bool:
        return any(word in texts.texts[place] for texts in (self._words, self._letters, self._codes))

    def _rank(self, place: int) -> tuple[int, str]:
        return len(self._words.texts[place]), self._codes.texts[place]


class _Texts:
    """Texts in an order, searched as one long text: every one begins after a line end."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = list(texts)
        self._long = "\n" + "\n".join(self.texts)
        self._starts = list(accumulate((len(text) + 1 for text in self.texts), initial=0))

    def matching(self, word: str, *, begins: bool) -> list[int]:
        """The places of the texts that begin with the word, or hold it."""
        sought, found, at = f"\n{word}" if begins else word, [], 0
        while (at := self._long.find(sought, at)) >= 0:
            place = bisect_right(self._starts, at) - 1
            found.append(place)
            at = self._starts[place + 1]
        return found


def _plain(text: str) -> str:
    """Full-width letters and brackets as half-width, lower case."""
    return normalize("NFKC", text).lower().strip()
