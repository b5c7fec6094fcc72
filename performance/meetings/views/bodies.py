"""Pages of bodies: list, founding, one body, its seats."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web import lists
from alliance.web.access import get_or_404, permit
from alliance.web.place_fields import beyond_villages
from alliance.web.refused import add_refusal
from performance.meetings import forms, show_bodies, tables
from performance.meetings.models import RUN, VIEW, Body
from performance.meetings.services import bodies


@permit(VIEW)
@require_safe
def body_list(request: Any) -> HttpResponse:
    """Bodies of the alliance and of the own institution."""
    rows = show_bodies.rows(request.membership, timezone.localdate())
    extra = {"title": _("Bodies"), "runs": request.membership.can(RUN)}
    return lists.answer(
        request, "meetings/bodies.html", rows, tables.BodyTable, empty=tables.NO_BODY, extra=extra
    )


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: Any) -> HttpResponseBase:
    """Found a body: of the alliance, or of the own institution."""
    form = forms.FoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = bodies.found(
                by=request.membership, institution=request.membership.institution, now=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The body is founded. Enter its members."))
            return redirect("body", made.pk)
    context = {"title": _("Found a body"), "form": form}
    return render(request, "meetings/found.html", context, status=400 if form.errors else 200)


def row_of(request: Any, pk: int) -> Body:
    """A body the member may know."""
    rows = Body.objects.seen_by(request.membership).select_related("alliance", "institution")
    return get_or_404(rows, pk=pk)


def answered(request: Any, row: Body, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of a body, with a form that was refused."""
    page = show_bodies.page(row, request.membership, timezone.now(), given)
    return render(request, "meetings/body.html", page, status=status)


@permit(VIEW)
@require_safe
def body(request: Any, pk: int) -> HttpResponse:
    """One body."""
    return answered(request, row_of(request, pk), {})


def _members(by: Membership, row: Body) -> Any:
    """Who can be seated: of an institution's body its members, else everybody but the village rooms'."""
    found = beyond_villages(Membership.objects.living(), row.institution_id)
    return found.order_by("user__name", "pk")


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: Any, pk: int) -> HttpResponseBase:
    """Seat somebody for a term."""
    row = row_of(request, pk)
    if not show_bodies.keeps(request.membership, row.institution_id):
        raise Http404
    form = forms.SeatForm(request.POST or None, members=_members(request.membership, row))
    if request.method == "POST" and form.is_valid():
        try:
            bodies.seat(by=request.membership, body=row, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Seated."))
            return redirect("body", pk)
    context = {"title": _("Seat somebody"), "form": form, "body_row": row}
    return render(request, "meetings/seat.html", context, status=400 if form.errors else 200)


@permit(VIEW, RUN)
@require_POST
def end(request: Any, pk: int, seat: int) -> HttpResponseBase:
    """End a term early."""
    row = row_of(request, pk)
    one = get_or_404(row.seats.select_related("body"), pk=seat)
    form = forms.EndForm(request.POST, auto_id=f"end-{seat}-%s")
    if form.is_valid():
        try:
            bodies.end(
                by=request.membership, seat=one, last_day=form.cleaned_data["ended_on"],
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
            messages.success(request, _("The term ends on that day."))
            return redirect("body", pk)
        except Refused as error:
            add_refusal(form, error)
    return answered(request, row, {f"end-{seat}": form}, 400)
