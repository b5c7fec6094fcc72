"""What a month was computed from and what the same numbers are today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import words
from performance import collect
from performance.engine.fact import Fact, Place
from performance.engine.formula import Number
from performance.engine.inputs import MonthInputs
from performance.engine.restore import restore
from performance.models import PoolDecision, Settlement
from performance.services import pools


@dataclass(frozen=True)
class Change:
    """A number of one institution: as frozen and as it is now; None is not known, which is not zero.

    `at`: the month of the fact, which may lie before the month computed; `code` the institution's.
    """

    institution: str
    key: str
    before: Number | None
    now: Number | None
    code: str
    at: Month

    @property
    def shown(self) -> str:
        """Both values, money in yuan."""
        return f"{_written(self.key, self.before)} → {_written(self.key, self.now)}"


@dataclass(frozen=True)
class Fund:
    """The fund a month was computed with and the confirmed decision that has replaced it."""

    before: PoolDecision
    now: PoolDecision

    @property
    def shown(self) -> str:
        """Both amounts in yuan; both sources, where only these differ."""
        if self.before.fen == self.now.fen:
            return f"{self.before.source} → {self.now.source}"
        return f"{words.yuan(self.before.fen)} → {words.yuan(self.now.fen)}"


def fund(settlement: Settlement, latest: PoolDecision | None = None) -> Fund | None:
    """What the fund of a month was and is by now; None while it is the same. One query, none where the latest
    entry is at hand and confirmed; one more for the decision computed with.
    """
    confirmed = latest is not None and latest.confirmed_at is not None
    now = latest if confirmed else pools.in_force(Month.of(settlement.month))
    if now is None or now.pk == settlement.pool_id:
        return None
    found = Fund(settlement.pool, now)
    same = (found.before.fen, found.before.source) == (now.fen, now.source)
    return None if same else found


def _written(key: str, value: Number | None) -> str:
    if value is None:
        return words.DASH
    return words.yuan(int(value)) if key.endswith("_fen") else words.num(value)


def places_now() -> list[Institution]:
    """The active institutions with their parents, by code."""
    return list(Institution.objects.filter(is_active=True).select_related("parent").order_by("code"))


def changes(
    settlement: Settlement, membership: Membership, *, leaves_out: bool = True,
    places: Sequence[Institution] | None = None,
) -> list[Change]:  # fmt: skip
    """Every fact that is another one today, of the institutions the member sees (second wall), by code.

    A number of queries that does not grow with institutions or cases; one less where the caller knows that no
    decision leaves records out, and one where it has the `places_now`.
    """
    inputs = restore(MonthInputs, json.loads(settlement.frozen()))
    places = places_now() if places is None else places
    seen = {place.code: place.short_name for place in places if membership.sees(place.pk)}
    asked = collect.needs(inputs.indicators, inputs.scheme, inputs.month)
    before, now = (
        _by_place(inputs.facts),
        _by_place(collect.facts_of(asked, places, None if leaves_out else {})),
    )
    return [
        Change(seen[place[0]], place[2], before.get(place), now.get(place), place[0], place[1])
        for place in sorted(before.keys() | now.keys())
        if place[0] in seen and before.get(place) != now.get(place)
    ]


def _by_place(facts: Iterable[Fact]) -> Mapping[Place, Number | None]:
    return {fact.place: fact.value for fact in facts}
