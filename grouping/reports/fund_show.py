"""The evaluation of the fund as a page and as a sheet of paper (S4-18)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.web import parts, words
from grouping.engine.fund import VIEWS
from grouping.models import FundReport
from grouping.reports import effect_show, grid
from grouping.services.effects import Period

VIEW_NAMES: Mapping[str, Any] = {
    "control": gettext_lazy("Cost control"),
    "quality": gettext_lazy("Quality"),
    "service": gettext_lazy("Service"),
    "conclusion": gettext_lazy("Conclusion"),
}
NAMES: Mapping[str, Any] = {
    "fund_month": gettext_lazy("fund use a month"),
    "mean_cost": gettext_lazy("cost a discharge"),
    "drug_share": gettext_lazy("drugs, share of the charges"),
    "consumable_share": gettext_lazy("single-use material, share of the charges"),
    "grouping_rate": gettext_lazy("grouping rate"),
    "cmi": "CMI",
    "mortality": gettext_lazy("deaths of 1,000 discharges"),
    "against_advice": gettext_lazy("discharged against advice"),
    "mean_stay": gettext_lazy("mean stay"),
    "burden": gettext_lazy("personal burden"),
    "primary_share": gettext_lazy("discharges of primary institutions"),
    "passed_on": gettext_lazy("passed on to another institution"),
    "long_stays": gettext_lazy("stays of more than 30 days"),
}
UNITS: Mapping[str, Any] = {
    "yuan": gettext_lazy("yuan"), "percent": "%", "days": gettext_lazy("days"), "index": "", "permille": "‰",
}  # fmt: skip


def periods(report: FundReport) -> tuple[Period, Period]:
    """The period evaluated and the one compared with."""
    return (
        Period(Month.of(report.first), Month.of(report.last)),
        Period(Month.of(report.compared_first), Month.of(report.compared_last)),
    )


def title(report: FundReport) -> str:
    """The period in words."""
    return _("Efficiency of the fund, %(period)s") % {"period": effect_show.period(periods(report)[0])}


def views(report: FundReport) -> list[dict[str, Any]]:
    """The three views with their figures and their text, then the conclusion."""
    found = [
        {"name": VIEW_NAMES[view], "grid": figures(report, view), "text": report.texts.get(view, "")}
        for view in VIEWS
    ]
    return [*found, {"name": VIEW_NAMES["conclusion"], "text": report.texts.get("conclusion", "")}]


def figures(report: FundReport, view: str) -> grid.Grid:
    """The figures of a view in both periods."""
    period, compared = periods(report)
    columns = grid.columns(
        (_("figure"), grid.HEAD), (_("unit"), grid.TEXT), (effect_show.period(compared), grid.NUMBER),
        (effect_show.period(period), grid.NUMBER), (_("change"), grid.KEY),
    )  # fmt: skip
    rows = [_figure(one) for one in report.figures if one["view"] == view]
    return grid.Grid(columns, rows, caption=str(VIEW_NAMES[view]))


def _figure(one: Mapping[str, Any]) -> grid.Row:
    places = 4 if one["unit"] == "index" else 2
    values = [None if one[name] is None else Decimal(one[name]) for name in ("before", "after", "change")]
    shown = [_("not assessed") if value is None else words.num(value, places) for value in values[:2]]
    change = _("not assessed") if values[2] is None else words.diff(values[2], places)
    return grid.row(str(NAMES[one["code"]]), str(UNITS[one["unit"]]), *shown, change)


def head(report: FundReport) -> list[parts.Fact]:
    """Who wrote it, when, which version, and whether it is released."""
    return [
        parts.Fact(_("version"), str(report.version)),
        parts.Fact(_("written by"), f"{report.entered_by.user} · {words.moment(report.entered_at)}"),
        parts.Fact(
            _("released"), words.moment(report.released_at) if report.released_at else _("not yet")
        ),
        parts.Fact(_("discharges"), words.num(max((one["n"] for one in report.figures), default=0))),
        parts.Fact(_("digest"), f"{report.digest[:8]}…{report.digest[-8:]}"),
    ]  # fmt: skip


def listed(reports: list[FundReport], urls: Mapping[int, str]) -> grid.Grid:
    """One line a version."""
    columns = grid.columns(
        (_("period"), grid.HEAD), (_("compared with"), grid.TEXT), (_("version"), grid.NUMBER),
        (_("written by"), grid.TEXT), (_("state"), grid.KEY),
    )  # fmt: skip
    rows = []
    for one in reports:
        period, compared = periods(one)
        state = grid.Cell(_("released"), chip="ok") if one.released_at else grid.Cell(_("draft"), chip="prov")
        name = grid.Cell(effect_show.period(period), urls[one.pk])
        rows.append(
            grid.row(name, effect_show.period(compared), str(one.version), str(one.entered_by.user), state)
        )
    return grid.Grid(columns, rows, caption=_("Evaluations of the fund"))


def subject(report: FundReport) -> list[parts.Fact]:
    """What a decider reads: the period, the figures that changed, the texts."""
    facts = [parts.Fact(_("period"), effect_show.period(periods(report)[0]))]
    for one in report.figures:
        row = _figure(one)
        facts.append(parts.Fact(row.cells[0].text, f"{row.cells[3].text} ({row.cells[4].text})"))
    facts += [
        parts.Fact(str(VIEW_NAMES[name]), report.texts[name]) for name in VIEW_NAMES if report.texts.get(name)
    ]
    return facts
