"""Figures above the list of cases and on the home page: discharges, grouping rate, in no group, CMI."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts, words
from grouping import facts


def title(month: Month | None) -> str:
    """The month whose cases are listed."""
    return _("Cases of %(month)s") % {"month": words.month(month)} if month else _("Cases found")


def rows_of(membership: Membership, month: Month) -> list[facts.CaseFact]:
    """The facts of the institutions the member sees."""
    own = membership.institution_id
    return [row for row in facts.case_facts(month) if own in (None, row.institution_id)]


# The outcomes a front page can have beside a DRG: together with the grouped they are all discharges.
OUTCOMES: dict[str, Any] = {
    "ungrouped": gettext_lazy("ungrouped"), "ambiguous": gettext_lazy("ambiguous"),
    "adrg_only": gettext_lazy("ADRG only"), "pending": gettext_lazy("not yet grouped"),
}  # fmt: skip


def counts(rows: Sequence[facts.CaseFact]) -> dict[str, int]:
    """Front pages by outcome, and all of them; the outcomes add up to the whole with the grouped ones."""
    found = {name: sum(getattr(row, name) for row in rows) for name in OUTCOMES}
    return {"all": sum(row.discharges for row in rows), **found}


def beside(rows: Sequence[facts.CaseFact]) -> str:
    """What else is in no DRG, each with its number, so that the page adds up."""
    found = counts(rows)
    said = [
        f"{OUTCOMES[name]} {words.num(found[name])}"
        for name in OUTCOMES
        if name != "ungrouped" and found[name]
    ]
    return " · ".join(said)


def figures(rows: Sequence[facts.CaseFact], month: Month) -> list[parts.Fig]:
    """Sums over institutions; CMI is total weight over weighted cases (definitions section 1)."""
    total, grouped = sum(row.discharges for row in rows), sum(row.grouped for row in rows)
    weighted = sum(row.weighted_cases for row in rows)
    weight = sum(
        (Fraction(row.total_weight) for row in rows if row.total_weight is not None), start=Fraction(0)
    )
    ungrouped, url = sum(row.ungrouped for row in rows), f"{reverse('cases')}?month={month}"
    return [
        parts.Fig(_("discharges"), words.num(total), url=url),
        parts.Fig(_("grouping rate"), words.pct(Fraction(grouped, total)) if total else words.DASH),
        parts.Fig(
            _("ungrouped"),
            words.num(ungrouped),
            url=f"{url}&view=ungrouped",
            bad=bool(ungrouped),
            detail=beside(rows),
        ),
        parts.Fig("CMI", words.num(weight / weighted, 4) if weighted else words.DASH),
    ]
