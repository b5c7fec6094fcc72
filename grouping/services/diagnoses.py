"""The dictionary of diagnoses for rooms above: found by code, name or initials of the pinyin."""

from __future__ import annotations

from datetime import date

from grouping.engine.lookup import Entry
from grouping.interpreting import book
from grouping.services import schemes

SHOWN = 8


def find(text: str, *, on: date, limit: int = SHOWN) -> list[Entry]:
    """The best diagnoses (code, name) for what was typed, in the scheme in force on a day; [] without one."""
    try:
        package = schemes.package(schemes.in_force(on))
    except schemes.NoScheme:
        return []
    return book(package, "d").find(text, limit)
