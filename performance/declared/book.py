"""What the fact book says about facts from outside: how often they are delivered, what proves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from performance.dictionary import book
from performance.engine.dictionary import Entry, Frequency, opinions
from performance.engine.factbook import BookedFact
from performance.engine.spans import at_odds, frequencies
from performance.show import labels


@cache
def often() -> Mapping[str, Frequency]:
    """How often each fact that comes in by this door is delivered, by key; opinions have their rounds."""
    rounds = {key for pair in opinions(book.entries()).values() for key in pair}
    return {key: one for key, one in _of_book().items() if key not in rounds}


@cache
def _of_book() -> Mapping[str, Frequency]:
    return frequencies(book.entries().values(), labels.facts())


def booked(key: str) -> BookedFact | None:
    """A fact that comes from outside; None for one the alliance counts itself, or an unknown key."""
    return labels.facts().get(key) if key in often() else None


@cache
def dividing(key: str) -> Sequence[Entry]:
    """The indicators that divide a fact."""
    return tuple(entry for entry in book.entries().values() if key in entry.facts)


def outside(entry: Entry, *, by_institution: bool = False) -> tuple[str, ...]:
    """The facts of an indicator that must be delivered; with `by_institution` by the institution itself."""
    return tuple(key for key in entry.facts if key in deliverable(by_institution))


@cache
def deliverable(by_institution: bool) -> Mapping[str, Frequency]:
    """What the office delivers, or what an institution says of itself: not what others found of it."""
    own = not by_institution
    return {key: one for key, one in often().items() if own or not labels.facts()[key].by_office}


def needs_proof(key: str) -> bool:
    """Declared facts are proved by a file; those out of another system name their source."""
    return labels.facts()[key].origin == "declared"


def proved_by(key: str) -> Sequence[Entry]:
    """The indicators that say what proves a fact."""
    return [entry for entry in dividing(key) if entry.evidence_zh]


@cache
def unlike(code: str) -> tuple[str, ...]:
    """The facts of an indicator that speak of another span than it does; it cannot be scored with them."""
    return at_odds(book.entries()[code], labels.facts(), _of_book())


def scorable(entry: Entry) -> bool:
    """Whether a scheme may score by an indicator: not for reading only, and its facts speak of one span."""
    return entry.indicator.direction != "none" and not unlike(entry.code)
