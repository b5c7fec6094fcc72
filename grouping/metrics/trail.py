"""One figure with its formula, what it is compared with, and the cases it counts: the page below a number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import parameters
from alliance.web import charts, parts, words
from grouping import facts as case_facts
from grouping.engine.metrics import Tally
from grouping.metrics import facts, figures, rollup, settlement, show
from grouping.metrics.facts import Scope, Yardstick
from grouping.metrics.figures import Figure
from grouping.metrics.show import Question


def page(asked: Question, figure: Figure) -> dict[str, Any]:
    """Value, comparisons and formula of a figure of the question's scope."""
    yardstick = facts.yardstick(asked.month)
    tally = _tally(asked.month, asked.scope, yardstick, figure)
    value = _value_in(asked.month, figure, tally, yardstick)
    return {
        "title": _("%(figure)s: %(value)s") % {
            "figure": figure.label, "value": figures.shown(figure, value, full=True)
        },
        "figure": figure, "figures": _beside(asked, figure, tally, value, yardstick),
        "formula": formula(figure, tally, yardstick, value), "crumbs": show.crumbs(asked),
        "chart": peers(asked, figure, yardstick), "where": where(asked), "month": asked.month,
        "yardstick": yardstick, "tally": tally,
        "back": asked.url(view=figure.topic, department=None, doctor=None, drg=None, metric=None),
    }  # fmt: skip


def figure_of(asked: Question, figure: Figure) -> tuple[Yardstick, figures.Value]:
    """The benchmark and the value of a figure of the question's scope, nothing beside it."""
    yardstick = facts.yardstick(asked.month)
    tally = _tally(asked.month, asked.scope, yardstick, figure)
    return yardstick, _value_in(asked.month, figure, tally, yardstick)


def _tally(month: Month, scope: Scope, yardstick: Yardstick, figure: Figure) -> Tally:
    """The sums of a month and scope; against the payment standard where the figure asks for it."""
    found = facts.full_tallies([month], "alliance", yardstick.norms, scope)
    if figure.topic == "payment":
        settlement.fill(found, settlement.settled(month, scope), "alliance")
    return found.get((0, ""), Tally())


def where(asked: Question) -> str:
    """The place and month a figure is about, in words."""
    named = [crumb.name for crumb in show.crumbs(asked)]
    if asked.scope.drg:
        named.append(asked.scope.drg)
    return " · ".join([*(named or [str(_("Alliance"))]), words.month(asked.month)])


def _beside(
    asked: Question, figure: Figure, tally: Tally, value: figures.Value, yardstick: Yardstick
) -> list[parts.Fig]:
    """The figure beside that of the alliance, of last year, and of the benchmark."""
    n = figure.n(tally, yardstick.norms)
    found = [parts.Fig(str(figure.label), figures.shown(figure, value, full=True), detail=_n(figure, n))]
    if asked.scope != facts.ALL:
        whole = _tally(asked.month, Scope(drg=asked.scope.drg), yardstick, figure)
        other = _value_in(asked.month, figure, whole, yardstick)
        found.append(_around(figure, value, other))
    found.append(_last_year(asked, figure, value, yardstick))
    expected = _at_benchmark(figure, tally, yardstick)
    if expected is not None:
        label = _("At the benchmark, own benchmark (local)") if yardstick.local else str(yardstick.list)
        found.append(_other(figure, label, value, expected))
    return found


def _around(figure: Figure, value: figures.Value, other: figures.Value) -> parts.Fig:
    """The alliance's figure: of a rate how far ours lies from it, of a count or sum our part of it."""
    if figure.rate or value is None or not other:
        return _other(figure, _("Alliance"), value, other)
    share = words.pct(Fraction(value) / Fraction(other))
    detail = _("here %(difference)s") % {"difference": share}
    return parts.Fig(_("Alliance"), figures.shown(figure, other, full=True), detail=detail)


def _n(figure: Figure, n: int) -> str:
    return "n = " + words.num(n) if figure.rate else ""


def _other(figure: Figure, label: str, value: figures.Value, other: figures.Value) -> parts.Fig:
    """A value to compare with, and how far ours lies from it."""
    gap = figures.difference(figure, value, other)
    detail = _("here %(difference)s") % {"difference": gap} if gap else ""
    return parts.Fig(label, figures.shown(figure, other, full=True), detail=detail)


def _last_year(asked: Question, figure: Figure, value: figures.Value, yardstick: Yardstick) -> parts.Fig:
    """The same month of last year: of stored cases, else of what institutions stated about it."""
    month = asked.month.plus(-12)
    then = _tally(month, asked.scope, yardstick, figure)
    label = words.month(month)
    if then.submitted:
        return _other(figure, label, value, _value_in(month, figure, then, yardstick))
    stated = _stated(asked.scope, month, figure)
    found = _other(figure, label, value, stated)
    detail = _("as stated; %(rest)s") % {"rest": found.detail} if stated is not None else _("no cases stored")
    return parts.Fig(label, found.value, detail=detail)


