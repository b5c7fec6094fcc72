"""Who gains and who loses: one month beside the editor, twelve in a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Institution
from alliance.web import words as web_words
from alliance.web.parts import Bar, Fact
from performance.drafting import words
from performance.engine.exact import plain
from performance.engine.scheme import Scheme
from performance.engine.simulation import Shift, Simulation
from performance.models import SchemeTrial
from performance.services import schemes, thin

FIRST, LAST = 6, 6  # institutions shown at each end of who gains and who loses


@dataclass(frozen=True)
class Effect:
    """What another scheme does to a month, as the panel says it."""

    month: Any
    sentence: str
    bars: Sequence[Bar]
    middle: int
    facts: Sequence[Fact]
    blocked: str = ""


def effect(
    found: Simulation, places: Mapping[str, Institution], scheme: Scheme | None = None, *, whole: bool = False
) -> Effect:
    """The panel of one simulated month; `whole` shows every institution, `scheme` names the columns."""
    columns = {one.code: words.named(one) for one in scheme.columns} if scheme else {}
    moved = sorted(found.shifts, key=lambda shift: (-shift.fen, shift.institution))
    shown = moved if whole or len(moved) <= FIRST + LAST + 1 else [*moved[:FIRST], *moved[-LAST:]]
    blocked = ", ".join(_name(places, code) for code in found.blocked_by)
    greatest = max((abs(_share(shift)) for shift in moved if shift.fen_before), default=Fraction(0))
    sentence = _(
        "Computed with the data of %(month)s. %(gained)d gain, %(lost)d lose, together %(sum)s yuan; the "
        "greatest change is %(share)s of a share."
    ) % {
        "month": web_words.month(found.month), "gained": found.gained, "lost": found.lost,
        "sum": web_words.yuan(sum(shift.fen for shift in moved)), "share": web_words.pct(greatest, 1),
    }  # fmt: skip
    bars = [Bar(_name(places, shift.institution), shift.fen) for shift in shown]
    return Effect(found.month, sentence, bars, len(moved) - len(shown), _facts(found, columns), blocked)


def _share(shift: Shift) -> Fraction:
    return Fraction(shift.fen, abs(shift.fen_before)) if shift.fen_before else Fraction(0)


def _facts(found: Simulation, columns: Mapping[str, str]) -> list[Fact]:
    correlation = ", ".join(
        f"{columns.get(column, column)} {web_words.DASH if one is None else plain(one)}"
        for column, one in found.correlation
    )
    return [
        Fact(_("rank correlation, by column"), correlation or web_words.DASH),
        Fact(
            _("greatest move in rank"),
            ngettext("%(n)d place", "%(n)d places", found.most_places) % {"n": found.most_places},
        ),
        Fact(
            _("concentration (Gini)"),
            f"{plain(found.concentration_before)} → {plain(found.concentration_after)}",
        ),
    ]


def _name(places: Mapping[str, Institution], code: str) -> str:
    return places[code].short_name if code in places else code


def places() -> dict[str, Institution]:
    """Institutions by code; one query."""
    return {place.code: place for place in Institution.objects.all()}


@dataclass(frozen=True)
class Coverage:
    """How much of a column's weight (points of 100) had data in a trial, and whether that is too little."""

    name: str
    mean: Decimal
    least: Decimal
    most: Decimal
    thin: bool


def coverage(found: Sequence[Simulation], scheme: Scheme) -> list[Coverage]:
    """Every column of a trial that kept how much was assessed, over all its institutions and months."""
    return _covered(thin.of_simulations(found, scheme), scheme)


def coverage_of(trial: SchemeTrial) -> list[Coverage]:
    """The same of a kept trial, of whatever level."""
    return _covered(thin.covered(trial), trial.draft.scheme())


def _covered(found: Sequence[thin.Covered], scheme: Scheme) -> list[Coverage]:
    names = {one.code: words.named(one) for one in scheme.columns}
    asked = thin.asked(scheme.effective_from)
    return [Coverage(names[one.column], one.mean, one.least, one.most, one.mean < asked) for one in found]


@dataclass(frozen=True)
class ShiftRow:
    """One institution in a report: money and score of all months together, and through which indicators."""

    name: str
    column: str
    before: int
    after: int
    months_up: int
    months_down: int
    places: str
    through: str

    @property
    def fen(self) -> int:
        """Money won over all months (negative: lost)."""
        return self.after - self.before


def report_rows(found: Sequence[Simulation], scheme: Scheme) -> list[ShiftRow]:
    """Every institution over all months of a report, greatest gain first."""
    by_code: dict[str, list[Shift]] = {}
    for simulation in found:
        for shift in simulation.shifts:
            by_code.setdefault(shift.institution, []).append(shift)
    named, indicators = places(), schemes.known_indicators()
    names = words.Names(scheme, indicators)
    rows = [_report_row(_name(named, code), shifts, names) for code, shifts in by_code.items()]
    return sorted(rows, key=lambda row: (-row.fen, row.name))


def _report_row(name: str, shifts: Sequence[Shift], names: words.Names) -> ShiftRow:
    moves = [shift.places for shift in shifts if shift.places]
    return ShiftRow(
        name,
        names.column(shifts[-1].column),
        sum(shift.fen_before for shift in shifts),
        sum(shift.fen_after for shift in shifts),
        sum(shift.fen > 0 for shift in shifts),
        sum(shift.fen < 0 for shift in shifts),
        _places(moves),
        _through(shifts, names) or _("own score as before, that of others changed"),
    )


def _places(moves: Sequence[int]) -> str:
    """Moves in rank over the months, from the least to the greatest."""
    ends = dict.fromkeys((min(moves), max(moves))) if moves else {}
    return " … ".join(web_words.diff(end) for end in ends) or web_words.DASH


def _through(shifts: Sequence[Shift], names: words.Names) -> str:
    """The two indicators that move the score most, with the mean of their points."""
    total: dict[str, Decimal] = {}
    for shift in shifts:
        for one in shift.through:
            total[one.indicator] = total.get(one.indicator, Decimal(0)) + one.points
    most = sorted(total.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:2]
    mean = [(code, points / len(shifts)) for code, points in most]
    return "; ".join(f"{names.of(code)} {web_words.diff(points, 2)}" for code, points in mean)
