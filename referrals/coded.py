"""Coded lists of the rooms beside the referral, one file each: codes are stored, never renamed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of a list; `needs_text` when the code alone says too little."""

    code: str
    name_zh: str
    name_en: str
    needs_text: bool
    offered: bool

    @property
    def name(self) -> str:
        """The words in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


Lists = dict[str, dict[str, Reason]]


@cache
def read(file: Path) -> Lists:
    """The lists of a file (TOML: an array of tables a list), each by code in the order of the file."""
    return {
        name: {
            row["code"]: Reason(
                row["code"], row["zh"], row["en"], row.get("text", False), row.get("offered", True)
            )
            for row in rows
        }
        for name, rows in tomllib.loads(file.read_text(encoding="utf-8")).items()
    }


def choices(reasons: dict[str, Reason]) -> list[tuple[str, str]]:
    """(code, words) of what a list offers now, for a form."""
    return [(reason.code, reason.name) for reason in reasons.values() if reason.offered]


def words(reasons: dict[str, Reason], code: str) -> str:
    """The words of a code; the code itself where the list does not know it."""
    return reasons[code].name if code in reasons else code
