"""Trying a formula on a month: read, its names checked, worked out for the institutions the member sees.

Nothing is stored. Facts are collected as a month collects them (performance.collect), those of today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import words as web_words
from alliance.web.refused import worded
from performance import collect
from performance.dictionary import book
from performance.engine.expression import ExpressionRefused, Node, names, parse
from performance.engine.expressions import Worked, check_names, facts_of, node_of, work_out
from performance.engine.formula import Formula, Operand
from performance.engine.inputs import report_through
from performance.show import labels
from performance.show.formulas import plain

PLACES = 4
MONTHS = 12  # that can be chosen
MOST_MONTHS = 13  # whose facts one trial may collect


@cache
def known() -> Mapping[str, Node]:
    """The indicators an expression may name; one that is called like a fact stands for the fact."""
    return {
        code: node_of(entry.indicator) for code, entry in book.entries().items() if code not in labels.facts()
    }


class TryForm(forms.Form):
    """An expression, and the month to try it on."""

    expression = forms.CharField(
        label=gettext_lazy("formula"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Keys of facts and codes of indicators, numbers, + − × ÷, brackets, min, max, and prev(x, 12): "
            "x, twelve months earlier. Money counts in fen."
        ),
    )  # fmt: skip
    month = forms.ChoiceField(label=gettext_lazy("month"))

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        last = Month.of(today).previous()
        choices = [last.plus(-back) for back in range(MONTHS)]
        self.fields["month"].choices = [(str(month), web_words.month(month)) for month in choices]  # type: ignore[attr-defined]
        self.node: Node | None = None

    def clean_expression(self) -> str:
        """Read it; a refusal is said at the field, with the place of the letter."""
        text = str(self.cleaned_data["expression"])
        try:
            node = parse(text)
            check_names(node, labels.facts().keys(), known().keys())
            backs = facts_of(node, known()).values()
        except ExpressionRefused as refused:
            raise forms.ValidationError(sentence(refused)) from None
        if len({back for row in backs for back in row}) > MOST_MONTHS:
            raise forms.ValidationError(
                _("A trial looks at no more than %(n)d different months.") % {"n": MOST_MONTHS}
            )
        self.node = node
        return text


def sentence(refused: ExpressionRefused) -> str:
    """A refusal in the language of the reader."""
    expected = {"x": _("a number or a name"), "2": _("two parts"), "2+": _("two parts or more")}
    wanted = str(refused.params.get("expected", ""))
    return worded(refused, **({"expected": expected[wanted]} if wanted in expected else {}))


@dataclass(frozen=True)
class Tried:
    """What came out for one institution: value with four decimals, the line with its numbers, why not."""

    institution: str
    value: str
    line: str
    reason: str


def tried(membership: Membership, node: Node, month: Month) -> list[Tried]:
    """The expression for every institution the member sees; more of them cost no more queries."""
    places = list(Institution.objects.filter(is_active=True).select_related("parent").order_by("code"))
    members = [collect.member_of(place) for place in places]
    facts = report_through(collect.facts_of(_needs(node, month), places), members)
    lined = {member.code for member in members if not member.through}
    return [
        _row(place, work_out(node, facts=facts, institution=place.code, month=month, others=known()))
        for place in places
        if place.code in lined and membership.sees(place.pk)
    ]


def _needs(node: Node, month: Month) -> dict[Month, frozenset[str]]:
    found: dict[Month, set[str]] = defaultdict(set)
    for key, backs in facts_of(node, known()).items():
        for back in backs:
            found[month.plus(-back)].add(key)
    return {at: frozenset(keys) for at, keys in found.items()}


def _row(place: Institution, worked: Worked) -> Tried:
    value = web_words.assessed(worked.exact, PLACES)
    return Tried(place.short_name, value, written(worked.formula), _why(worked))


def written(formula: Formula) -> str:
    """The line with its numbers as text; a missing one as a dash."""
    return " ".join(_number(token) if isinstance(token, Operand) else token.text for token in formula.tokens)


def _number(token: Operand) -> str:
    return web_words.DASH if token.value is None else plain(token.value)


def _why(worked: Worked) -> str:
    if worked.reason is None:
        return ""
    if not worked.reason.about:
        return _("something is divided by zero")
    about = "、".join(labels.fact(key) for key in worked.reason.about)
    return _("not known: %(about)s") % {"about": about}


def named(node: Node) -> Sequence[tuple[str, str, str]]:
    """Every name of the expression once: itself, what it is called, the code of its page ('' for a fact)."""
    found = dict.fromkeys(one.name for one in names(node))
    return [
        (name, labels.named(book.entries()[name].indicator), name)
        if name in known()
        else (name, labels.fact(name), "")
        for name in found
    ]
