"""Pools, pots and their numbers in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.web import words
from alliance.web.cells import chip
from alliance.web.parts import FormulaLine, Term
from performance.engine.pay.steps import explain
from performance.models import PayPool, PayPot

POOL: Mapping[str, str] = {"draft": "", "proposed": "prov", "posted": "ok", "reversed": "late"}
POT: Mapping[str, str] = {
    "open": "warn", "drafted": "", "shown": "info", "submitted": "prov", "posted": "ok", "reversed": "late",
}  # fmt: skip
FACTORS: Mapping[str, Any] = {
    "above_fen": gettext_lazy("to divide (yuan)"),
    "score": gettext_lazy("score"),
    "mean_score": gettext_lazy("mean score of the others"),
    "alike_score": gettext_lazy("in place of the score: all of the group scored 0"),
    "basis_fen": gettext_lazy("basis (yuan)"),
    "points": pgettext_lazy("pay", "points"),
    "entitled_fen": gettext_lazy("due by the sheet (yuan)"),
    "time": gettext_lazy("full-time people"),
    "group_coefficient": gettext_lazy("coefficient of the group"),
    "clinical_mean": gettext_lazy("clinical mean"),
    "administration": gettext_lazy("coefficient of administration"),
    "percent": gettext_lazy("percent"),
    "weight_sum": gettext_lazy("sum of the weights"),
}
PARTS: Mapping[str, Any] = {
    "team": pgettext_lazy("pot", "teams first"), "unit": pgettext_lazy("pot", "departments"),
}  # fmt: skip
CHARGES: Mapping[str, Any] = {
    "drug": gettext_lazy("drugs"), "consumable": gettext_lazy("consumables"),
    "examination": gettext_lazy("examinations"), "test": gettext_lazy("laboratory tests"),
}  # fmt: skip


def pool_chip(row: PayPool) -> SafeString:
    """The state of a pool."""
    return chip(POOL[row.state], row.get_state_display())


def pot_chip(row: PayPot) -> SafeString:
    """The state of a pot."""
    return chip(POT[row.state], row.get_state_display())


def group(code: str) -> str:
    """A group of staff, or the part teams or departments get."""
    return str(PARTS.get(code) or PayPot.Group(code).label)


def line(name: str, above: int, share: Mapping[str, Any], weight: Decimal) -> FormulaLine:
    """An amount above x factors ÷ sum of the weights = exact share, with the whole fen it became."""
    factors = tuple((key, Decimal(value)) for key, value in share["factors"])
    told = explain(above, factors, weight)
    money = any(key.endswith("_fen") for key, _value in factors)
    extra = _("one fen more, place %(rank)d") if share["got_extra_fen"] else _("no fen more, place %(rank)d")
    exact = words.num(Fraction(Decimal(share["quota"])) / 100, 6)
    return FormulaLine(
        name, terms(told.tokens, in_fen=money), words.yuan(share["fen"]),
        _("%(exact)s exactly; by largest remainder %(extra)s")
        % {"exact": exact, "extra": extra % {"rank": share["remainder_rank"]}},
        unit=_("yuan"),
    )  # fmt: skip


def terms(tokens: Sequence[Any], *, in_fen: bool) -> list[Term]:
    """The numbers of a line with the sign before each; a weight of money is shown in yuan."""
    found, sign = [], ""
    for token in tokens:
        if token.kind == "sign":
            sign = token.text
            continue
        number = token.value
        if token.name.endswith("_fen"):
            text = words.yuan(int(number))
        elif token.name == "weight_sum" and in_fen:
            text = words.num(Fraction(number) / 100, 2)
        else:
            text = words.plain(Fraction(number), 6)
        found.append(Term(text, str(FACTORS[token.name]), op=sign))
        sign = ""
    return found


def stored(row: Any) -> dict[str, Any]:
    """The columns of a stored share as `line` takes them."""
    return {
        "factors": row.factors, "fen": row.fen, "quota": row.quota, "got_extra_fen": row.got_extra_fen,
        "remainder_rank": row.remainder_rank,
    }  # fmt: skip
