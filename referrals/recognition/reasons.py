"""The reasons R1 to R6 for repeating an examination (definitions section 5.2)."""

from __future__ import annotations

from pathlib import Path

from referrals import coded
from referrals.coded import Reason

FILE = Path(__file__).parent / "data" / "reasons.toml"


def of() -> dict[str, Reason]:
    """The reasons by code."""
    return coded.read(FILE)["repeat"]


def choices() -> list[tuple[str, str]]:
    """(code, words), for a form."""
    return coded.choices(of())


def words(code: str) -> str:
    """The words of a code; '' without one."""
    return coded.words(of(), code) if code else ""
