"""Quarters and years of all institutions: means, grades, streaks, and what is to be proposed from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import parameters
from alliance.web import words
from performance.consequences.earlier import earlier_years
from performance.declared.services.vetoes import vetoed
from performance.engine.standing import Monthly, Period, Rules, Standing, standing
from performance.models import Line, MonthRun
from performance.show import table

SIDES = ("efficiency", "quality")
KEYS = (
    "gb.grade", "gb.grade.bands", "gb.recommend_years", "cp.honour", "qe.double_line", "qe.pay_link.quarters",
    "qe.pay_link.reward", "gb.year_weights", "gb.year_missing",
)  # fmt: skip
GRADES: Mapping[str, tuple[str, Any]] = {
    "excellent": ("ok", gettext_lazy("excellent")),
    "pass": ("info", gettext_lazy("passed")),
    "fail": ("late", gettext_lazy("not passed")),
}


def rules(on: Month) -> tuple[Rules, Mapping[str, Decimal]]:
    """The lines in force at the end of a month, and the consequences of grades in percent of the budget."""
    read = cast("dict[str, Any]", parameters.several_in_force(KEYS, on=on.last_day))
    bands, honour = read["gb.grade.bands"], read["cp.honour"]
    found = Rules(
        excellent=Decimal(bands["excellent"]), fail=Decimal(bands["fail"]), sides=SIDES,
        double_line=Decimal(read["qe.double_line"]), quarters=int(read["qe.pay_link.quarters"]),
        years=int(read["gb.recommend_years"]), honour_score=Decimal(honour["score"]),
        honour_years=int(honour["years"]), weights=tuple(map(Decimal, read["gb.year_weights"].values())),
        missing=int(read["gb.year_missing"]),
    )  # fmt: skip
    return found, {**read["gb.grade"], "double": Decimal(read["qe.pay_link.reward"])}


@dataclass(frozen=True)
class Cell:
    """A quarter: its mean or how much of it there is, and whether both sides reached the line."""

    text: str
    complete: bool
    double: bool | None


@dataclass(frozen=True)
class Row:
    """One institution: its quarters, the year so far, streaks and proposals."""

    institution: Institution
    url: str
    quarters: Sequence[Cell]
    year: Cell
    grade: tuple[str, str] | None
    doubles: int
    honour: str
    due: Sequence[str]


def page(membership: Membership, month: Month) -> dict[str, Any]:
    """All institutions up to a month, by decided months alone; a number of queries that does not grow."""
    lines_of, percent = rules(month)
    first = Month(month.year - max(lines_of.years, lines_of.honour_years), 1)
    rows: defaultdict[int, dict[Month, Monthly]] = defaultdict(dict)
    places: dict[int, Institution] = {}
    out = vetoed(first, month)
    known = earlier_years(first.year, month.year)
    for at, line in decided(first, month):
        rows[line.institution_id][at] = monthly(at, line, out)
        places[line.institution_id] = line.institution
    quarters = list(dict.fromkeys(month.plus(-back).quarter for back in range(9, -1, -3)))
    named = [f"{one.year}-Q{one.number}" for one in quarters]
    found = []
    for pk, place in sorted(places.items(), key=lambda one: one[1].code):
        own = standing(rows[pk], month, lines_of, known.get(pk))
        cells = [_cell(own.quarters.get(quarter)) for quarter in quarters]
        found.append(_row(membership, month, place, own, cells, lines_of, percent))
    return {
        "title": _("Quarters and years up to %(month)s") % {"month": words.month(month)}, "month": month,
        "rows": found, "quarters": named, "rules": lines_of, "year": month.year,
    }  # fmt: skip


def decided(first: Month, last: Month) -> list[tuple[Month, Line]]:
    """Lines of the months that are approved or posted; two queries."""
    runs = MonthRun.objects.filter(
        month__range=(first.first_day, last.first_day),
        state__in=[MonthRun.State.APPROVED, MonthRun.State.POSTED],
    )
    at = {run.settlement_id: Month.of(run.month) for run in runs}
    lines = Line.objects.filter(settlement__in=at).select_related("institution")
    return [(at[line.settlement_id], line) for line in lines]


def monthly(at: Month, line: Line, out: Mapping[int, frozenset[Month]]) -> Monthly:
    """A decided month; `out` are the vetoed months by institution."""
    return Monthly(line.score, shares(line), at in out.get(line.institution_id, ()))


def shares(line: Line) -> dict[str, Fraction | None]:
    """Percent of what each side could give; None where nothing of it was assessed."""
    cells = {side: table.cell(line, side, "") for side in SIDES}
    return {
        side: None if cell.points is None else 100 * Fraction(cell.points) / Fraction(cell.weight)
        for side, cell in cells.items()
    }


def _cell(found: Period | None) -> Cell:
    if found is None or not found.known:
        return Cell(words.DASH, complete=False, double=None)
    if found.vetoed:
        return Cell(_("veto"), complete=found.mean is not None, double=False)
    if found.mean is None:
        text = _("%(known)d of %(months)d months") % {"known": found.known, "months": found.months}
        return Cell(text, complete=False, double=None)
    return Cell(words.num(found.mean, 2), complete=True, double=found.double)


def _row(
    membership: Membership, month: Month, place: Institution, own: Standing, cells: Sequence[Cell],
    lines_of: Rules, percent: Mapping[str, Decimal],
) -> Row:  # fmt: skip
    year = own.years[-1]
    grade = None
    if year.grade is not None:
        kind, name = GRADES[year.grade]
        grade = (kind, str(name))
    honour = {True: _("may be honoured"), False: _("veto"), None: words.DASH}[own.honour]
    url = reverse("month-portrait", args=[str(month), place.code]) if membership.sees(place.pk) else ""
    due = [_due(name, percent, lines_of) for name in own.due]
    return Row(place, url, cells, _cell(year.period), grade, own.doubles, str(honour), due)


def _due(name: str, percent: Mapping[str, Decimal], lines_of: Rules) -> str:
    """A proposal in words, with its number."""
    shown = words.num(abs(Decimal(percent.get(name, 0))))
    sentences = {
        "excellent": _("excellent: %(n)s %% of the budget more"),
        "fail": _("failed: %(n)s %% of the budget less, and an interview"),
        "double": _("double compliance in a row: reward of %(n)s %% of the linked pay"),
        "recommend": _("%(years)d excellent years in a row: recommendation"),
    }
    return sentences[name] % {"n": shown, "years": lines_of.years}
