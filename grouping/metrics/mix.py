"""The case mix of a month: groups as bubbles, and the top share by weight with what their cost is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.services import parameters
from alliance.web import charts, words
from grouping.engine.exact import half_up, quotient
from grouping.engine.metrics import Tally
from grouping.engine.stays import FEE_CLASSES
from grouping.metrics import facts, names
from grouping.metrics.facts import Key, Yardstick
from grouping.metrics.show import Question

DRAWN = 60  # more bubbles hide each other; the table has all
RISKS = {
    0: gettext_lazy("no deaths"), 1: gettext_lazy("low"), 2: gettext_lazy("mid-low"),
    3: gettext_lazy("mid-high"), 4: gettext_lazy("high"),
}  # fmt: skip
# The classes of a front page, those of one kind together.
CLASSES: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "drugs": (gettext_lazy("drugs"), ("western_drugs", "patent_drugs", "herbal_drugs")),
    "exam": (gettext_lazy("tests and imaging"), ("exam",)),
    "treatment": (gettext_lazy("treatment"), ("treatment", "rehabilitation", "tcm")),
    "service": (gettext_lazy("general service"), ("service",)),
    "blood": (gettext_lazy("blood"), ("blood",)),
    "other": (gettext_lazy("other charges"), ("other",)),
}
assert {name for _label, parts in CLASSES.values() for name in parts} == FEE_CLASSES.keys() - {"consumables"}


@dataclass(frozen=True)
class Line:
    """One DRG of the month; ratios are against the benchmark, None where it knows no mean."""

    code: str
    name: str
    url: str
    cases: int
    weight: Decimal | None
    mean_cost: int
    mean_stay: Decimal
    cost_ratio: Decimal | None
    stay_ratio: Decimal | None
    risk: str
    deaths: int


def groups(asked: Question, yardstick: Yardstick) -> list[Line]:
    """The DRGs of the scope, the most frequent first."""
    found = facts.tallies([asked.month], "group", asked.scope)
    titles = names.groups(asked.month)
    lines = [_line(asked, key, tally, yardstick, titles) for key, tally in found.items()]
    return sorted(lines, key=lambda line: (-line.cases, line.code))


def _line(asked: Question, key: Key, tally: Tally, yardstick: Yardstick, titles: Mapping[str, str]) -> Line:
    norm, code = yardstick.norms.get(key[1]), key[1]
    cost, stay = Fraction(tally.cost_fen, tally.submitted), Fraction(tally.stay_days, tally.submitted)
    return Line(
        code, titles.get(code, ""), asked.url("metric", metric="mean_cost_fen", drg=code), tally.submitted,
        quotient(tally.weight_sum, tally.weighted_cases, 4), int(half_up(cost, 0)), half_up(stay, 1),
        half_up(cost / norm.mean_cost, 2) if norm and norm.mean_cost else None,
        half_up(stay / norm.mean_stay, 2) if norm and norm.mean_stay else None,
        str(RISKS[norm.risk]) if norm and norm.risk is not None else "", tally.deaths,
    )  # fmt: skip


def chart(lines: Sequence[Line], limit: Fraction) -> charts.Chart | None:
    """Groups by mean stay and mean charge; the title says how many are above so many times the benchmark."""
    drawn = [line for line in lines[:DRAWN] if line.mean_cost > 0]
    if not drawn:
        return None
    dear = [line for line in lines if line.cost_ratio is not None and line.cost_ratio > limit]
    title = _("%(dear)d of %(all)d groups cost more than %(limit)s times the benchmark") % {
        "dear": len(dear), "all": len(lines), "limit": words.num(limit, 1)
    }  # fmt: skip
    points = [
        charts.Bubble(
            line.code, line.mean_stay, Decimal(line.mean_cost).scaleb(-2), line.cases,
            (f"{line.code} {line.name}", words.num(line.mean_stay, 1), words.yuan(line.mean_cost),
             words.num(line.cases)),
        )
        for line in drawn
    ]  # fmt: skip
    heads = (_("group"), _("mean stay (days)"), _("mean charge (yuan)"), _("cases"))
    return charts.bubbles(
        "mix", title, (heads[1], heads[2]), heads, points, tall=True,
        sentence=_("Size: cases. The axis of charges is logarithmic.") + " " + _drawn(len(drawn), len(lines)),
    )  # fmt: skip


def _drawn(drawn: int, every: int) -> str:
    """Which of the groups the picture shows; the table below it has every one."""
    if drawn == every:
        return _("All %(n)d groups are drawn.") % {"n": every}
    return _("Drawn: %(drawn)d of %(all)d groups, those with the most cases; the list below has all.") % {
        "drawn": drawn, "all": every,
    }  # fmt: skip


@dataclass(frozen=True)
class Part:
    """The cost of some groups: cases, shares by class in percent of the charges, consumables in percent."""

    name: str
    sub: str
    url: str
    weight: Decimal | None
    cases: int
    mean_cost: int | None
    consumables: Decimal | None
    shares: Sequence[Decimal | None]


def top(asked: Question) -> dict[str, Any]:
    """The top share of the groups by weight (S1-44), each with its cost structure, against all others."""
    found = facts.tallies([asked.month], "group", asked.scope)
    share = Decimal(str(parameters.in_force("qe.high_cmi_top", on=asked.month.last_day)))
    weighted = {
        code: quotient(tally.weight_sum, tally.weighted_cases, 4)
        for (_all, code), tally in found.items()
        if tally.weighted_cases
    }
    ordered = sorted(weighted, key=lambda code: (-(weighted[code] or 0), code))
    chosen = ordered[: ceil(len(ordered) * share / 100)]
    titles = names.groups(asked.month)
    rows = [
        _part(code, titles.get(code, ""), asked.url("metric", metric="consumable_share_pct", drg=code),
              found[0, code])
        for code in chosen
    ]  # fmt: skip
    together = _together(found[0, code] for code in chosen)
    others = _together(tally for (_all, code), tally in found.items() if code not in set(chosen))
    return {
        "top_rows": rows, "share": share, "of": len(ordered),
        "classes": [label for label, _parts in CLASSES.values()],
        "top_feet": [
            _part(_("these groups together"), "", "", together), _part(_("all other groups"), "", "", others),
        ],
    }  # fmt: skip


def _together(tallies: Any) -> Tally:
    found = Tally()
    for tally in tallies:
        found.absorb(tally)
    return found


def _part(name: str, sub: str, url: str, tally: Tally) -> Part:
    sums = [sum(getattr(tally, f"{one}_fen") for one in parts) for _label, parts in CLASSES.values()]
    shares = [quotient(100 * value, tally.cost_fen, 1) for value in sums]
    return Part(
        name, sub, url, quotient(tally.weight_sum, tally.weighted_cases, 4), tally.submitted,
        tally.mean_cost_fen, tally.consumable_share_pct, shares,
    )  # fmt: skip
