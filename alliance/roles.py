"""Who may do what: roles and their actions are data (data/roles.toml, requirements X2)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "roles.toml"


@dataclass(frozen=True)
class Role:
    """A role of requirements X2: its names, what it may do, and whether sign-in needs a second factor."""

    code: str
    name_zh: str
    name_en: str
    may: frozenset[str]
    second_factor: bool
    scope: str  # "alliance": for the whole of it; "institution": for one member

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


@lru_cache(maxsize=1)
def roles() -> dict[str, Role]:
    """All roles by code, as the data file lists them."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["role"]
    return {
        entry["code"]: Role(
            entry["code"],
            entry["zh"],
            entry["en"],
            frozenset(entry["may"]),
            entry.get("second_factor", False),
            entry["scope"],
        )
        for entry in entries
    }


def allows(codes: Iterable[str], action: str) -> bool:
    """True when one of the roles may do the action; an unknown role allows nothing."""
    return any(action in roles()[code].may for code in codes if code in roles())


def actions() -> set[str]:
    """Every action any role may do."""
    return set().union(*(role.may for role in roles().values()))
