"""What numbers are called on pages: facts, parameters, indicators, reasons, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from alliance.web import words
from performance.engine import few
from performance.engine.factbook import BookedFact, shipped_facts
from performance.engine.indicators import Indicator
from performance.models import MonthRun

NUMBERS: Mapping[str, Any] = {
    "scale": gettext_lazy("factor"),
    "full_points": gettext_lazy("full points"),
    "base": gettext_lazy("0 points at"),
    "target": gettext_lazy("full points at"),
    "zero_at": gettext_lazy("0 points at"),
    "threshold": gettext_lazy("threshold"),
    "points": gettext_lazy("points"),
    "low": gettext_lazy("lower end of the band"),
    "high": gettext_lazy("upper end of the band"),
    "penalty_below": gettext_lazy("points lost per unit below"),
    "penalty_above": gettext_lazy("points lost per unit above"),
    "mean": gettext_lazy("declared mean"),
    "score_at_mean": gettext_lazy("points at the mean"),
    "score_at_equal": gettext_lazy("points when equal"),
    "slope": gettext_lazy("points per unit"),
    "start": gettext_lazy("points to begin with"),
    "points_each": gettext_lazy("points for each event"),
    "floor": gettext_lazy("least points"),
    "ceiling": gettext_lazy("most points"),
    "full": gettext_lazy("full mark of the opinion"),
    "green_at": gettext_lazy("green from"),
    "amber_at": gettext_lazy("amber from"),
    "green": gettext_lazy("points of green"),
    "amber": gettext_lazy("points of amber"),
    "red": gettext_lazy("points of red"),
    "value": gettext_lazy("value"),
    "last": gettext_lazy("own earlier value"),
    "score": gettext_lazy("score"),
    "weight": gettext_lazy("sum over all institutions"),
    "basis_fen": gettext_lazy("performance-pay base (yuan)"),
    "pool_fen": gettext_lazy("pool (yuan)"),
}
UNITS: Mapping[str, Any] = {
    "ratio": "",
    "yuan": gettext_lazy("yuan"),
    "days": pgettext_lazy("unit", "days"),
    "per_100": gettext_lazy("per 100"),
    "per_1000": gettext_lazy("per 1,000"),
    "percent": "%",
    "per_10000": gettext_lazy("per 10,000"),
    "per_100000": gettext_lazy("per 100,000"),
    "minutes": pgettext_lazy("unit", "minutes"),
    "years": pgettext_lazy("unit", "years"),
    "count": "",
    "points": pgettext_lazy("unit", "points"),
    "grade": gettext_lazy("grade of evaluation"),
    "weight": "",
    "ddd": gettext_lazy("DDD per 100 patient-days"),
    "tce": gettext_lazy("tce per 10,000 yuan"),
}
# What a rate is related to, where the unit can say it.
RELATED: Mapping[tuple[str, tuple[str, ...]], Any] = {
    ("per_1000", ("served_population",)): gettext_lazy("per 1,000 persons"),
    ("per_100", ("discharges",)): gettext_lazy("per 100 discharges"),
}
REASONS: Mapping[str, Any] = {
    "missing_fact": gettext_lazy("not known: %(about)s"),
    "empty_denominator": gettext_lazy("there were no %(about)s"),
    "below_minimum_n": gettext_lazy("%(about)s %(n)s, fewer than %(minimum)s"),
    "base_is_zero": gettext_lazy("the earlier %(about)s is zero"),
    "value_missing": gettext_lazy("the indicator has no value"),
    "comparison_missing": gettext_lazy("there is nothing to compare with"),
    "nothing_assessed": gettext_lazy("no score, so no share"),
}
# Chip of a run's state: kind and icon follow the state, the word is the state's own.
CHIPS: Mapping[str, str] = {
    MonthRun.State.RUNNING: "info",
    MonthRun.State.COMPUTED: "prov",
    MonthRun.State.BLOCKED: "warn",
    MonthRun.State.FAILED: "late",
    MonthRun.State.SUPERSEDED: "stale",
    MonthRun.State.PROPOSED: "prov",
    MonthRun.State.APPROVED: "ok",
    MonthRun.State.POSTED: "ok",
}


def named(thing: Any) -> str:
    """The name of an indicator, scheme, column or dimension (a value or its plain data) for the reader."""
    english = (get_language() or "").startswith("en")
    field = "name_en" if english else "name_zh"
    return str(thing[field] if isinstance(thing, Mapping) else getattr(thing, field))


def defined(indicator: Indicator) -> str:
    """The indicator's definition for the reader."""
    english = (get_language() or "").startswith("en")
    return indicator.definition_en if english else indicator.definition_zh


