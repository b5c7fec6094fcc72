"""Pages of a roster: its lines; of a frozen one its corrections, what each was and is, who confirmed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from alliance.approvals.refusals import explained
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership, RosterRow
from alliance.web import lists, parts
from alliance.web import words as web_words
from alliance.web.access import get_or_404, permit, require
from alliance.web.refused import add_refusal
from performance.models import RosterChange
from performance.models.pay import CONFIRM, LOOK, RUN
from performance.roster import services, tables
from performance.roster.forms import ChangeForm
from performance.views.months import whole_alliance


@permit(LOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: Any, month: Month) -> HttpResponseBase:
    """A month's roster, its corrections and the form of another; what was typed stays when it is refused."""
    whole_alliance(request.membership)
    form = ChangeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(request.membership, RUN)
        if form.is_valid():
            try:
                services.enter(by=request.membership, month=month, now=timezone.now(), **form.entry())
                messages.success(request, _("Sent to a second person."))
                return redirect("pay-roster", month)
            except Refused as error:
                add_refusal(form, error)
    rows = RosterRow.objects.filter(month=month.first_day).select_related(
        "staff", "institution", "department"
    )
    response = lists.answer(
        request, "performance/roster/roster.html",
        rows.order_by("institution__code", "department__code", "staff__code"), tables.RosterTable,
        filterset=tables.RosterFilter, empty=tables.none(), extra=_page(month, request.membership, form),
    )  # fmt: skip
    response.status_code = 400 if form.errors else 200
    return response


def _page(month: Month, membership: Membership, form: ChangeForm) -> dict[str, Any]:
    rows = RosterChange.objects.filter(month=month.first_day).select_related(
        "staff__institution", "institution", "department", "entered_by__user", "confirmed_by__user"
    )
    frozen = services.frozen(month)
    return {
        "title": _("Roster of %(month)s") % {"month": web_words.month(month.first_day)}, "month": month,
        "frozen": frozen, "form": form if frozen and membership.can(RUN) else None,
        "changes": [(row, told(row), _acts(row, membership)) for row in rows.order_by("-pk")],
    }  # fmt: skip


def told(row: RosterChange) -> list[tuple[str, str, str]]:
    """What differs: the field in words, so far, corrected."""
    return [
        (str(RosterRow._meta.get_field(name).verbose_name), _said(row.was, name), _said(row.now, name))
        for name in services.FIELDS
        if (row.was or {}).get(name) != (row.now or {}).get(name)
    ]


def _said(values: Mapping[str, Any] | None, name: str) -> str:
    value = None if values is None else values[name]
    if value is None or value == "":
        return web_words.DASH
    if isinstance(value, bool):
        return _("yes") if value else pgettext("roster", "no")
    return str(RosterRow.Employment(value).label) if name == "employment" else str(value)


def _acts(row: RosterChange, membership: Membership) -> list[parts.Action]:
    waits = row.confirmed_at is None and row.declined_at is None
    if not waits or not membership.can(CONFIRM) or row.entered_by.user_id == membership.user_id:
        return []
    return [
        parts.Action(_("Confirm"), reverse("pay-roster-act", args=[row.pk, "confirm"]), "check", "primary"),
        parts.Action(_("Decline"), reverse("pay-roster-act", args=[row.pk, "decline"]), "x"),
    ]


@permit(CONFIRM)
@require_POST
@explained
def act(request: Any, pk: int, step: str) -> HttpResponse:
    """Confirm or decline a correction."""
    whole_alliance(request.membership)
    row = get_or_404(RosterChange.objects.select_related("entered_by"), pk=pk)
    if step not in ("confirm", "decline"):
        raise Http404
    if step == "confirm":
        services.confirm(by=request.membership, row=row, now=timezone.now())
        messages.success(request, _("Confirmed. Pools made from now on read the corrected roster."))
    else:
        services.decline(by=request.membership, row=row, now=timezone.now())
    return redirect("pay-roster", Month.of(row.month))
