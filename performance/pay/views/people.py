"""A person's lines: one's own, and for leaders and the office those of one person."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.services import journal
from alliance.web import lists
from alliance.web.access import get_or_404, permit
from performance.models.pay import VIEW
from performance.pay import show, show_pots, tables


@permit(VIEW)
@require_safe
def mine(request: Any) -> HttpResponse:
    """What I was given, pool by pool."""
    title = pgettext("pay", "My pay")
    return _page(request, Q(staff__user=request.membership.user_id), title, "pay-mine")


@permit(VIEW)
@require_safe
def person(request: Any, pk: int) -> HttpResponse:
    """One person's lines; reading another's is journaled."""
    staff = get_or_404(show_pots.people_seen(request.membership), pk=pk)
    if request.method == "GET" and staff.user_id != request.membership.user_id:
        journal.write(by=request.membership, verb="pay.person_read", about=staff, request=request)
    return _page(request, Q(staff=staff), str(staff), "")


def _page(request: Any, whose: Q, title: str, tab: str) -> HttpResponse:
    rows = show_pots.lines(whose, request.membership)
    return lists.answer(
        request, "performance/pay/lines.html", rows, tables.LineTable, empty=tables.no_line(),
        extra={"title": title, "figs": show_pots.sums(rows), "rooms": show.tabs(tab, request.membership),
               "only": _("Only what comes from collaboration in the medical community.")},
    )  # fmt: skip