@cache
def facts() -> Mapping[str, BookedFact]:
    """The fact book, read once."""
    return shipped_facts()


def fact(key: str) -> str:
    """A fact in words, money with its unit; one the book does not name keeps its key."""
    booked = facts().get(key)
    if booked is None:
        return key
    return _("%(name)s (yuan)") % {"name": named(booked)} if booked.unit == "fen" else named(booked)


def number(key: str, indicators: Mapping[str, Indicator]) -> str:
    """A parameter or an earlier result in words; `weight:cmi` and `score:cmi` name their indicator."""
    kind, found, code = key.partition(":")
    if not found:
        return str(NUMBERS.get(key, key))
    if kind == "region_mean":
        return _("mean of %(n)s of the alliance, computed") % {"n": code}
    if kind == few.POOLED:
        named_facts = " + ".join(fact(key) for key in code.split("+"))
        return _("%(name)s of all of the kind") % {"name": named_facts}
    name = named(indicators[code]) if code in indicators else code
    template = _("weight of %(name)s") if kind == "weight" else _("points of %(name)s")
    return template % {"name": name}


def unit(indicator: Indicator) -> str:
    """The unit beside a value."""
    return str(RELATED.get((indicator.unit, indicator.denominator), UNITS[indicator.unit]))


def value(found: Decimal | None, indicator: Indicator) -> str:
    """A value with the indicator's decimals, or the word for “not assessed”."""
    return words.assessed(found, indicator.decimals)


def reason(found: Mapping[str, Any] | None, indicators: Mapping[str, Indicator]) -> str:
    """Why there is no number, as a sentence; empty when there is one."""
    if not found:
        return ""
    about = "、".join(_about(one, indicators) for one in found["about"])
    return str(REASONS[found["code"]]) % {**found, "about": about}


def few_said(flags: Sequence[str]) -> str:
    """How a value of few cases was taken, as a sentence; empty for a value of this month alone."""
    for flag in flags:
        how, _colon, n = flag.partition(":")
        if how == few.ROLLING:
            return ngettext(
                "Too few cases this month: taken over %(n)s month with data.",
                "Too few cases this month: taken over %(n)s months with data.", int(n),
            ) % {"n": n}  # fmt: skip
        if how == few.POOLED:
            return _("Too few cases: taken of all %(n)s of the kind together.") % {"n": n}
    return ""


def _about(key: str, indicators: Mapping[str, Indicator]) -> str:
    return named(indicators[key]) if key in indicators else fact(key)


def chip(run: MonthRun) -> dict[str, str]:
    """The state of a run as a chip."""
    return {"kind": CHIPS[run.state], "text": str(run.get_state_display())}


# How a number came to be known where the same number may be recorded here or declared.
SOURCES: Mapping[str, Any] = {
    "complaint": gettext_lazy("counted from the complaints recorded here"),
    "offsite_round": gettext_lazy("counted from the filings taken here"),
    "policy_person": gettext_lazy("counted from the policy training held here"),
    "duty_person": gettext_lazy("counted from the responsibility letters signed here"),
    "survey": gettext_lazy("counted from the surveys held here"),
    "declared": gettext_lazy("declared and confirmed"),
}


def source(kind: str) -> str:
    """How a fact of a kind of record came to be known; "" where there is only one way."""
    return str(SOURCES.get(kind.partition("+")[0], ""))
