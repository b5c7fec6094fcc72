"""The formula of each kind of consequence with its numbers, and where they open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.parts import FormulaLine, Term
from performance.consequences import words
from performance.models import Consequence, Detector

Kind = Consequence.Kind
Figures = Mapping[str, Any]
Lines = Sequence[FormulaLine]


def of(row: Consequence, membership: Membership | None) -> Lines:
    """The figures as a formula with numbers put in; without a member nothing opens."""
    written = FORMULAS.get(row.kind)
    return written(row, membership) if written else []


def commitment(row: Consequence, membership: Membership | None) -> Lines:
    """Each promise with what it deducts, their sum, the amount."""
    figures, found = row.figures, []
    url = way(membership, "letter", row.letter_id) if membership is not None else ""
    for line in figures["promises"]:
        promise = words.promise_of(line)
        if line["standing"] == "unknown":
            note = _("not known: does not count")
            found.append(FormulaLine(words.name(promise), [], web_words.DASH, note))
            continue
        terms = [
            Term(words.number(line["value"], promise), _("reached"), url),
            Term(words.number(line["target"], promise), _("promised"), "", "÷"),
            Term(words.percent(round(Decimal(line["fulfilment"]), 2)), _("fulfilled"), "", "="),
        ]
        result = words.percent(line["deduction"])
        found.append(FormulaLine(words.name(promise), terms, result, _breach(line, figures)))
    note = _("together, at most %(high)s") % {"high": words.percent(figures["high"])}
    found.append(FormulaLine(_("deduction"), [], words.percent(row.found_percent), note, total=True))
    return [*found, *money(row, _("performance pay of the year (yuan)"))]


def _breach(line: Figures, figures: Figures) -> str:
    if line["standing"] == "within":
        low, high = (words.number(end, words.promise_of(line)) for end in line["interval"])
        return _("by chance %(low)s to %(high)s: the target lies inside, nothing is deducted") % {
            "low": low, "high": high
        }  # fmt: skip
    if line["deduction"] is None:
        return str(words.STANDING["met"][1])
    named = {"partial": words.percent(figures["partial"]), "n": words.percent(line["deduction"])}
    if Decimal(line["fulfilment"]) >= Decimal(figures["partial"]):
        return _("from %(partial)s on the least deduction, %(n)s") % named
    return _("below %(partial)s: the letter's deduction, %(n)s") % named


def money(row: Consequence, base: str) -> Lines:
    """Percent of the base; where the base is not known yet the percentage stands alone."""
    if row.percent is None:
        return []
    share = Term(words.percent(row.percent), _("proposed"), "", "×")
    if row.base_fen is None:
        note = _("the base is not known yet: the percentage is decided")
        terms = [Term(web_words.DASH, base), share]
        return [FormulaLine(_("amount"), terms, web_words.DASH, note)]
    terms = [Term(web_words.yuan(row.base_fen), base), share]
    return [FormulaLine(_("amount"), terms, web_words.yuan(row.fen), unit=_("yuan"))]


def reward(row: Consequence, membership: Membership | None) -> Lines:
    """The quarter's bases, the linked share of them, the reward (A29)."""
    figures = row.figures
    terms = [
        Term(web_words.yuan(figures["basis_fen"]), _reward_base(row)),
        Term(words.percent(figures["link"]), _("linked to the evaluation"), "", "×"),
    ]
    linked = FormulaLine(_("linked pay of the quarter"), terms, web_words.yuan(row.base_fen), unit=_("yuan"))
    return [*quarters(row, membership), linked, *money(row, _("linked pay of the quarter"))]


def _reward_base(row: Consequence) -> str:
    if row.department_id is not None:
        return _("pay of the department in the quarter's months (yuan)")
    return _("bases of the quarter's months (yuan)")


def quarters(row: Consequence, membership: Membership | None) -> Lines:
    """The quarters in a row, each with where its months stand."""
    line = _("line: %(line)s of what can be reached") % {"line": words.percent(row.figures["line"])}
    terms = [Term(words.period(one), "", _standing(one, membership)) for one in row.figures["quarters"]]
    return [FormulaLine(_("quarters in a row"), terms, str(len(terms)), line)]


def _standing(quarter: str, membership: Membership | None) -> str:
    year, _dash, number = quarter.partition("-Q")
    if membership is None or not membership.can("indicator.view"):
        return ""
    return reverse("month-standing", args=[f"{year}-{int(number) * 3:02d}"])


def year(row: Consequence, membership: Membership | None) -> Lines:
    """The score of the year against its bands, down to the year's months."""
    figures = row.figures
    url = way(membership, "year", figures["year"]) if membership is not None else ""
    bands = figures["bands"]
    note = _("excellent from %(top)s, failed below %(fail)s; honour from %(honour)s in %(years)s years") % {
        "top": web_words.num(Decimal(bands["excellent"])), "fail": web_words.num(Decimal(bands["fail"])),
        "honour": web_words.num(Decimal(bands["honour_score"])), "years": bands["honour_years"],
    }  # fmt: skip
    mean = web_words.assessed(None if figures["mean"] is None else Decimal(figures["mean"]), 2)
    if figures.get("vetoed"):
        note = _("one-vote veto for falsification: failed whatever the score")
    months = Term(str(figures["known"]), _("months with a score"), url)
    found = [FormulaLine(_("score of the year"), [months], mean, note)]
    if row.kind in (Kind.RECOMMEND, Kind.HONOUR):
        terms = [_past(one, membership) for one in figures.get("past", ())]
        found.append(FormulaLine(_("excellent years in a row"), terms, str(figures["years"])))
    return [*found, *money(row, _("budget of the following year (yuan)"))]


