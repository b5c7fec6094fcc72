"""What the pages of mutual confirmation look up: months, lines and differences the member may know."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from alliance.confirmation import services
from alliance.confirmation.models import Difference, Line, Round
from alliance.confirmation.show import line as show_line
from alliance.lib.period import PeriodRefused
from alliance.models import Membership
from alliance.web import asked
from alliance.web.access import get_or_404


def round_or_404(month: str) -> Round:
    """The month of an address, if it was opened."""
    try:
        found = asked.read_month(month)
    except PeriodRefused:
        raise Http404 from None
    return get_or_404(Round.objects.all(), month=found.first_day)


def line_or_404(request: Any, pk: int) -> Line:
    """A line of the member's institution."""
    return get_or_404(Line.objects.visible_to(request.membership).with_names(), pk=pk)


def differences_of(membership: Membership) -> QuerySet[Difference]:
    """Differences on lines the member may see, with what a list names."""
    here = membership.institution_id
    own = Q() if here is None else Q(line__giver=here) | Q(line__taker=here)
    rows: QuerySet[Difference] = Difference.objects.filter(own).select_related(
        "line__round", "line__giver", "line__taker", "statement__institution", "statement__by__user"
    )
    return rows


def seen_of(token: str) -> tuple[int, services.Seen] | None:
    """Line, own statement and digest out of a button of the page."""
    pk, _dot, rest = token.partition(".")
    number, _dot, digest = rest.partition(".")
    good = all(one.isascii() and one.isdigit() and len(one) < 19 for one in (pk, number))
    return (int(pk), services.Seen(digest, int(number))) if good else None


def line_page(request: Any, row: Line, status: int = 200, **given: Any) -> HttpResponse:
    """The page of a line; `given`: forms as they were sent."""
    context = show_line.page(row, request.membership, timezone.now(), request.GET.get("page"), **given)
    return render(request, "confirmation/line.html", context, status=status)
