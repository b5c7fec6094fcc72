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
    return _searched(entries()[code])


def _searched(entry: Entry) -> str:
    one = entry.indicator
    texts = (
        entry.code, one.name_zh, one.name_en, pinyin.initials(one.name_zh), " ".join(entry.origins),
        " ".join(entry.facts),
    )  # fmt: skip
    return "\n".join(texts).casefold()


def found(
    *, word: str = "", area: str = "", origin: str = "", level: str = "", frequency: str = "",
    own: Mapping[str, Entry] | None = None,
) -> list[Entry]:  # fmt: skip
    """The entries that satisfy every condition given, `own` ones of the alliance last.

    A word is looked for in all that names an entry.
    """
    wanted = word.strip().casefold()
    every = [(entry, _words(code)) for code, entry in entries().items()]
    every += [(entry, _searched(entry)) for entry in (own or {}).values()]
    return [
        entry
        for entry, text in every
        if wanted in text
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
