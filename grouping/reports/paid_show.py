"""What a month's stays are paid, as a page shows it: by institution, by class, case by case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web import parts, words
from grouping.facts import PaymentFact
from grouping.reports import grid
from grouping.services.paying import CLASSES, PAID_CLASSES, PaidStay

# Each class in words, and what it means for the money.
NAMES: Mapping[str, tuple[Any, Any]] = {
    "low": (gettext_lazy("low multiple"), gettext_lazy("paid at cost")),
    "normal": (gettext_lazy("normal"), gettext_lazy("paid at the standard")),
    "high": (
        gettext_lazy("high multiple"),
        gettext_lazy("paid the standard and what exceeds the multiple"),
    ),
    "high_over_cap": (
        gettext_lazy("high multiple, over the cap"),
        gettext_lazy("more high cases than the cap allows: paid at the standard"),
    ),
    "out_of_scope": (
        gettext_lazy("paid otherwise"),
        gettext_lazy("by bed-day, capitation and the like: no weight pays it, and it is no error"),
    ),
    "ungrouped": (gettext_lazy("without a weight"), gettext_lazy("in no group, or a group without a weight")),
    "unpriced": (gettext_lazy("without a rate"), gettext_lazy("no rate is in force on the day of discharge")),
}


@dataclass
class Sums:
    """Sums of some stays, fen; `paid_cost_fen` is the cost of those that have a payment."""

    stays: int = 0
    estimated: int = 0
    cost_fen: int = 0
    paid: int = 0
    paid_cost_fen: int = 0
    standard_fen: int = 0
    payment_fen: int = 0
    estimated_fen: int = 0

    def add(self, one: PaidStay) -> None:
        """Count one more stay; `estimated_fen` is the payment that still rests on a front page."""
        self.stays += 1
        self.estimated += one.estimated
        self.cost_fen += one.cost_fen
        if one.payment_fen is not None:
            self.paid += 1
            self.paid_cost_fen += one.cost_fen
            self.standard_fen += one.standard_fen or 0
            self.payment_fen += one.payment_fen
            self.estimated_fen += one.payment_fen if one.estimated else 0


def summed(stays: Iterable[PaidStay], key: Callable[[PaidStay], Any]) -> dict[Any, Sums]:
    """Sums of the stays by a key."""
    found: dict[Any, Sums] = {}
    for one in stays:
        found.setdefault(key(one), Sums()).add(one)
    return found


def title(month: Month, total: Sums) -> str:
    """The answer of the page: what is paid, and how much of it is an estimate."""
    known = {
        "month": words.month(month), "payment": words.yuan(total.payment_fen),
        "estimated": words.yuan(total.estimated_fen),
    }  # fmt: skip
    if not total.paid:
        return _("%(month)s: no stay has a payment yet") % known
    return _("%(month)s: %(payment)s yuan by weight, %(estimated)s of it estimated") % known


def figures(total: Sums, facts: Sequence[PaymentFact]) -> list[parts.Fig]:
    """How many stays, by which document, what is paid, what waits."""
    lists, waiting = total.stays - total.estimated, sum(fact.unmatched for fact in facts)
    return [
        parts.Fig(
            _("stays"), words.num(total.stays),
            detail=_("%(lists)s by their list, %(pages)s by their front page (estimate)") % {
                "lists": words.num(lists), "pages": words.num(total.estimated)
            },
        ),
        parts.Fig(
            _("payment (yuan)"), words.yuan(total.payment_fen),
            detail=_("of %(n)s stays") % {"n": words.num(total.paid)},
        ),
        parts.Fig(
            _("of it estimated (yuan)"), words.yuan(total.estimated_fen),
            detail=_("until their lists arrive"), bad=False,
        ),
        parts.Fig(
            _("payment less cost (yuan)"), words.yuan_diff(total.payment_fen - total.paid_cost_fen),
            detail=_("of the same stays"),
        ),
        parts.Fig(
            _("lists to be matched"), words.num(waiting), bad=bool(waiting),
            detail=_("in no figure: their front page may be among the estimates"),
        ),
    ]  # fmt: skip


def waiting(facts: Sequence[PaymentFact], *, linked: bool) -> list[parts.Fact]:
    """The lists still to be matched, with the way to them; nothing when none waits."""
    number = sum(fact.unmatched for fact in facts)
    if not number:
        return []
    said = ngettext("Match %(n)s list", "Match %(n)s lists", number) % {"n": words.num(number)}
    return [parts.Fact(said, url=f"{reverse('pairs')}?view=unmatched" if linked else "")]


def by_institution(
    month: Month, stays: Sequence[PaidStay], total: Sums, places: Mapping[int, Institution]
) -> grid.Grid:
    """One line an institution, with the total."""
    found = summed(stays, lambda one: one.institution)
    ordered = sorted(found, key=lambda pk: (places[pk].pinyin, places[pk].code))
    rows = [_line(month, places[pk].short_name, found[pk], institution=pk) for pk in ordered]
    foot = _line(month, _("total"), total).cells
    return grid.Grid(_columns(_("institution")), rows, foot, caption=_("By institution"))


def by_class(month: Month, stays: Sequence[PaidStay], total: Sums) -> grid.Grid:
    """One line a class: every stay is in exactly one, so that the lines add up to the month."""
    found = summed(stays, lambda one: one.kind)
    rows = [_line(month, kind_name(kind), found[kind], kind=kind) for kind in CLASSES if kind in found]
    foot = _line(month, _("total"), total).cells
    return grid.Grid(_columns(_("class")), rows, foot, caption=_("Every stay in one class"))


def meanings(stays: Sequence[PaidStay]) -> list[parts.Fact]:
    """What each class that occurs means for the money."""
    used = {one.kind for one in stays}
    return [parts.Fact(kind_name(kind), str(NAMES[kind][1])) for kind in CLASSES if kind in used]


def kind_name(kind: str) -> str:
    """A class in words."""
    return str(NAMES[kind][0])


def _columns(first: str) -> list[grid.Column]:
    return grid.columns(
        (first, grid.HEAD), (_("stays"), grid.NUMBER), (_("of them estimated"), grid.NUMBER),
        (_("charges (yuan)"), grid.NUMBER), (_("standard (yuan)"), grid.DESK_NUMBER),
        (_("payment (yuan)"), grid.KEY), (_("payment less cost (yuan)"), grid.NUMBER),
    )  # fmt: skip


def _line(month: Month, name: str, sums: Sums, **asked: object) -> grid.Row:
    paid = bool(sums.paid)
    return grid.row(
        name, grid.Cell(words.num(sums.stays), cases_url(month, **asked)),
        grid.Cell(words.num(sums.estimated), cases_url(month, estimated="1", **asked))
        if sums.estimated else words.num(0),
        words.yuan(sums.cost_fen), words.yuan(sums.standard_fen) if paid else words.DASH,
        words.yuan(sums.payment_fen) if paid else words.DASH,
        words.yuan_diff(sums.payment_fen - sums.paid_cost_fen) if paid else words.DASH,
    )  # fmt: skip


def cases_url(month: Month, **asked: object) -> str:
    """The stays behind a number."""
    return f"{reverse('payment-month-cases')}?{urlencode({'month': str(month), **asked})}"


def cases(
    stays: Sequence[PaidStay], rows: Mapping[int, Any], places: Mapping[int, Institution], *, linked: bool
) -> grid.Grid:
    """Stays with the document that pays each, its class and its money."""
    columns = grid.columns(
        (_("record number"), grid.HEAD), (_("institution"), grid.TEXT), (_("discharged"), grid.TEXT),
        (_("document"), grid.TEXT), ("DRG", grid.TEXT), (_("class"), grid.WRAP),
        (_("charges (yuan)"), grid.NUMBER), (_("standard (yuan)"), grid.DESK_NUMBER),
        (_("payment (yuan)"), grid.KEY),
    )  # fmt: skip
    lines = [_case(one, rows[one.case], places, linked) for one in stays if one.case in rows]
    return grid.Grid(columns, lines, caption=_("Stays"))


def _case(one: PaidStay, row: Any, places: Mapping[int, Institution], linked: bool) -> grid.Row:
    document = grid.Cell(_("front page: estimate"), chip="prov") if one.estimated else _("settlement list")
    inside = one.kind in PAID_CLASSES
    return grid.row(
        grid.Cell(str(row), reverse("case", args=[one.case]) if linked else ""),
        places[one.institution].short_name, words.day(row.discharged_at), document, one.drg or words.DASH,
        kind_name(one.kind), words.yuan(one.cost_fen),
        words.yuan(one.standard_fen) if inside else words.DASH,
        words.yuan(one.payment_fen) if inside else words.DASH,
    )  # fmt: skip
