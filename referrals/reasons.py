"""Coded lists: why a patient is referred up or down, why a referral is declined (definitions section 4)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "reasons.toml"


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of a list; `needs_text` when the code alone says too little; `follow_up` when the norm of
    chronic disease wants the community to see the patient after an up-referral (definitions section 6);
    `recovery` when a down-referral is for recovery after the acute phase (S2-33).
    """

    code: str
    name_zh: str
    name_en: str
    needs_text: bool
    offered: bool
    follow_up: bool = False
    recovery: bool = False

    @property
    def name(self) -> str:
        """The words in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


@lru_cache(maxsize=1)
def lists() -> dict[str, dict[str, Reason]]:
    """The lists "up", "down" and "decline", each by code in the order of the file."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: {
            row["code"]: Reason(
                row["code"],
                row["zh"],
                row["en"],
                row.get("text", False),
                row.get("offered", True),
                row.get("follow_up", False),
                row.get("recovery", False),
            )
            for row in rows
        }
        for name, rows in entries.items()
    }


def choices(name: str) -> list[tuple[str, str]]:
    """(code, words) of what a list offers now, for a form."""
    return [(reason.code, reason.name) for reason in lists()[name].values() if reason.offered]


def words(name: str, code: str) -> str:
    """The words of a code; the code itself where the list does not know it."""
    reason = lists()[name].get(code)
    return reason.name if reason else code


def wants_follow_up(name: str, code: str) -> bool:
    """Whether a reason asks the community for a follow-up."""
    reason = lists()[name].get(code)
    return reason is not None and reason.follow_up


def is_recovery(name: str, code: str) -> bool:
    """Whether a reason sends a patient down to recover (S2-33)."""
    reason = lists()[name].get(code)
    return reason is not None and reason.recovery
