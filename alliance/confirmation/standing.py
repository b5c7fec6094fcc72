"""Where a line stands: what the records say now beside what each side said about them.

One reading for pages, facts and the inbox. Agreed is only what both sides confirmed with the digest the
records have now; who was silent after the deadline has not confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Max, Q

from alliance.confirmation import countables
from alliance.confirmation.models import SIDES, Difference, Line, Reopening, Round, Statement, other
from alliance.lib.period import Month


class State(StrEnum):
    """Where a line stands."""

    DIFFERS = "differs"  # a side objects
    STALE = "stale"  # the records changed after a side had spoken
    WAITS = "waits"  # a side has still to look, in time
    SILENT = "silent"  # the same after the deadline: not confirmed, never agreed
    SETTLED = "settled"  # decided by the office
    AGREED = "agreed"  # both confirmed the same
    EMPTY = "empty"  # no records, and nobody said anything


NOT_AGREED = (State.DIFFERS, State.STALE, State.WAITS, State.SILENT)


class Word(StrEnum):
    """What one side has said about the line as it is now."""

    CONFIRMED = "confirmed"
    OBJECTED = "objected"
    ANSWERED = "answered"  # answered the other side's difference, and nothing else about these records
    STALE = "stale"  # about other records than there are now
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Standing:
    """One line with its count now, the word of each side and the differences that are not settled.

    `said` by side: the statement that holds; `settled`: the office's decision about exactly this count;
    `due_at`: the month's deadline, or the later one of a line the office opened again.
    """

    line: Line
    month: Month
    counted: countables.Count
    digest: str
    said: Mapping[str, Statement]
    differences: tuple[Difference, ...]
    settled: Difference | None
    due_at: datetime
    late: bool

    @property
    def count(self) -> int:
        """How many records there are now."""
        return len(self.counted.ids)

    def word(self, side: str) -> Word:
        """What a side has said."""
        found = self.said.get(side)
        if found is not None and found.digest == self.digest:
            return Word(found.verdict)
        theirs = self.difference_of(other(side))
        if theirs is not None and theirs.state == Difference.State.ANSWERED:
            return Word.ANSWERED
        return Word.NONE if found is None else Word.STALE

    def difference_of(self, side: str) -> Difference | None:
        """The difference a side has raised and that is not settled."""
        return next((one for one in self.differences if one.side == side), None)

    @property
    def state(self) -> State:
        """Where the line stands."""
        if self.differences:
            return State.DIFFERS
        words = {self.word(side) for side in SIDES}
        if words == {Word.CONFIRMED}:
            return State.AGREED
        if self.settled is not None:
            return State.SETTLED
        if Word.STALE in words:
            return State.STALE
        if not self.counted.ids and not self.said:
            return State.EMPTY
        return State.SILENT if self.late else State.WAITS

    def waits_for(self, side: str) -> bool:
        """Whether a side has something to do: to look, to answer, or to say whether an answer contents it."""
        if self.state in (State.AGREED, State.SETTLED, State.EMPTY):
            return False
        own, theirs = self.difference_of(side), self.difference_of(other(side))
        if theirs is not None and theirs.state == Difference.State.OPEN:
            return True
        if own is not None:
            return own.state == Difference.State.ANSWERED or self.word(side) == Word.STALE
        return self.word(side) not in (Word.CONFIRMED, Word.ANSWERED)

    @property
    def closed(self) -> bool:
        """Whether nobody may object any more: agreed or decided, and the deadline is over."""
        return self.late and self.state in (State.AGREED, State.SETTLED)

    def plain(self, side: str) -> bool:
        """Whether a side may confirm it together with others: nobody objects, and it has not spoken yet.

        Where the records changed after it had spoken, it looks at the line itself.
        """
        return self.waits_for(side) and not self.differences and self.word(side) == Word.NONE


def standings(
    rounds: Iterable[Round], *, now: datetime, here: int | None = None, live: bool = True
) -> list[Standing]:
    """The lines of months, of one institution with `here`; by month, kind and partners.

    `live`: counted now, one query a kind and month; otherwise as last counted, for what is asked on every
    page. Then four queries more, whatever the number of lines.
    """
    months = {one.pk: one for one in rounds}
    lines = Line.objects.filter(round__in=months).select_related("giver", "taker")
    if here is not None:
        lines = lines.of_side(here)
    found = list(lines.order_by("round", "giver__code", "taker__code", "pk"))
    counts = _counts(months.values(), here) if live else None
    return _standings(found, months, now, counts)


def of_lines(
    lines: Sequence[Line], *, now: datetime, counts: Mapping[Any, countables.Count]
) -> list[Standing]:
    """The same for lines of one month that are counted already, as they are locked by a service."""
    rounds = {line.round_id: line.round for line in lines}
    return _standings(lines, rounds, now, dict.fromkeys(rounds, counts))


def _counts(rounds: Iterable[Round], here: int | None) -> dict[int, Mapping[Any, countables.Count]]:
    sides = None if here is None else {here}
    return {one.pk: countables.count(Month.of(one.month), sides=sides) for one in rounds}


def _standings(
    lines: Sequence[Line], rounds: Mapping[int, Round], now: datetime, counts: Mapping[int, Any] | None
) -> list[Standing]:
    keys = [line.pk for line in lines]
    said: dict[int, dict[str, Statement]] = defaultdict(dict)
    for one in Statement.objects.filter(line__in=keys, superseded_at=None).select_related("by__user"):
        said[one.line_id][one.side] = one
    differences: dict[int, list[Difference]] = defaultdict(list)
    standing = ~Q(state=Difference.State.SETTLED) | Q(how=Difference.How.OFFICE)
    rows = Difference.objects.filter(standing, line__in=keys).select_related(
        "statement__by__user", "answered_by__user"
    )
    for row in rows.order_by("pk"):
        differences[row.line_id].append(row)
    again = Reopening.objects.filter(line__in=keys, at__lte=now).order_by("line")
    until = dict(again.values_list("line").annotate(last=Max("until")))
    return [
        _standing(
            line, rounds[line.round_id], now, counts, said[line.pk], differences[line.pk], until.get(line.pk)
        )
        for line in lines
    ]  # fmt: skip


def _standing(
    line: Line,
    round_: Round,
    now: datetime,
    counts: Mapping[int, Any] | None,
    said: Mapping[str, Statement],
    differences: Sequence[Difference],
    until: datetime | None,
) -> Standing:
    month = Month.of(round_.month)
    due_at = max(round_.due_at, until or round_.due_at)
    if counts is None:
        counted = countables.Count(range(line.count), line.units, line.pending)  # type: ignore[arg-type]
        digest = line.digest
    else:
        counted = counts[round_.pk].get(line.key, countables.Count())
        digest = countables.digest(month, line.key, counted)
    open_ = tuple(one for one in differences if one.state != Difference.State.SETTLED)
    settled = [one for one in differences if one.how == Difference.How.OFFICE and one.digest == digest]
    return Standing(
        line, month, counted, digest, said, open_, settled[-1] if settled else None, due_at, now >= due_at
    )
