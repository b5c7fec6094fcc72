"""The page of coding quality: whose rates, beside the limit, down to the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership
from alliance.services import journal
from alliance.web import asked, parts, words
from alliance.web.access import permit
from grouping import texts, visible
from grouping.queues import quality


@dataclass(frozen=True)
class Row:
    """One line of the table: name, counts with shares, whether above the limit, where its rows are."""

    name: str
    place: str
    of: quality.Quality
    error: str
    ungrouped: str
    ambiguous: str
    answered: str
    over: bool
    url: str


@permit("queue.view")
@require_safe
def coding_quality(request: Any) -> HttpResponse:
    """Rates of a month; who belongs to one institution sees its own, coders' names only the office."""
    member, now = request.membership, timezone.now()
    month = _month(request)
    by = request.GET.get("by", "")
    by = by if by in quality.BY else quality.BY[0]
    if by == "coder" and not member.can("coding.quality"):
        raise PermissionDenied(_("Coders' names are shown to the office only."))
    if by == "coder":
        journal.write(by=member, verb="staff.listed", request=request, list="coding-quality")
    return render(request, "queues/quality.html", page(member, month, by, now))


def page(member: Membership, month: Month, by: str, now: datetime) -> dict[str, Any]:
    """Everything of the page."""
    own = member.institution_id
    found = quality.of_month(month, by, institution_id=own, now=now)
    limit = quality.limit(month)
    total = quality.total(found)
    places = {place.pk: place for place in Institution.objects.all()}
    rooms = {(room.institution_id, room.code): room.name for room in Department.objects.all()}
    rows = [_row(one, by, month, places, rooms, limit) for one in found]
    return {
        "title": _("Coding quality of %(month)s") % {"month": words.month(month)}, "month": month,
        "rows": rows, "total": total, "limit": limit, "by": by, "tabs": _tabs(member, month, by),
        "figures": _figures(total, limit), "over": [row for row in rows if row.over],
        "fields": [
            (texts.column_name(column), column, n, words.pct(total.share(n)))
            for column, n in quality.fields(month, institution_id=own)
        ],
    }  # fmt: skip


def _row(
    one: quality.Quality, by: str, month: Month, places: dict[int, Any], rooms: dict[Any, str], limit: Any
) -> Row:
    place = places[one.institution_id]
    short = str(place.short_name or place.name)
    unnamed = _("not named (not yet corrected)")
    query: dict[str, Any] = {"view": "all", "institution": place.pk, "month": str(month)}
    name = short
    if by == "department":
        name = rooms.get((place.pk, one.department), one.department) or words.DASH
        query["department"] = one.department
    if by == "coder":
        name = one.coder or unnamed
        query["coder"] = one.coder
    # Rows that name nobody are only those not yet corrected: a rate of theirs says nothing.
    over = one.over(limit) and name != unnamed
    return Row(
        name, "" if by == "institution" else short, one, words.pct(one.error_rate),
        words.pct(one.share(one.ungrouped)), words.pct(one.share(one.ambiguous)),
        words.pct(one.answered_rate), over, f"{reverse('work-queue')}?{urlencode(query)}",
    )  # fmt: skip


def _figures(total: quality.Quality, limit: Any) -> list[parts.Fig]:
    def share(count: int) -> str:
        return words.pct(total.share(count))

    n = _("%(count)s of %(n)s records")
    known = words.num(total.records)
    return [
        parts.Fig(_("error rate"), words.pct(total.error_rate), bad=total.over(limit),
                  detail=n % {"count": words.num(total.errors), "n": known}),
        parts.Fig(_("ungrouped"), share(total.ungrouped),
                  detail=n % {"count": words.num(total.ungrouped), "n": known}),
        parts.Fig(_("ambiguous"), share(total.ambiguous),
                  detail=n % {"count": words.num(total.ambiguous), "n": known}),
        parts.Fig(_("answered in time"), words.pct(total.answered_rate),
                  detail=_("%(count)s of %(n)s questions") % {
                      "count": words.num(total.in_time), "n": words.num(total.due)}),
    ]  # fmt: skip


def _tabs(member: Membership, month: Month, by: str) -> list[parts.Tab]:
    labels = {"institution": _("By institution"), "department": _("By department"), "coder": _("By coder")}
    if not member.can("coding.quality"):
        del labels["coder"]
    return [parts.Tab(label, f"?month={month}&by={name}", name == by) for name, label in labels.items()]


def _month(request: Any) -> Month:
    if (found := asked.month(request)) is not None:
        return found
    last = visible.cases(request.membership).aggregate(last=Max("month"))["last"]
    return Month.of(last or timezone.localdate())