def _stated(scope: Scope, month: Month, figure: Figure) -> figures.Value:
    """Discharges or mean charge as stated for a month before the system; whole institutions only."""
    if figure.code not in ("submitted", "mean_cost_fen") or scope.department or scope.doctor or scope.drg:
        return None
    rows = [
        row for row in case_facts.declared_totals(month)
        if scope.institution in (None, row.institution_id)
    ]  # fmt: skip
    discharges = sum(row.discharges for row in rows)
    if not discharges:
        return None
    if figure.code == "submitted":
        return discharges
    return round(Fraction(sum(row.cost_fen for row in rows), discharges))


def _at_benchmark(figure: Figure, tally: Tally, yardstick: Yardstick) -> figures.Value:
    """Mean charge or stay these cases would have at the means of the benchmark; None for other figures."""
    name = {"mean_cost_fen": "mean_cost", "mean_stay": "mean_stay"}.get(figure.code)
    if name is None:
        return None
    known = {
        drg: mean for drg in tally.groups
        if drg in yardstick.norms and (mean := getattr(yardstick.norms[drg], name))
    }  # fmt: skip
    cases = sum(tally.groups[drg].cases for drg in known)
    total = sum((mean * tally.groups[drg].cases for drg, mean in known.items()), start=Fraction(0))
    return Fraction(total, cases) if cases else None


def formula(
    figure: Figure, tally: Tally, yardstick: Yardstick, value: figures.Value
) -> list[parts.FormulaLine]:
    """The formula with the numbers put in; of a plain count or sum, the count itself."""
    result = figures.shown(figure, value, full=True)
    if figure.top is None or figure.bottom is None:
        return []
    terms = [
        _term(figure, figure.top, tally, yardstick, ""),
        _term(figure, figure.bottom, tally, yardstick, "÷"),
    ]
    if figure.factor != 1:
        terms.append(parts.Term(words.num(figure.factor), "", op="×"))
    return [parts.FormulaLine(str(figure.label), terms, result, note=str(figure.note))]


def _term(figure: Figure, part: figures.Part, tally: Tally, yardstick: Yardstick, op: str) -> parts.Term:
    label, read = part
    value = read(tally, yardstick.norms)
    money = figure.code in figures.MONEY or (figure.kind == "yuan" and part is figures.COST)
    if money:
        return parts.Term(words.yuan(int(value or 0)), f"{label} ({_('yuan')})", op=op)
    whole = value is None or Fraction(value).denominator == 1
    return parts.Term(words.num(value, 0 if whole else 4), str(label), op=op)


def place_exists(scope: Scope) -> bool:
    """Whether the institution asked for is one of the alliance's."""
    return scope.institution is None or Institution.objects.filter(pk=scope.institution).exists()


def peers(asked: Question, figure: Figure, yardstick: Yardstick) -> charts.Chart | None:
    """How the institutions lie: box of those with enough cases, the one asked for as a labelled point.

    None for counts, for the alliance's own page of one department or doctor, and below ten institutions.
    """
    scope = asked.scope
    if not figure.rate or figure.topic == "payment" or scope.department or scope.doctor:
        return None
    least = int(str(parameters.in_force("min_n_rank", on=asked.month.last_day)))
    found = facts.tallies([asked.month], "institution", Scope(drg=scope.drg))
    minimal = rollup.catalogue_of(asked.month) is not None
    values = {
        key[0]: value for key, tally in found.items()
        if figure.n(tally, yardstick.norms) >= least
        and (value := show.value_of(figure, tally, yardstick, minimal=minimal)) is not None
    }  # fmt: skip
    if len(values) < least:
        return None
    named = {row.pk: row.short_name or row.name for row in Institution.objects.filter(pk__in=values)}
    own = values.get(scope.institution) if scope.institution is not None else None
    title = _("%(n)d institutions with at least %(least)d cases") % {"n": len(values), "least": least}
    rows = [
        (named[pk], figures.shown(figure, value, full=True))
        for pk, value in sorted(values.items(), key=lambda one: (-Fraction(one[1]), named[one[0]]))
        if asked.own is None or pk == asked.own
    ]  # fmt: skip
    scale = 100 if figure.kind == "yuan" else 1
    drawn = [Fraction(value) / scale for value in values.values()]
    label = named.get(scope.institution or 0, "")
    return charts.box(
        "peers", title, (str(_("institution")), str(figure.label)), drawn, rows,
        own=(label, Fraction(own) / scale) if own is not None else None,
        sentence=_("Box: the middle half; line inside: the median; ends: least and most."),
    )  # fmt: skip


def _value_in(month: Month, figure: Figure, tally: Tally, yardstick: Yardstick) -> figures.Value:
    """A figure with what is in force in a month."""
    minimal = rollup.catalogue_of(month) is not None
    return show.value_of(figure, tally, yardstick, minimal=minimal)
