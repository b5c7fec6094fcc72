"""The words of the figures: what each counts, against what, the limit in force; one place for all pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.services import parameters
from grouping.reports import grid


@dataclass(frozen=True)
class Word:
    """A word of the pages. `key`: the parameter that holds its limit; `code`: how programs call it."""

    word: Any
    counts: Any
    against: Any = ""
    key: str = ""
    code: str = ""


PAGES = gettext_lazy("all front pages of the month that are not void")
STANDARD = gettext_lazy("the payment standard of the case: weight × rate × coefficients of its day")
MEAN = gettext_lazy("the mean charge of its group: published benchmark, else our own")
WORDS: Mapping[str, Word] = {
    "discharges": Word(
        gettext_lazy("discharges"),
        gettext_lazy("Grouped, ungrouped, ambiguous, ADRG only and not yet grouped front pages together."),
        PAGES, code="discharges",
    ),
    "grouped": Word(
        gettext_lazy("grouped cases"), gettext_lazy("Front pages that reached a DRG."), PAGES, code="grouped"
    ),
    "ungrouped": Word(
        gettext_lazy("ungrouped"),
        gettext_lazy("No rule of the scheme takes the case. Ambiguous cases and those that end at an ADRG "
                     "are counted apart."),
        PAGES, code="ungrouped · ungroupable",
    ),
    "ambiguous": Word(
        gettext_lazy("ambiguous"),
        gettext_lazy("The operation does not go with the principal diagnosis: the scheme's ambiguous groups "
                     "(QY). Not part of the ungrouped."),
        PAGES, code="ambiguous",
    ),
    "adrg_only": Word(
        gettext_lazy("ADRG only"), gettext_lazy("An ADRG was reached that has no DRG for the case."), PAGES,
        code="adrg_only",
    ),
    "pending": Word(
        gettext_lazy("not yet grouped"), gettext_lazy("No result under the scheme in force yet."), PAGES,
        code="pending",
    ),
    "high_multiple": Word(
        gettext_lazy("high-multiple cases, against the standard"),
        gettext_lazy("Charge strictly above the multiple; so the insurer pays it. Beyond the cap: high, over "
                     "the cap."),
        STANDARD, "drg.outlier.high", "high_cases",
    ),
    "cap": Word(
        gettext_lazy("high, over the cap"),
        gettext_lazy("High-multiple cases beyond the share of a hospital's cases; the dearest count first."),
        STANDARD, "drg.outlier.high_cap", "over_cap_cases",
    ),
    "low_multiple": Word(
        gettext_lazy("low-multiple cases, against the standard"),
        gettext_lazy("Charge strictly below the multiple."), STANDARD, "drg.outlier.low", "low_cases",
    ),
    "mean": Word(
        gettext_lazy("cost high against the group's mean"),
        gettext_lazy("An efficiency figure: it needs no rate and decides no payment. Low: below the low "
                     "multiple of the same mean."),
        MEAN, "metrics.cost_multiples", "cases_over_3x · cases_below_0_4x",
    ),
    "queue": Word(
        gettext_lazy("cost far above the group"),
        gettext_lazy("A work item: the payment class where a rate holds; else the multiple of the group's "
                     "mean of the month. The item says which."),
        gettext_lazy("the payment standard, without a rate the group's mean of the month"),
        "coding.outlier", "cost_high · cost_low",
    ),
    "cost_index": Word(
        gettext_lazy("cost index"),
        gettext_lazy("Mean of charge ÷ mean charge of the group; above 1 costs more than the benchmark."),
        MEAN, code="cei",
    ),
    "focused": Word(
        gettext_lazy("High weight, high cost, low effect"),
        gettext_lazy("Cases to look at; a list of reasons, not a class of payment."), MEAN,
    ),
    "risk": Word(
        gettext_lazy("low-risk mortality"),
        gettext_lazy("Deaths in groups of low risk of dying. Risk of dying, not of cost."),
        gettext_lazy("the risk grade of the group: published list, else our own mortality"),
        code="lowrisk_mortality_pct",
    ),
    "estimated": Word(
        gettext_lazy("estimated"),
        gettext_lazy("Money of a case by the tariff in force, before the insurer answers."), STANDARD,
        code="estimated",
    ),
    "insurer": Word(
        gettext_lazy("insurer's answer"),
        gettext_lazy("The amount the insurer's group results name for the case; month and year accounts "
                     "follow."),
        code="insurer",
    ),
}  # fmt: skip


def url(word: str = "") -> str:
    """Where the words stand; with a word, only that one."""
    asked = {"part": "words", **({"q": str(WORDS[word].word)} if word else {})}
    return f"{reverse('data-dictionary')}?{urlencode(asked)}"


def table(today: date) -> grid.Grid:
    """One line a word, with the limit in force today."""
    columns = grid.columns(
        (_("term"), grid.HEAD), (_("what it counts"), grid.WRAP), (_("against"), grid.WRAP),
        (_("limit in force"), grid.TEXT), (_("for programs"), grid.TEXT),
    )  # fmt: skip
    rows = [
        grid.row(str(one.word), str(one.counts), str(one.against), _limit(one.key, today), one.code)
        for one in WORDS.values()
    ]
    return grid.Grid(columns, rows, caption=_("Words of the figures"))


def _limit(key: str, today: date) -> str:
    """The limit as the parameter has it: one value, or one a level."""
    if not key:
        return ""
    value = parameters.in_force(key, on=today)
    if not isinstance(value, Mapping):
        return f"{value} %" if key.endswith("_cap") else str(value)
    return ", ".join(f"{_level(name)} {text}" for name, text in value.items())


def _level(name: str) -> str:
    names = {"tertiary": _("tertiary"), "secondary": _("secondary"), "high": _("high"), "low": _("low")}
    return names.get(name, name)
