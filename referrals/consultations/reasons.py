"""Why a consultation is declined, and what became of the patient after the answer."""

from __future__ import annotations

from pathlib import Path

from referrals import coded
from referrals.coded import Reason

FILE = Path(__file__).parent / "data" / "reasons.toml"


def of(name: str) -> dict[str, Reason]:
    """The list "decline" or "outcome", by code."""
    return coded.read(FILE)[name]


def choices(name: str) -> list[tuple[str, str]]:
    """(code, words) of a list, for a form."""
    return coded.choices(of(name))


def words(name: str, code: str) -> str:
    """The words of a code; '' without one."""
    return coded.words(of(name), code) if code else ""
