"""The formula of an indicator without numbers: every fact by its name, below it its key and month."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.web.parts import FormulaLine, Term
from performance.engine.formula import Formula, Operand
from performance.engine.indicators import Indicator, evaluate
from performance.show import labels
from performance.show.formulas import plain

# Any month: the formula is written by the engine itself, so that what is shown is what is computed.
NOW = Month(2000, 1)


def line(indicator: Indicator) -> FormulaLine:
    """The indicator as one line: the terms left to right, the unit as result."""
    written = evaluate(indicator, facts={}, institution="", month=NOW).formula
    return FormulaLine(_("Formula"), list(_terms(written, indicator)), labels.unit(indicator))


def _terms(written: Formula, indicator: Indicator) -> Iterator[Term]:
    signs: list[str] = []
    for token in written.tokens:
        if isinstance(token, Operand):
            yield _term(token, " ".join(signs), indicator)
            signs.clear()
        else:
            signs.append(token.text)
    if signs:
        yield Term("", op=" ".join(signs))


def _term(token: Operand, op: str, indicator: Indicator) -> Term:
    if token.origin != "fact":
        assert token.value is not None, "an indicator's own numbers are known"
        return Term(plain(token.value), labels.number(token.name, {}), op=op)
    label = token.name
    if token.month != NOW:
        label = _("%(key)s, %(n)d months earlier") % {"key": token.name, "n": indicator.months_back}
    return Term(labels.fact(token.name), label, op=op)


def symbols(indicator: Indicator) -> str:
    """The same in keys of facts, for a workbook: 100 × ( a + b ) ÷ c; a[-12] is a twelve months earlier."""
    written = evaluate(indicator, facts={}, institution="", month=NOW).formula
    return " ".join(
        _symbol(token, indicator.months_back) if isinstance(token, Operand) else token.text
        for token in written.tokens
    )


def _symbol(token: Operand, months_back: int) -> str:
    if token.origin != "fact":
        return str(token.value)
    return token.name if token.month == NOW else f"{token.name}[-{months_back}]"
