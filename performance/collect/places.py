"""Facts of the ground: whom an institution serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from performance.collect.source import Keys, Source
from performance.engine.fact import Fact
from performance.engine.inputs import Member

INSTITUTION, POPULATION = "institution", "served_population"


def member_of(place: Institution) -> Member:
    """An institution as the engine knows it; a village room is paid through the institution it belongs to."""
    through = place.parent.code if place.kind == Institution.Kind.VILLAGE and place.parent else ""
    return Member(place.code, place.role, place.kind, through)


def _read(month: Month, keys: Keys, places: Sequence[Institution]) -> Iterator[Fact]:
    """Served persons of those with a line of their own; a township's number includes its village rooms."""
    for place in places:
        if not member_of(place).through:
            yield Fact(place.code, month, POPULATION, place.served_population, INSTITUTION, 1)


SOURCES = (Source(INSTITUTION, frozenset({POPULATION}), _read),)
