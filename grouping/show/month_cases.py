"""Figures above the list of cases and on the home page: discharges, grouping rate, in no group, CMI."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

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


def of(membership: Membership, month: Month | None) -> list[parts.Fig]:
    """Figures of a month; none without one."""
    return [] if month is None else figures(rows_of(membership, month), month)


def figures(rows: Sequence[facts.CaseFact], month: Month) -> list[parts.Fig]:
    """Sums over institutions; CMI is total weight over weighted cases (definitions section 1)."""
    total, grouped = sum(row.discharges for row in rows), sum(row.grouped for row in rows)
    weighted = sum(row.weighted_cases for row in rows)
    weight = sum(
        (Fraction(row.total_weight) for row in rows if row.total_weight is not None), start=Fraction(0)
    )
    undone = sum(row.ungrouped + row.ambiguous + row.adrg_only for row in rows)
    url = f"{reverse('cases')}?month={month}"
    return [
        parts.Fig(_("discharges"), words.num(total), url=url),
        parts.Fig(_("grouping rate"), words.pct(Fraction(grouped, total)) if total else words.DASH),
        parts.Fig(_("not in a group"), words.num(undone), url=f"{url}&view=undone", bad=bool(undone)),
        parts.Fig("CMI", words.num(weight / weighted, 4) if weighted else words.DASH),
    ]
