"""Kinds, parts and numbers of entitlement sheets in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from alliance.web import words
from alliance.web.parts import FormulaLine, Term
from performance.entitlement import words_divided

NUMBERS: Mapping[str, Any] = {
    "pay_fen": gettext_lazy("approved pay of the team (yuan)"),
    "month_pay_fen": gettext_lazy("pay of the month in the books, corrections included (yuan)"),
    "posts": gettext_lazy("full posts"),
    "base": pgettext_lazy("entitlement", "base"),
    "process": pgettext_lazy("entitlement", "process"),
    "outcome": pgettext_lazy("entitlement", "outcome"),
    "drg": pgettext_lazy("entitlement", "contribution to the groups"),
    "share_base": gettext_lazy("share of the base (%)"),
    "share_process": gettext_lazy("share of the process (%)"),
    "share_outcome": gettext_lazy("share of the outcome (%)"),
    "share_drg": gettext_lazy("share of the groups (%)"),
    "score_process": gettext_lazy("score of the process (%)"),
    "score_outcome": gettext_lazy("score of the outcome (%)"),
    "score_drg": gettext_lazy("score of the groups (%)"),
    "follow_up_now": gettext_lazy("follow-up completion now (%)"),
    "follow_up_last": gettext_lazy("follow-up completion last year (%)"),
    "control_now": gettext_lazy("control rate now (%)"),
    "control_last": gettext_lazy("control rate last year (%)"),
    "cost_now_fen": gettext_lazy("inpatient cost a managed person now (yuan)"),
    "cost_last_fen": gettext_lazy("inpatient cost a managed person last year (yuan)"),
    "step_percent": gettext_lazy("gained by steps (%)"),
    "step_follow_up": gettext_lazy("follow-up completion"),
    "step_control": gettext_lazy("control rate"),
    "step_cost": gettext_lazy("inpatient cost"),
    "heads": gettext_lazy("contracted heads"),
    "months": gettext_lazy("months it is for"),
    "year": gettext_lazy("months of a year"),
    "head_price_fen": gettext_lazy("subsidy a head and year (yuan)"),
    "fixed_percent": gettext_lazy("fixed part (%)"),
    "linked_percent": gettext_lazy("linked part (%)"),
    "head_fixed": gettext_lazy("fixed part"),
    "head_linked": gettext_lazy("part that follows the results"),
    "months_low": gettext_lazy("person-months, low risk"),
    "months_mid": gettext_lazy("person-months, medium risk"),
    "months_high": gettext_lazy("person-months, high risk"),
    "package_low": gettext_lazy("packages, low risk"),
    "package_mid": gettext_lazy("packages, medium risk"),
    "package_high": gettext_lazy("packages, high risk"),
    "package_price_fen": gettext_lazy("price of a person and year (yuan)"),
    "package_result": gettext_lazy("reward of a saving or deduction of an overspend"),
    "saving_fen": gettext_lazy("saving, or overspend below zero (yuan)"),
    "saved_fen": gettext_lazy("saved (yuan)"),
    "prepaid_fen": gettext_lazy("paid ahead already (yuan)"),
    "package_floor": gettext_lazy("a settlement below zero counts as zero"),
    "owed": gettext_lazy("still owed of earlier sheets"),
    "owed_before_fen": gettext_lazy("still owed of earlier sheets"),
    "score_owed_before_fen": gettext_lazy("still owed of earlier sheets (yuan)"),
    "prepaid": gettext_lazy("paid ahead already"),
    "this_year_fen": gettext_lazy("retained surplus this year (yuan)"),
    "last_year_fen": gettext_lazy("retained surplus last year (yuan)"),
    "increase_fen": gettext_lazy("increase (yuan)"),
    "retained": gettext_lazy("teams' part of the increase"),
    "prevention": gettext_lazy("members' part of the saving"),
    "contribution": gettext_lazy("contribution"),
    "percent": gettext_lazy("percent"),
    "weight_sum": gettext_lazy("sum of the weights"),
    "award": pgettext_lazy("pool", "award"),
    "award_fen": gettext_lazy("award (yuan)"),
    "award_price_fen": gettext_lazy("award of one (yuan)"),
    "clinics": gettext_lazy("clinics recognised"),
    **words_divided.NUMBERS,
}
# Names inside a parameter's table.
TERMS: Mapping[str, Any] = {
    **{name: NUMBERS[name] for name in ("base", "process", "outcome", "drg")},
    "min": gettext_lazy("at least"), "max": gettext_lazy("at most"), "rise": gettext_lazy("a rise of"),
    "fall": gettext_lazy("a fall of"), "pay": gettext_lazy("pays"),
    "low": pgettext_lazy("risk", "low"), "mid": pgettext_lazy("risk", "medium"),
    "high": pgettext_lazy("risk", "high"), **words_divided.TERMS,
}  # fmt: skip
PERCENT = (
    "share_", "score_", "step_percent", "fixed_percent", "linked_percent", "percent", "carry_out_percent",
)  # fmt: skip
LESS = gettext_lazy(
    "more was paid ahead or deducted than is due: nothing is paid now, later dues give back %(owed)s yuan"
)
SCORE = "score_"
MANY = 1  # parts from which a closing line adds them up


def number(name: str) -> str:
    """A number or part by name."""
    return str(NUMBERS[name])


def value(name: str, found: Any) -> str:
    """A number as people read it."""
    if name == "score_side":
        return str(words_divided.TERMS["primary" if found else "tertiary"])
    if name.endswith("_fen"):
        return words.yuan(int(found))
    text = words.plain(Fraction(str(found)), 4)
    return f"{text}%" if name.startswith(PERCENT) else text


def lines(parts: Sequence[Mapping[str, Any]], fen: int, scores: str = "") -> list[FormulaLine]:
    """Each part with its numbers put in, and what they add up to. `scores`: where those of the line open."""
    found = formulas(parts, scores)
    if len(found) > MANY:
        short = fen - sum(part["fen"] for part in parts)
        note = LESS % {"owed": words.yuan(short)} if short else ""
        due = pgettext("entitlement", "due")
        found.append(FormulaLine(due, (), words.yuan(fen), note, total=True, unit=_("yuan")))
    return found


def formulas(parts: Sequence[Mapping[str, Any]], scores: str = "") -> list[FormulaLine]:
    """Each part with its numbers put in."""
    return [
        FormulaLine(
            number(part["name"]),
            [
                Term(value(name, given), number(name), scores if name.startswith(SCORE) else "", sign)
                for sign, name, given in _product(part["told"])
            ],
            words.yuan(part["fen"]), _from_to(part["told"]) or _above(part["told"]), unit=_("yuan"),
        )
        for part in parts
    ]  # fmt: skip


def _product(told: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """The numbers that were multiplied, without those that are compared."""
    return [one for one in told if one[0] not in ("|", "→", "≥")]


def _above(told: Sequence[Sequence[Any]]) -> str:
    """What a full post gets beside the minimum wage, where a part has such a floor (S0-52)."""
    found = {name: given for sign, name, given in told if sign == "≥"}
    if not found:
        return ""
    return _("%(each)s yuan a post of %(posts)s full posts; the minimum wage is %(wage)s yuan") % {
        "each": words.yuan(int(found["post_base_fen"])),
        "posts": words.plain(Fraction(str(found["posts"])), 4),
        "wage": words.yuan(int(found["wage_fen"])),
    }


def _from_to(told: Sequence[Sequence[Any]]) -> str:
    """“80% → 92%”, where a part compares two years."""
    at = next((place for place, one in enumerate(told) if one[0] == "|"), None)
    if at is None:
        return ""
    (_sign, last_name, last), (_arrow, now_name, now) = told[at], told[at + 1]
    return f"{value(last_name, last)} → {value(now_name, now)}"
