"""Local overrides as pages show them: those to decide, and those a version took over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from alliance.web import words
from grouping.engine.carry import Override
from grouping.models import SchemeVersion

STATES: Mapping[str, tuple[str, Any]] = {
    "carried": ("ok", gettext_lazy("carried over")),
    "same": ("info", gettext_lazy("the city says the same now")),
    "changed": ("warn", gettext_lazy("conflict")),
    "gone": ("late", gettext_lazy("gone in the new package")),
}
COLUMNS: Mapping[str, Any] = {
    "weight": gettext_lazy("weight"), "note": gettext_lazy("note"), "rule": gettext_lazy("rule"),
    "name": gettext_lazy("name"), "": gettext_lazy("whole row"),
}  # fmt: skip
MOST = 500


@dataclass(frozen=True)
class Row:
    """One override as a page shows it. choice: of a conflict "local", "official" or "" while open."""

    id: str
    code: str
    file: str
    column: str
    base: str
    local: str
    new: str
    chip_kind: str
    chip_word: str
    conflict: bool
    choice: str


def rows(found: Iterable[Override], choices: Mapping[str, str]) -> list[Row]:
    """Overrides with conflicts first."""
    ordered = sorted(found, key=lambda one: one.state != "changed")
    return [
        _row(one.id, one.file, one.key, one.column, (one.base, one.local, one.new), one.state, choices)
        for one in ordered[:MOST]
    ]


def _row(
    id: str, file: str, key: Iterable[str], column: str, texts: tuple[str, str, str], state: str,
    choices: Mapping[str, str],
) -> Row:  # fmt: skip
    kind, word = STATES[state]
    base, local, new = (text[:200] or words.DASH for text in texts)
    return Row(
        id, " ".join(key), file, str(COLUMNS.get(column, column)), base, local, new, kind, str(word),
        state == "changed", choices.get(id, ""),
    )  # fmt: skip


def kept(version: SchemeVersion) -> list[Row]:
    """What a version took over when it was made, conflicts with their decision."""
    found = []
    for one in sorted(version.carried, key=lambda one: one["state"] != "changed"):
        choice = ("local" if one["kept"] else "official") if one["state"] == "changed" else ""
        texts = (one["base"], one["local"], one["new"])
        found.append(_row("x", one["file"], one["key"], one["column"], texts, one["state"], {"x": choice}))
    return found[:MOST]
