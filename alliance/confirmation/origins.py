"""A difference between two houses others follow from (double entry of referrals and the like)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.confirmation.models import Difference, Line
from alliance.confirmation.show import rows
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web.carrying import Origin

KIND = "confirmation.difference"


def difference(membership: Membership, pk: int) -> Origin | None:
    """A difference the member sees; what follows is about the side whose records the other denies."""
    if not membership.can("confirmation.view"):
        return None
    seen = Line.objects.visible_to(membership)
    found = Difference.objects.filter(pk=pk, line__in=seen).select_related(
        "line__giver", "line__taker", "line__round", "statement"
    )
    row = found.first()
    if row is None:
        return None
    other = row.line.taker if row.side == "giver" else row.line.giver
    title = _("%(line)s: one side counts %(own)s, the records %(n)s") % {
        "line": rows.title(row.line), "own": row.statement.own_count, "n": row.statement.count,
    }  # fmt: skip
    url = f"{reverse('confirmation-line', args=[row.line_id])}#difference-{pk}"
    return Origin(KIND, pk, title, url, other, str(Month.of(row.line.round.month)))
