"""Pages of a person's month: my slip, that of one person, why a line is what it is, the sheet to print."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.models import Staff
from alliance.services import journal
from alliance.web import asked
from alliance.web.access import get_or_404, permit, way
from performance.appeals import examining, window
from performance.models import PayLine
from performance.models.pay import VIEW
from performance.pay import show as pay_show
from performance.pay import show_pots, tables
from performance.slip import show, why


@permit(VIEW)
@require_safe
def mine(request: Any) -> HttpResponse:
    """My slip of a month; of several places of work the one asked for, else the one with the newest line."""
    staff = _own(request)
    tabs = pay_show.tabs("pay-mine", request.membership)
    if staff is None:
        context = {"title": _("My performance slip"), "rooms": tabs, "empty": tables.no_line()}
        return render(request, "performance/slip/slip.html", context)
    return _page(request, staff, _("My performance slip"), reverse("pay-mine"), tabs)


def _own(request: Any) -> Staff | None:
    rows = Staff.objects.filter(user=request.membership.user_id).select_related("institution", "department")
    here = request.membership.institution_id
    newest = (
        PayLine.objects.filter(staff__in=rows.values("pk"), staff__institution=here)
        .order_by("-pot__pool__month", "-pk").values_list("staff", flat=True).first()
    )  # fmt: skip
    found: Staff | None = rows.filter(institution=here).order_by("pk").first()
    return rows.filter(pk=newest).first() if newest is not None else found


@permit(VIEW)
@require_safe
def person(request: Any, pk: int) -> HttpResponse:
    """One person's slip; reading another's is journaled."""
    staff = _person(request, pk)
    return _page(request, staff, staff.name, reverse("pay-person", args=[pk]), [])


def _person(request: Any, pk: int) -> Staff:
    staff: Staff = get_or_404(show_pots.people_seen(request.membership), pk=pk)
    if request.method == "GET" and staff.user_id != request.membership.user_id:
        journal.write(by=request.membership, verb="pay.person_read", about=staff, request=request)
    return staff


def _page(request: Any, staff: Staff, title: str, address: str, tabs: Any) -> HttpResponse:
    page = show.page(staff, asked.month(request), request.membership, timezone.now(), address)
    context = {**page, "title": title, "rooms": tabs, "empty": tables.no_line()}
    return render(request, "performance/slip/slip.html", context)


@permit(VIEW)
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """A person's slip on A4."""
    staff = _person(request, pk)
    now = timezone.now()
    page = show.page(staff, asked.month(request), request.membership, now, "")
    if page["month"] is None:
        raise Http404
    by = request.membership
    lines = [
        (row, why.formula(row.line, why.points_of(row.line), way(by, "pay-pot", row.line.pot_id)),
         why.chain(row.line, by, why.changes(row.line)))
        for row in page["slip"].rows
    ]  # fmt: skip
    context = {
        **page,
        "title": _("Slip of collaboration performance"),
        "lines": lines,
        "window_said": show.time_said(page["slip"].rows, by, now),
        "paid_said": window.paid_meanwhile(page["month"]),
    }
    return render(request, "performance/slip/sheet.html", context)


@permit(VIEW)
@require_safe
def line(request: Any, pk: int) -> HttpResponse:
    """Why a line of pay is what it is; reading another's is journaled."""
    people = show_pots.people_seen(request.membership).values("pk")
    rows = show_pots.lines(Q(staff__in=people), request.membership)
    outside = not rows.filter(pk=pk).exists()
    if outside:  # who examines an appeal about it reads this line, and nothing else of the person
        rows = examining.pay_lines(request.membership)
    found = get_or_404(rows.select_related(
        "pot__pool__fund", "pot__pool__run__settlement__pool", "pot__pool__rule", "pot__share", "plan",
        "pot__institution", "pot__department__institution", "pot__team", "staff__institution",
    ), pk=pk)  # fmt: skip
    if request.method == "GET" and found.staff.user_id != request.membership.user_id:
        journal.write(by=request.membership, verb="pay.person_read", about=found.staff, request=request)
    page = why.page(found, request.membership, timezone.now(), outside=outside)
    return render(request, "performance/slip/why.html", page)
