"""Pages of the disclosure inside the alliance: how it stands, switching, filling, looking, confirming."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.lib.documents import Document
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.web import public, words
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Action
from alliance.web.refused import add_refusal
from performance.disclosure import forms, services
from performance.models import Disclosure, DisclosureSwitch, MonthLife
from performance.models.papers import LEAD, SECOND

LISTED = 36  # months shown
KINDS: dict[str, Any] = {"switch": DisclosureSwitch, "month": Disclosure}


@permit(LEAD)
@require_safe
def disclosure(request: Any) -> HttpResponse:
    """What the public sees, what waits for a second person."""
    _office(request)
    waiting = [
        (row, _confirm(request.membership, what, row))
        for what, model in KINDS.items()
        for row in model.objects.filter(confirmed_at=None).select_related("entered_by__user")
    ]
    context = {
        "title": _("Disclosure to the public"), "on": services.switched_on(), "waiting": waiting,
        "address": f"{public.OPEN}{request.alliance.code}/",
        "rows": Disclosure.objects.select_related("entered_by__user", "confirmed_by__user")[:LISTED],
    }  # fmt: skip
    return render(request, "performance/disclosure/disclosure.html", context)


def _office(request: Any) -> None:
    if request.membership.institution_id is not None:
        raise Http404


def _confirm(membership: Membership, what: str, row: Any) -> list[Action]:
    if not membership.can(SECOND) or row.entered_by.user_id == membership.user_id:
        return []
    return [Action(_("Confirm"), reverse("disclosure-confirm", args=[what, row.pk]), "check", "primary")]


@permit(LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: Any) -> HttpResponseBase:
    """Ask for the page to answer or to be silent."""
    return _entered(
        request, _("Switch the public page"), forms.SwitchForm(request.POST or None), services.switch
    )


@permit(LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any) -> HttpResponseBase:
    """Fill the figures of a month that is published inside."""
    days = MonthLife.objects.exclude(published_at=None).values_list("month", flat=True)
    form = forms.EnterForm(request.POST or None, months=[Month.of(day) for day in days[:LISTED]])
    return _entered(request, _("Disclose a month"), form, services.enter)


def _entered(request: Any, title: str, form: Any, deed: Any) -> HttpResponseBase:
    _office(request)
    if request.method == "POST" and form.is_valid():
        try:
            deed(by=request.membership, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Entered. It counts when a colleague has confirmed it."))
            return redirect("disclosure")
    context = {"title": title, "form": form}
    return render(request, "performance/disclosure/enter.html", context, status=400 if form.errors else 200)


@permit(LEAD)
@require_safe
def look(request: Any, pk: int) -> HttpResponse:
    """A month as the public reads it, before and after it is confirmed."""
    _office(request)
    row = get_or_404(Disclosure.objects.select_related("entered_by__user", "confirmed_by__user"), pk=pk)
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    title = _("Figures of %(month)s for the public") % {"month": words.month(row.month)}
    context = {
        "title": title, "row": row, "document": Document(request.alliance.name, title, row.parts(language)),
        "actions": [] if row.confirmed_at else _confirm(request.membership, "month", row),
    }  # fmt: skip
    return render(request, "performance/disclosure/look.html", context)


@permit(SECOND)
@require_POST
@explained
def confirm(request: Any, what: str, pk: int) -> HttpResponseBase:
    """The second person; the public reads it from now on."""
    if what not in KINDS:
        raise Http404
    _office(request)
    row = get_or_404(KINDS[what].objects.select_related("entered_by"), pk=pk)
    services.confirm(by=request.membership, row=row, now=timezone.now())
    messages.success(request, _("Confirmed."))
    return redirect("disclosure")
