"""A number beside those it is divided with: of the same place and span, given at once or stored already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from performance.declared import book, words
from performance.declared.refusals import DeclaredRefused
from performance.engine.indicators import Indicator
from performance.engine.parts import contradiction
from performance.engine.spans import Span
from performance.models import DeclaredValue
from performance.show import labels

Place = tuple[object, ...]


def divided_with(facts: Iterable[str]) -> set[str]:
    """Facts that stand above or below one of these in an indicator, and these themselves."""
    found = set(facts)
    return found | {key for fact in found for entry in book.dividing(fact) for key in entry.facts}


def standing(rows: Sequence[DeclaredValue]) -> Decimal | None:
    """The number that stands of all revisions, oldest first: the one on its way, else the confirmed one."""
    for states in (DeclaredValue.OPEN, (DeclaredValue.State.CONFIRMED,)):
        for row in reversed(rows):
            if row.state in states:
                return row.value
    return None


def known_of(before: Mapping[Place, Sequence[DeclaredValue]]) -> dict[Place, Decimal]:
    """The number that stands, by what it is of."""
    found = {key: standing(rows) for key, rows in before.items()}
    return {key: value for key, value in found.items() if value is not None}


def check(
    fact: str, span: Span, place: Place, *, given: Mapping[Place, Decimal], stored: Mapping[Place, Decimal]
) -> None:
    """Raise DeclaredRefused (above, of_nothing) where a number contradicts what it is divided with.

    A pair that is given at once is refused at its part, not at its whole as well.
    """
    for entry in book.dividing(fact):
        indicator = entry.indicator
        if fact not in indicator.numerator and any(
            (*place, key, span) in given for key in indicator.numerator
        ):
            continue
        known: dict[str, Decimal] = {}
        for key in entry.facts:
            value = given.get((*place, key, span), stored.get((*place, key, span)))
            if value is not None:
                known[key] = value
        if reason := contradiction(indicator, known):
            raise DeclaredRefused(reason, key=fact, **_said(indicator, known))


def _said(indicator: Indicator, known: Mapping[str, Decimal]) -> dict[str, str]:
    """Both sides in words: “occupied bed days” 900."""
    sides = {"part": indicator.numerator, "whole": indicator.denominator}
    return {
        side: " + ".join(
            f"{labels.named(labels.facts()[key])} {words.amount(key, known[key])}" for key in keys
        )
        for side, keys in sides.items()
    }
