"""The effect of the reform as a page and as JSON (S4-35)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.models import Institution
from alliance.web import words
from grouping.engine.effect import Change, Effect, Reference, Value
from grouping.reports import grid
from grouping.services.effects import Period, Report

NAMES = ("stay", "cost", "burden", "fund")
POINTS = frozenset({"burden"})


def names() -> dict[str, str]:
    """The four figures in words, with their units."""
    return {
        "stay": _("mean stay (days)"), "cost": _("cost a discharge (yuan)"),
        "burden": _("personal burden (%)"), "fund": _("fund use a month (yuan)"),
    }  # fmt: skip


def value(name: str, number: Value) -> str:
    """A figure in its unit."""
    if number is None:
        return _("not assessed")
    return words.yuan(int(number)) if name in ("cost", "fund") else words.num(number, 2)


def change(name: str, number: Decimal | None) -> str:
    """A change in percent, or in percentage points."""
    if number is None:
        return _("not assessed")
    shown = words.diff(number, 2)
    if shown == words.diff(0):
        return shown
    return _("%(points)s pp") % {"points": shown} if name in POINTS else f"{shown}%"


def period(one: Period) -> str:
    """A period in words."""
    if one.first == one.last:
        return words.month(one.first)
    return _("from %(first)s to %(last)s") % {"first": words.month(one.first), "last": words.month(one.last)}


def title(report: Report) -> str:
    """The answer: how stay and cost changed."""
    if not report.alliance.assessed:
        return _("Effect of the reform: too few cases to assess")
    return _("Stay %(stay)s, cost a discharge %(cost)s, personal burden %(burden)s") % {
        name: change(name, getattr(report.alliance, name).change) for name in ("stay", "cost", "burden")
    }


def alliance_grid(report: Report, references: list[Reference]) -> grid.Grid:
    """The four figures over the alliance, both periods, the change, and the references beside."""
    english = (get_language() or "").startswith("en")
    columns = grid.columns(
        (_("figure"), grid.HEAD), (period(report.before), grid.NUMBER), (period(report.after), grid.NUMBER),
        (_("change"), grid.KEY),
        *((one.place_en if english else one.place_zh, grid.NUMBER) for one in references),
    )  # fmt: skip
    rows = [_figure(name, label, report.alliance, references) for name, label in names().items()]
    before, after = report.alliance.before, report.alliance.after
    cases = (_("discharges"), words.num(before.cases), words.num(after.cases), "")
    rows.append(grid.row(*cases, *(words.num(one.cases) for one in references)))
    stated = (_("of which state the own payment"), words.num(before.stated), words.num(after.stated), "")
    rows.append(grid.row(*stated, *("" for _one in references)))
    return grid.Grid(columns, rows, caption=_("The alliance"))


def _figure(name: str, label: str, effect: Effect, references: list[Reference]) -> grid.Row:
    found: Change = getattr(effect, name)
    beside = [getattr(one, name, None) for one in references]
    return grid.row(
        label, value(name, found.before), value(name, found.after), change(name, found.change),
        *(words.DASH if number is None else change(name, number) for number in beside),
    )  # fmt: skip


def institution_grid(report: Report, places: Mapping[int, Institution], own: int | None) -> grid.Grid:
    """One line an institution: discharges of both periods, each figure's change with both values."""
    columns = grid.columns(
        (_("institution"), grid.HEAD), (_("discharges"), grid.NUMBER),
        *((label, grid.NUMBER) for label in names().values()),
    )  # fmt: skip
    kept = [pk for pk in report.institutions if own in (None, pk)]
    ordered = sorted(kept, key=lambda pk: (places[pk].pinyin, places[pk].code))
    rows = [_institution(places[pk].short_name, report.institutions[pk]) for pk in ordered]
    return grid.Grid(columns, rows, caption=_("By institution"))


def _institution(name: str, effect: Effect) -> grid.Row:
    counts = f"{words.num(effect.before.cases)} → {words.num(effect.after.cases)}"
    return grid.row(name, counts, *(_changed(figure, getattr(effect, figure)) for figure in NAMES))


def _changed(name: str, found: Change) -> grid.Cell:
    if found.before is None:
        return grid.Cell(_("not assessed"))
    note = f"{value(name, found.before)} → {value(name, found.after)}"
    return grid.Cell(change(name, found.change), note=note)


def as_json(report: Report, places: Mapping[int, Institution], own: int | None) -> dict[str, Any]:
    """The report for programs: days and percent as text, money in fen, None where not assessed."""
    return {
        "before": _period(report.before), "after": _period(report.after), "least": report.alliance.least,
        "alliance": _effect(report.alliance),
        "institutions": [
            {"code": places[pk].code, **_effect(effect)}
            for pk, effect in report.institutions.items()
            if own in (None, pk)
        ],
    }  # fmt: skip


def _period(one: Period) -> dict[str, object]:
    return {"first": str(one.first), "last": str(one.last), "months": one.months}


def _effect(effect: Effect) -> dict[str, Any]:
    found: dict[str, Any] = {
        "cases": [effect.before.cases, effect.after.cases],
        "cases_that_state_the_own_payment": [effect.before.stated, effect.after.stated],
    }
    units = {"stay": "stay_days", "cost": "cost_fen", "burden": "burden_pct", "fund": "fund_fen_a_month"}
    for name, unit in units.items():
        one: Change = getattr(effect, name)
        found[unit] = {
            "before": _plain(one.before), "after": _plain(one.after), "change": _plain(one.change),
            "unit_of_change": "points" if name in POINTS else "percent",
        }  # fmt: skip
    return found


def _plain(number: Value) -> str | int | None:
    return str(number) if isinstance(number, Decimal) else number
