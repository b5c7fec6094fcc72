"""What the fragments of templates/ are given: frozen values, texts already translated (docs/pages.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from alliance.services import journal
from alliance.services.inbox import Figure as Fig
from alliance.services.inbox import Todo

__all__ = [
    "Action",
    "Bar",
    "ChainLink",
    "Empty",
    "Fact",
    "Fig",
    "FormulaLine",
    "Stage",
    "Step",
    "Tab",
    "Term",
    "Todo",
    "history",
]


@dataclass(frozen=True)
class Fact:
    """A name and its value (_kv, _chain), or a line with a link (_note)."""

    name: str
    value: str = ""
    url: str = ""


@dataclass(frozen=True)
class Term:
    """One number of a formula with what it is, where it opens, and the sign before it (×, ÷, +, −, =)."""

    value: str
    label: str = ""
    url: str = ""
    op: str = ""


@dataclass(frozen=True)
class FormulaLine:
    """One line of a formula: name, terms with numbers put in, result; `total` draws the closing line."""

    name: str
    terms: Sequence[Term] = ()
    result: str = ""
    note: str = ""
    total: bool = False
    unit: str = ""


@dataclass(frozen=True)
class ChainLink:
    """One level of a chain of money: amount in fen, its share of the level above in percent points."""

    level: str
    name: str
    fen: int | None
    url: str = ""
    share: Decimal | None = None
    facts: Sequence[Fact] = ()
    here: bool = False


@dataclass(frozen=True)
class Bar:
    """One cause of a difference, in fen."""

    name: str
    fen: int


@dataclass(frozen=True)
class Stage:
    """One stage: done, now or next, with lines below its name."""

    name: str
    state: str
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """One line of a history or a trace: hit, yes, no or wait."""

    kind: str
    title: str
    detail: str = ""
    at: datetime | None = None
    by: str = ""
    url: str = ""


@dataclass(frozen=True)
class Tab:
    """A saved view of a list."""

    label: str
    url: str
    current: bool = False
    count: int | str | None = None


@dataclass(frozen=True)
class Empty:
    """What is missing, why it matters, the first step."""

    title: str
    text: str = ""
    url: str = ""
    label: str = ""
    icon: str = "inbox"


@dataclass(frozen=True)
class Action:
    """A button: posts to `url` (or opens it, `get`); with a `form` its fields open in place first.

    `kind` is primary, danger or "". At most one primary a page.
    """

    label: str
    url: str
    icon: str = ""
    kind: str = ""
    get: bool = False
    form: Any = None
    id: str = ""


def history(
    about: Any, *, field: str = "state", words: dict[str, str] | None = None,
    notes: dict[str, str] | None = None,
) -> list[Step]:  # fmt: skip
    """The kept steps of an object as lines of a trail, oldest first, in the words of the field's choices.

    `words` overrides the sentence of a step by its name ("accept": "Accepted"), `notes` says what its note is
    ("assign": "to %(note)s").
    """
    labels = dict(about._meta.get_field(field).flatchoices)
    return [_line(step, labels, words or {}, notes or {}) for step in journal.steps_of(about)]


def _line(step: Any, labels: dict[str, Any], words: dict[str, str], notes: dict[str, str]) -> Step:
    title = words.get(step.name) or str(labels.get(step.to_state, step.to_state))
    said = notes[step.name] % {"note": step.note} if step.note and step.name in notes else step.note
    return Step("yes", title, detail=said, at=step.at, by=str(step.by.user) if step.by else "")
