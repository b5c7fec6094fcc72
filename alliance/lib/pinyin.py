"""Sort keys for Chinese names: the embedded database has no ICU, so the order is stored."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin


def sort_key(name: str) -> str:
    """Return the pinyin of `name` with tone numbers, lower case, syllables apart by a blank (at most 200
    letters).
    """
    return " ".join(lazy_pinyin(name, style=Style.TONE3)).lower()[:200]
