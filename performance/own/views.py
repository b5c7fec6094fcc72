"""Pages of own indicators: list with steps, enter one or its next version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Action
from alliance.web.refused import add_refusal, worded
from performance.dictionary.trying import sentence
from performance.engine.expression import ExpressionRefused
from performance.engine.ownform import OwnFormRefused
from performance.models import OwnIndicator
from performance.own import forms, services

State = OwnIndicator.State


@permit("indicator.view")
@require_safe
def own_list(request: Any) -> HttpResponse:
    """Every version of the alliance's own indicators, and what the member may do about them."""
    rows = OwnIndicator.objects.select_related("entered_by__user", "checked_by__user")
    context = {
        "title": _("Own indicators"), "edits": request.membership.can(services.EDIT),
        "rows": [(row, actions(row, request.membership)) for row in rows],
    }  # fmt: skip
    return render(request, "indicators/own.html", context)


def actions(row: OwnIndicator, membership: Membership) -> list[Action]:
    """The steps from here."""
    if not membership.can(services.EDIT) or membership.institution_id is not None:
        return []

    def to(step: str) -> str:
        return f"{reverse('own-indicator-act', args=[row.pk, step])}?version={row.version}"

    found = []
    if row.state == State.DRAFT:
        if row.entered_by.user_id != membership.user_id:
            found.append(Action(_("Let it be in force"), to("check"), "check", "primary"))
        found.append(Action(_("Give it up"), to("discard"), "x"))
    if row.state == State.CHECKED and row.last_month is None:
        found.append(Action(_("Retire it"), to("retire"), "x"))
    return found


@permit("performance_scheme.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponseBase:
    """Keep a formula as an own indicator, or the next version of one; what was typed stays."""
    first = {"expression": request.GET.get("expression", "")[:2000]}
    form = forms.OwnForm(request.POST or None, today=timezone.localdate(), initial=first)
    if request.method == "POST" and form.is_valid() and _enter(request, form):
        messages.success(request, _("Entered. A second person lets it be in force."))
        return redirect("own-indicators")
    context = {"title": _("Own indicator"), "form": form}
    return render(request, "indicators/own_new.html", context, status=400 if form.errors else 200)


def _enter(request: Any, form: forms.OwnForm) -> OwnIndicator | None:
    data = form.cleaned_data
    try:
        return services.enter(
            by=request.membership, meaning=form.meaning(), expression=data["expression"],
            first=Month.parse(data["first_month"]), now=timezone.now(),
        )  # fmt: skip
    except ExpressionRefused as error:
        form.add_error("expression", sentence(error))
    except OwnFormRefused as error:
        form.add_error("expression", worded(error))
    except Refused as error:
        add_refusal(form, error)
    return None


@permit("performance_scheme.edit")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """A second person lets it be in force; a draft is given up; one in force is retired."""
    rows = OwnIndicator.objects.select_related("entered_by")
    row, given = get_or_404(rows, pk=pk), {"by": request.membership, "version": asked.version(request)}
    last = Month.of(timezone.localdate()).previous()
    try:
        if step == "check":
            services.check(row=row, now=timezone.now(), **given)
        elif step == "discard":
            services.discard(row=row, **given)
        elif step == "retire":
            services.retire(row=row, last=last, **given)
        else:
            raise Http404
    except Refused as error:
        messages.error(request, worded(error))
    except Stale:
        messages.error(request, _("Somebody else was faster. Look again."))
    return redirect("own-indicators")
