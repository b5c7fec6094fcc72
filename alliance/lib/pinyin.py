"""Pinyin of Chinese names: sort keys (the embedded database has no ICU) and the initials a person types."""

from __future__ import annotations

from functools import cache, lru_cache
from unicodedata import normalize

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT


def sort_key(name: str) -> str:
    """Return the pinyin of `name` with tone numbers, lower case, syllables apart by a blank (at most 200
    letters).
    """
    return " ".join(lazy_pinyin(name, style=Style.TONE3)).lower()[:200]


def initials(text: str) -> str:
    """Return what a person types for Chinese words: the first letter of each reading, letters and digits as
    they are, everything else left out; 膀胱炎 is "pgy", 2型糖尿病 "2xtnb".

    A character with several readings takes the one of the word it stands in (膀胱 but 臂膀), looked up in
    neighbouring characters: reading whole names costs fifteen times as much, and a dictionary has 50,000.
    """
    return "".join(_letter(text, place) for place in range(len(text)))


def _letter(text: str, place: int) -> str:
    char = text[place]
    if char.isascii():
        return char.lower() if char.isalnum() else ""
    if char in _several():
        for start, length in ((place, 2), (place - 1, 2), (place, 3), (place - 1, 3), (place - 2, 3)):
            word = text[start : start + length] if start >= 0 else ""
            if word in PHRASES_DICT:
                return _first(PHRASES_DICT[word][place - start][0])
    return _single(char)


@lru_cache(maxsize=1)
def _several() -> frozenset[str]:
    """Characters whose first letter differs between words."""
    found: dict[str, set[str]] = {}
    for word, readings in PHRASES_DICT.items():
        if len(word) in (2, 3):
            for char, reading in zip(word, readings, strict=False):
                found.setdefault(char, set()).add(_first(reading[0]))
    return frozenset(char for char, letters in found.items() if letters - {_single(char)})


@cache
def _single(char: str) -> str:
    letter = lazy_pinyin(char, style=Style.FIRST_LETTER)[0]
    return letter.lower() if letter.isascii() and letter.isalnum() else ""


@cache
def _first(reading: str) -> str:
    """The first letter of a syllable with tone marks."""
    return normalize("NFD", reading)[:1].lower()
