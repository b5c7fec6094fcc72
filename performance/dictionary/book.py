"""The dictionary read once, and searched: by code, names, initials, requirement, area, origin, level."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from alliance.lib import pinyin
from alliance.lib.canonical import digest
from performance.engine.dictionary import Entry, shipped_dictionary


@cache
def entries() -> Mapping[str, Entry]:
    """All entries by code, area by area."""
    return shipped_dictionary()


@cache
def _words(code: str) -> str:
    """What a search looks through, in small letters."""
    entry = entries()[code]
    one = entry.indicator
    texts = (
        code, one.name_zh, one.name_en, pinyin.initials(one.name_zh), " ".join(entry.origins),
        " ".join(entry.facts),
    )  # fmt: skip
    return "\n".join(texts).casefold()


def found(
    *, word: str = "", area: str = "", origin: str = "", level: str = "", frequency: str = ""
) -> list[Entry]:
    """The entries that satisfy every condition given; a word is looked for in all that names it."""
    wanted = word.strip().casefold()
    return [
        entry
        for entry in entries().values()
        if wanted in _words(entry.code)
        and area in ("", entry.area)
        and origin in ("", entry.origin)
        and (not level or level in entry.levels)
        and frequency in ("", entry.frequency)
    ]


def read_by(code: str) -> list[Entry]:
    """The entries that are built on this one."""
    return [entry for entry in entries().values() if code in entry.based_on]


def version_digest(entry: Entry) -> str:
    """SHA-256 of the form: names exactly this definition, as a month freezes it."""
    return digest(entry.indicator)