def _past(one: Figures, membership: Membership | None) -> Term:
    """One year a streak counted: its score, and where the decision of an earlier year stands."""
    decision = one.get("decision")
    mean = web_words.assessed(None if one["mean"] is None else Decimal(one["mean"]), 2)
    label = words.period(str(one["year"]))
    if decision is None:
        return Term(mean, label)
    url = way(membership, "earlier-year", decision) if membership is not None else ""
    return Term(mean, _("%(year)s, decided before this system") % {"year": label}, url)


def leader(row: Consequence, membership: Membership | None) -> Lines:
    """The mean share of the dimensions that count, the place, and of how many."""
    figures = row.figures
    note = _("place %(place)s of %(n)s compared; dimensions: %(names)s") % {
        "place": figures["place"], "n": figures["compared"], "names": "、".join(figures["dimensions"]),
    }  # fmt: skip
    mean = words.percent(round(Decimal(figures["mean"]), 2))
    found = [FormulaLine(_("mean of the year's months"), [], mean, note)]
    if "award_fen" in figures:
        low, high = (web_words.yuan(one) for one in figures["award_fen"])
        band = _("from %(low)s to %(high)s yuan can be awarded") % {"low": low, "high": high}
        said = _("not entered yet") if row.fen is None else web_words.yuan(row.fen)
        found.append(FormulaLine(_("award for research"), [], said, band, unit=_("yuan") if row.fen else ""))
    return found


def overspend(row: Consequence, membership: Membership | None) -> Lines:
    """Spending against the budget, and the weight that is proposed."""
    figures = row.figures
    budget, above = figures["budget_fen"], figures["spent_fen"] - figures["budget_fen"]
    terms = [
        Term(web_words.yuan(figures["spent_fen"]), _("fund spent (yuan)")),
        Term(web_words.yuan(budget), _("fund budget (yuan)"), "", "−"),
    ]
    rate = [
        Term(web_words.yuan(above), _("spent above the budget (yuan)")),
        Term(web_words.yuan(budget), _("fund budget (yuan)"), "", "÷"),
    ]
    limit = _("limit %(limit)s") % {"limit": words.percent(figures["limit"])}
    over = words.percent(round(Decimal(figures["over"]), 2))
    to = words.percent(figures["to"])
    note = _("the other dimensions in their proportions; floors are kept")
    return [
        FormulaLine(_("spent above the budget (yuan)"), terms, web_words.yuan(above), ""),
        FormulaLine(_("overspend"), rate, over, limit),
        FormulaLine(_("weight of DRG"), [], to, note),
    ]


def violation(row: Consequence, membership: Membership | None) -> Lines:
    """The case that was decided, the band of its kind, the deduction."""
    figures = row.figures
    url = way(membership, "violation", figures["violation"]) if membership is not None else ""
    note = _("decided by a vote; from %(low)s to %(high)s can be deducted") % {
        "low": words.percent(figures["low"]), "high": words.percent(figures["high"])
    }  # fmt: skip
    terms = [Term(str(figures["number"]), _("violation case"), url)]
    case = FormulaLine(_("violation"), terms, words.percent(row.found_percent), note)
    return [case, *money(row, _("performance pay of the month (yuan)"))]


def gaming(row: Consequence, membership: Membership | None) -> Lines:
    """The clue two people confirmed, its records, the band, the deduction."""
    figures = row.figures
    url = way(membership, "clue", figures["clue"]) if membership is not None else ""
    name = str(Detector(figures["detector"]).label)
    note = _("confirmed by two; from %(low)s to %(high)s can be deducted") % {
        "low": words.percent(figures["low"]), "high": words.percent(figures["high"])
    }  # fmt: skip
    terms = [Term(str(figures["records"]), _("records of the clue"), url)]
    clue = FormulaLine(name, terms, words.percent(row.found_percent), note)
    return [clue, *money(row, _("performance pay of the month (yuan)"))]


def aloof(row: Consequence, membership: Membership | None) -> Lines:
    """Months below the line, each with its share, and what is asked for."""
    figures = row.figures
    terms = [
        Term(words.percent(share), web_words.month(month), _month(month, row, membership))
        for month, share in figures["months"]
    ]  # fmt: skip
    note = _("collaboration below %(line)s in at least %(least)s of %(of)s months") % {
        "line": words.percent(figures["line"]), "least": figures["least"], "of": figures["of"],
    }  # fmt: skip
    return [
        FormulaLine(_("months of non-collaboration"), terms, str(len(terms)), note),
        FormulaLine(_("what is asked for"), [], figures["measure"], ""),
    ]


def _month(month: str, row: Consequence, membership: Membership | None) -> str:
    code = row.institution.code if row.institution else ""
    return way(membership, "month-institution", month, code) if membership is not None else ""


FORMULAS: dict[str, Callable[[Consequence, Membership | None], Lines]] = {
    Kind.COMMITMENT: commitment, Kind.DOUBLE: reward, Kind.FREEZE: quarters, Kind.UNFREEZE: quarters,
    Kind.ALOOF: quarters, Kind.REJOIN: quarters, Kind.EXCELLENT: year, Kind.FAIL: year,
    Kind.RECOMMEND: year, Kind.HONOUR: year, Kind.PRIMARY: leader, Kind.REFERRER: leader,
    Kind.DOCTOR: leader, Kind.INNOVATION: leader, Kind.REWEIGHT: overspend, Kind.GAMING: gaming,
    Kind.VIOLATION: violation, Kind.TALK: aloof, Kind.RESOURCE: aloof,
}  # fmt: skip
