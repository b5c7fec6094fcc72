"""Templates as cards and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy

from performance.drafting import words
from performance.engine.scheme import Column, Scheme
from performance.engine.templates import Template
from performance.models import Level

EVALUATORS = {
    "internal": gettext_lazy("own staff"),
    "peer": gettext_lazy("other members"),
    "third_party": gettext_lazy("third party"),
    "authority": gettext_lazy("health commission"),
    "patient": gettext_lazy("patients"),
}


@dataclass(frozen=True)
class Part:
    """A dimension in a bar: name, points of 100 from where, which shade (1 to 5)."""

    name: str
    weight: Decimal
    shade: int
    begin: Decimal


@dataclass(frozen=True)
class Picture:
    """A column as one bar of its dimensions."""

    name: str
    parts: tuple[Part, ...]
    indicators: int


def cards(templates: Iterable[Template]) -> list[dict[str, Any]]:
    """Every template with its pictures, in the order of the levels."""
    order = list(Level)
    return [page(one) for one in sorted(templates, key=lambda one: (order.index(Level(one.level)), one.code))]


def page(found: Template) -> dict[str, Any]:
    """What a card and the page of a template say."""
    english = (get_language() or "").startswith("en")
    weights = found.evaluators.weights if found.evaluators else {}
    return {
        "title": words.named(found.scheme), "template": found, "code": found.code,
        "level": Level(found.level).label, "about": found.about_en if english else found.about_zh,
        "sources": ", ".join(runs(found.sources)), "pictures": pictures(found.scheme),
        "evaluators": Picture("", _parts((EVALUATORS[kind], weight) for kind, weight in weights.items()), 0),
    }  # fmt: skip


def runs(sources: Sequence[str]) -> list[str]:
    """Requirements in a row as one: S0-20, S0-21, S0-22 as S0-20..22."""
    found: list[list[str]] = []
    for one in sources:
        head, _dash, number = one.rpartition("-")
        last = found[-1][-1].rpartition("-") if found else ("", "", "")
        if number.isdigit() and last[0] == head and last[2].isdigit() and int(number) == int(last[2]) + 1:
            found[-1].append(one)
        else:
            found.append([one])
    return [one[0] if len(one) == 1 else f"{one[0]}..{one[-1].rpartition('-')[2]}" for one in found]


def pictures(scheme: Scheme) -> list[Picture]:
    """Each column as a bar of its dimensions; one shade a dimension in all columns."""
    return [_picture(scheme, column) for column in scheme.columns]


def _picture(scheme: Scheme, column: Column) -> Picture:
    named = ((words.named(one), column.weight(one.code)) for one in scheme.dimensions)
    return Picture(words.named(column), _parts(named), len(column.items))


def _parts(named: Iterable[tuple[Any, Decimal]]) -> tuple[Part, ...]:
    found: list[Part] = []
    begin = Decimal(0)
    for shade, (name, weight) in enumerate(named, start=1):
        if weight:
            found.append(Part(str(name), weight, shade, begin))
        begin += weight
    return tuple(found)
