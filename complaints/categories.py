"""Kinds of complaint: dated data, so that a list of last year still reads as it was (S1-47)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

from complaints.models.words import Severity

FILE = Path(__file__).parent / "data" / "categories.toml"


@dataclass(frozen=True, slots=True)
class Category:
    """One kind, offered from a day on to its last day (None: still); `severity` is where it begins."""

    code: str
    name_zh: str
    name_en: str
    severity: str
    from_date: date
    until: date | None

    @property
    def name(self) -> str:
        """The words in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    def offered(self, on: date) -> bool:
        """Whether it can be chosen on a day."""
        return self.from_date <= on and (self.until is None or on <= self.until)


@lru_cache(maxsize=1)
def categories() -> dict[str, Category]:
    """All kinds by code, in the order of the file."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["category"]
    return {row["code"]: _category(row) for row in rows}


def _category(row: dict[str, object]) -> Category:
    until = row.get("until")
    return Category(
        str(row["code"]), str(row["zh"]), str(row["en"]),
        str(Severity(str(row.get("severity", Severity.ORDINARY)))), date.fromisoformat(str(row["from"])),
        date.fromisoformat(str(until)) if until else None,
    )  # fmt: skip


def choices(on: date) -> list[tuple[str, str]]:
    """(code, words) of what can be chosen on a day, for a form."""
    return [(one.code, one.name) for one in categories().values() if one.offered(on)]


def words(code: str) -> str:
    """The words of a code; the code itself where the list does not know it."""
    found = categories().get(code)
    return found.name if found else code
