"""What mutual confirmation tells the floors above: per month and pair what is agreed, with the ids behind.

A settlement may take what `agreed` holds; what is not agreed is named, never guessed. Silence after the
deadline is not agreement (practice.md section 4, D5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from alliance.confirmation.models import Agreement, Difference, Line, Round, Statement
from alliance.confirmation.standing import NOT_AGREED, Standing, State, standings
from alliance.lib.period import Month

LINE_KIND = Line._meta.label_lower


@dataclass(frozen=True, slots=True)
class LineFact:
    """One kind of record between two institutions in a month, counted now.

    `count`, `units` (minutes, half days, or 0) and `ids` (ascending) of the records; `state` agreed, settled,
    differs, stale, waits, silent. `holds`: the count that may be settled by: the records' where agreed, the
    office's where it decided, None where nothing holds. `differences`: ids of those not settled.
    """

    line_id: int
    month: Month
    kind: str
    giver_id: int
    giver: str
    taker_id: int
    taker: str
    count: int
    units: int
    ids: tuple[int, ...]
    digest: str
    state: str
    holds: int | None
    holds_units: int | None
    differences: tuple[int, ...]

    @property
    def agreed(self) -> bool:
        """Both sides confirmed exactly these records."""
        return self.state == State.AGREED


@dataclass(frozen=True, slots=True)
class PairFact:
    """A month of two institutions (by code, `first` before `second`), both directions and all kinds.

    Counts of lines by state; `agreed_ids` and `other_ids`: the records behind agreed lines and behind the
    others, by kind, ascending.
    """

    month: Month
    first: str
    second: str
    agreed: int
    settled: int
    not_agreed: int
    differences: tuple[int, ...]
    agreed_ids: dict[str, tuple[int, ...]]
    other_ids: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """How complete one institution's confirmation of a month is: its lines, those settled either way, the
    rest, and those it has itself still to look at.
    """

    institution_id: int
    institution: str
    lines: int
    agreed: int
    settled: int
    not_agreed: int
    own: int


@dataclass(frozen=True, slots=True)
class Open:
    """What of a month is not confirmed, as last counted at `at`: lines not agreed, open differences."""

    month: Month
    lines: int
    not_agreed: int
    differences: int
    due_on: date
    at: datetime | None


def line_facts(month: Month, now: datetime) -> list[LineFact]:
    """Every line of a month that was opened, by giver, taker and kind; nothing before it is opened."""
    rounds = Round.objects.filter(month=month.first_day)
    found = standings(rounds, now=now)
    return [_line(one) for one in found if one.state != State.EMPTY]


def pair_facts(month: Month, now: datetime) -> list[PairFact]:
    """One fact for each pair of institutions with a line, by their codes."""
    pairs: dict[tuple[str, str], list[LineFact]] = defaultdict(list)
    for one in line_facts(month, now):
        first, second = sorted((one.giver, one.taker))
        pairs[first, second].append(one)
    return [_pair(month, *key, lines) for key, lines in sorted(pairs.items())]


def place_facts(month: Month, now: datetime) -> list[PlaceFact]:
    """One fact for each institution with a line in a month that was opened, by code."""
    rounds = Round.objects.filter(month=month.first_day)
    places: dict[tuple[str, int], list[tuple[Standing, str]]] = defaultdict(list)
    for one in standings(rounds, now=now):
        if one.state != State.EMPTY:
            places[one.line.giver.code, one.line.giver_id].append((one, "giver"))
            places[one.line.taker.code, one.line.taker_id].append((one, "taker"))
    return [_place(*key, lines) for key, lines in sorted(places.items())]


def open_lines(month: Month) -> Open | None:
    """What of a month is still open, as last counted; None before the month is opened. Five queries."""
    round_ = Round.objects.filter(month=month.first_day).first()
    if round_ is None:
        return None
    found = [one for one in standings([round_], now=round_.due_at, live=False) if one.state != State.EMPTY]
    return Open(
        month, len(found), sum(one.state in NOT_AGREED for one in found),
        sum(len(one.differences) for one in found), round_.last_day,
        max((one.line.taken_at for one in found), default=None),
    )  # fmt: skip


def history(line_id: int) -> tuple[list[Statement], list[Agreement], list[Difference]]:
    """Everything ever said about a line, oldest first: the evidence behind a fact."""
    said = Statement.objects.filter(line=line_id).select_related("by__user", "institution")
    differences = Difference.objects.filter(Q(line=line_id)).select_related("settled_by__user")
    return list(said), list(Agreement.objects.filter(line=line_id)), list(differences.order_by("pk"))


def _line(one: Standing) -> LineFact:
    holds: tuple[int | None, int | None] = (None, None)
    if one.state == State.AGREED:
        holds = (one.count, one.counted.units)
    elif one.state == State.SETTLED and one.settled is not None:
        holds = (one.settled.settled_count, one.settled.settled_units)
    return LineFact(
        one.line.pk, one.month, one.line.kind, one.line.giver_id, one.line.giver.code, one.line.taker_id,
        one.line.taker.code, one.count, one.counted.units, one.counted.ids, one.digest, str(one.state),
        *holds, tuple(each.pk for each in one.differences),
    )  # fmt: skip


def _pair(month: Month, first: str, second: str, lines: list[LineFact]) -> PairFact:
    return PairFact(
        month, first, second,
        agreed=sum(one.agreed for one in lines),
        settled=sum(one.state == State.SETTLED for one in lines),
        not_agreed=sum(one.state in NOT_AGREED for one in lines),
        differences=tuple(sorted(pk for one in lines for pk in one.differences)),
        agreed_ids=_ids(one for one in lines if one.agreed),
        other_ids=_ids(one for one in lines if not one.agreed),
    )  # fmt: skip


def _ids(lines: Iterable[LineFact]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = defaultdict(list)
    for one in lines:
        found[one.kind] += one.ids
    return {kind: tuple(sorted(ids)) for kind, ids in sorted(found.items())}


def _place(code: str, pk: int, lines: list[tuple[Standing, str]]) -> PlaceFact:
    states = [one.state for one, _side in lines]
    return PlaceFact(
        pk, code, len(lines), states.count(State.AGREED), states.count(State.SETTLED),
        sum(state in NOT_AGREED for state in states), sum(one.waits_for(side) for one, side in lines),
    )  # fmt: skip
