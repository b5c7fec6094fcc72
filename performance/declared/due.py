"""What each institution owes of a month: by the scheme in force and the watched indicators.

A quarter or a year is owed with the month in which it ends. Village rooms owe nothing themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution
from alliance.services import parameters
from performance.declared import book
from performance.dictionary import book as dictionary
from performance.engine.dictionary import Entry
from performance.engine.spans import Span, holding
from performance.models import DeclaredDuty, DeclaredValue
from performance.services import schemes
from performance.show import labels

State = DeclaredValue.State
MISSING = "missing"
# Of several revisions the one on its way is shown; a correction under way does not make a number missing.
STANDING = (*DeclaredValue.OPEN, State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Owed:
    """One number an institution owes: fact, span, for which indicators, and what stands of it."""

    institution: Institution
    fact: str
    span: Span
    entries: tuple[Entry, ...]
    row: DeclaredValue | None
    counts: bool

    @property
    def standing(self) -> str:
        """missing, or the state of the value; a confirmed one stays confirmed while a correction waits."""
        if self.row is None:
            return MISSING
        return State.CONFIRMED if self.counts else self.row.state

    @property
    def delivered(self) -> bool:
        """Submitted or confirmed: the institution has done its part."""
        return self.standing in (State.SUBMITTED, State.CONFIRMED)

    @property
    def owners(self) -> tuple[str, ...]:
        """The offices that answer for the indicators."""
        return tuple(dict.fromkeys(entry.owner for entry in self.entries))


def owed(month: Month, *, institution_id: int | None = None, office: bool = False) -> list[Owed]:
    """Every number owed with a month, institution by institution; five queries whatever is owed.

    `institution_id`: of one institution alone. `office`: what the office itself owes of each institution,
    because it says what others found of it.
    """
    wanted = list(_wanted(month, institution_id, office))
    rows = _rows(month, institution_id)
    found = []
    for place, fact, entries in wanted:
        span = holding(month, book.often()[fact])
        of_place = rows.get((place.pk, fact, span), [])
        open_ = [row for row in of_place if row.state in DeclaredValue.OPEN]
        row = (open_ or of_place or [None])[0]
        counts = any(row.state == State.CONFIRMED for row in of_place)
        found.append(Owed(place, fact, span, entries, row, counts))
    return found


def due_at(month: Month) -> datetime:
    """The end of the day on which the values of a month are due."""
    first = month.next().first_day
    day = parameters.in_force("declared.due_day", on=first)
    assert isinstance(day, int)
    until = month.next().first_day + timedelta(days=day - 1)
    return datetime.combine(min(until, month.next().last_day), time.max, tzinfo=SHANGHAI)


def ends_with(month: Month, fact: str) -> bool:
    """Whether a span of the fact ends with the month."""
    return holding(month, book.often()[fact]).last == month


def _wanted(
    month: Month, institution_id: int | None, office: bool
) -> Iterator[tuple[Institution, str, tuple[Entry, ...]]]:
    places = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    if institution_id is not None:
        places = places.filter(pk=institution_id)
    scored, watched = _scored(month), list(duties(month))
    for place in places.order_by("code"):
        codes = list(scored.get((place.role, place.kind), ()))
        codes += [duty.indicator for duty in watched if not duty.kinds or place.kind in duty.kinds]
        facts: dict[str, list[Entry]] = defaultdict(list)
        for code in dict.fromkeys(codes):
            entry = dictionary.entries()[code]
            for key in book.outside(entry):
                if labels.facts()[key].by_office == office:
                    facts[key].append(entry)
        for key, entries in facts.items():
            if ends_with(month, key) and "institution" in labels.facts()[key].levels:
                yield place, key, tuple(entries)


def _scored(month: Month) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Codes of the scheme's indicators by role and kind of institution; one query."""
    version = schemes.in_force(month)
    if version is None:
        return {}
    scheme, found = version.scheme(), {}
    for role in Institution.Role.values:
        for kind in Institution.Kind.values:
            column = scheme.column_for(role, kind)
            known = dictionary.entries()
            items = column.items if column else ()
            found[role, kind] = tuple(item.indicator for item in items if item.indicator in known)
    return found


def duties(month: Month) -> Sequence[DeclaredDuty]:
    """Indicators watched in a month; one query."""
    begun = DeclaredDuty.objects.filter(first_month__lte=month.first_day)
    return list(begun.filter(Q(last_month=None) | Q(last_month__gte=month.first_day)))


def _rows(month: Month, institution_id: int | None) -> Mapping[tuple[int, str, Span], list[DeclaredValue]]:
    """The standing values of the spans that end with a month, the newest first; one query."""
    days = {holding(month, often).first.first_day for often in ("month", "quarter", "year")}
    rows = DeclaredValue.objects.named().filter(
        level=DeclaredValue.Level.INSTITUTION, first_day__in=days, state__in=STANDING
    )
    if institution_id is not None:
        rows = rows.filter(institution=institution_id)
    found: dict[tuple[int, str, Span], list[DeclaredValue]] = defaultdict(list)
    for row in rows.order_by("-revision"):
        found[row.institution_id, row.fact, row.span].append(row)
    return found


@dataclass(frozen=True)
class OfficeDue:
    """One number the office owes of several institutions: of how many, and of whom it is missing."""

    fact: str
    span: Span
    entries: tuple[Entry, ...]
    of: int
    missing: Sequence[Institution]


def by_office(found: Sequence[Owed]) -> list[OfficeDue]:
    """What the office owes, number by number, what lacks most first."""
    groups: dict[tuple[str, Span], list[Owed]] = defaultdict(list)
    for one in found:
        groups[one.fact, one.span].append(one)
    rows = [
        OfficeDue(
            fact, span, tuple(dict.fromkeys(entry for one in group for entry in one.entries)), len(group),
            [one.institution for one in group if not one.delivered],
        )
        for (fact, span), group in groups.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (-len(one.missing), one.fact))


@dataclass(frozen=True)
class PlaceDue:
    """One institution: how many numbers it owes, and how many stand where."""

    institution: Institution
    owed: Sequence[Owed]
    counts: Mapping[str, int]

    @property
    def missing(self) -> int:
        """Not submitted yet: nothing entered, entered only, or sent back."""
        return sum(not one.delivered for one in self.owed)

    @property
    def waiting(self) -> int:
        """Waits for the second person."""
        return self.counts[State.SUBMITTED]


def by_place(found: Sequence[Owed]) -> list[PlaceDue]:
    """What is owed, institution by institution, whoever lacks most first."""
    groups: dict[int, list[Owed]] = defaultdict(list)
    for one in found:
        groups[one.institution.pk].append(one)
    places = [
        PlaceDue(group[0].institution, group, Counter(one.standing for one in group))
        for group in groups.values()
    ]
    return sorted(places, key=lambda one: (-one.missing, one.institution.code))
