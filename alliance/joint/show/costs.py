"""What the pages of coordination costs show."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.joint import costs
from alliance.joint.show.common import tabs
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import parts, words

Page = dict[str, Any]


def page(lines: list[costs.CostLine], month: Month, membership: Membership) -> Page:
    """Every institution with its formula; records behind each number."""
    places = Institution.objects.in_bulk({line.institution_id for line in lines})
    houses = [
        (places[place], formula(list(rows)))
        for place, rows in groupby(lines, key=lambda line: line.institution_id)
    ]
    undecided = [name for name, fen in costs.unit_costs(month.last_day).items() if fen is None]
    return {
        "title": _("Coordination costs"), "month": month, "before": month.plus(-1), "after": month.plus(1),
        "tabs": tabs(membership, "joint-costs"), "houses": houses, "undecided": bool(undecided),
        "figs": [
            parts.Fig(_("compensation proposed (yuan)"), words.yuan(costs.proposed(lines))),
            parts.Fig(_("institutions"), words.num(len(houses))),
        ],
    }  # fmt: skip


def formula(lines: list[costs.CostLine]) -> list[parts.FormulaLine]:
    """Quantity times unit cost, line by line, and the sum."""
    found = [_line(line) for line in lines]
    total = words.yuan(costs.proposed(lines))
    return [*found, parts.FormulaLine(_("compensation proposed"), (), total, total=True, unit=_("yuan"))]


def _line(line: costs.CostLine) -> parts.FormulaLine:
    kind = line.kind
    query = urlencode({"month": line.month, "institution": line.institution_id, "kind": kind.name})
    terms = [parts.Term(words.num(line.quantity), str(kind.unit), f"{reverse('joint-cost-records')}?{query}")]
    if kind.each != 1:
        terms.append(parts.Term(words.num(kind.each), _("minutes an hour"), op="÷"))
    if line.unit_fen is None:
        return parts.FormulaLine(str(kind.label), terms, _("not assessed"), _("no unit cost is decided"))
    label = _("yuan an hour") if kind.each != 1 else _("yuan each")
    terms.append(parts.Term(words.yuan(line.unit_fen), label, op="×"))
    return parts.FormulaLine(str(kind.label), terms, words.yuan(line.fen), unit=_("yuan"))


def records_page(line: costs.CostLine | None, month: Month, membership: Membership) -> Page:
    """The records behind one line."""
    kind = line.kind if line else None
    found = kind.records(line.ids) if line and kind else []
    opens = bool(kind and membership.can(kind.needs))
    rows = [(one, reverse(one.page, args=[one.pk]) if opens else "") for one in found]
    return {
        "title": str(kind.label) if kind else _("Coordination costs"), "month": month, "rows": rows,
        "unit": str(kind.unit) if kind else "", "total": sum(one.quantity for one in found),
        "place": Institution.objects.get(pk=line.institution_id).name if line else "",
    }  # fmt: skip


def heads() -> list[str]:
    """Headings of the exported lines."""
    return [
        _("month"), _("institution"), _("kind"), _("quantity"), _("unit"), _("unit cost (yuan)"),
        _("compensation proposed (yuan)"), _("numbers of the records"),
    ]  # fmt: skip


def cells(lines: list[costs.CostLine]) -> Iterator[list[Any]]:
    """Exported lines with the records behind."""
    places = Institution.objects.in_bulk({line.institution_id for line in lines})
    for line in lines:
        yield [
            str(line.month), places[line.institution_id].name, str(line.kind.label), line.quantity,
            str(line.kind.unit), _yuan(line.unit_fen), _yuan(line.fen), " ".join(map(str, line.ids)),
        ]  # fmt: skip


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100
