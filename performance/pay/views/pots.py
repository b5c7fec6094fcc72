"""Pages of the second distribution: list, one pot, its plan, its steps, answers, the sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Staff
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit, require
from alliance.web.refused import add_refusal, worded
from performance.models import PayPot, PayReply
from performance.models.pay import CONFIRM, DISTRIBUTE, VIEW
from performance.pay import before, forms, show, show_pots, tables
from performance.pay.services import pots

FASTER = "Somebody else was faster. Look again: nothing of yours was stored."
# The steps of a pot by address: the right each needs, its form, its service.
STEPS: dict[str, tuple[str, Any, Any]] = {
    "show": (DISTRIBUTE, None, pots.show),
    "take-back": (DISTRIBUTE, forms.WhyForm, pots.take_back),
    "submit": (DISTRIBUTE, None, pots.submit),
    "send-back": (CONFIRM, forms.WhyForm, pots.send_back),
    "post": (CONFIRM, None, pots.post),
    "agree": (VIEW, None, None),
    "object": (VIEW, forms.ObjectForm, None),
}


@permit(VIEW)
@require_safe
def pot_list(request: Any) -> HttpResponse:
    """Pots the member may see."""
    rows = PayPot.objects.seen_by(request.membership).named()
    rows = rows.order_by("-pool__month", "institution__code", "department__code", "group", "team__code")
    return lists.answer(
        request, "performance/pay/pots.html", rows, tables.PotTable, filterset=tables.PotFilter,
        empty=tables.no_pot(),
        extra={"title": _("Second distribution"), "rooms": show.tabs("pay-pots", request.membership)},
    )  # fmt: skip


def found(request: Any, pk: int) -> PayPot:
    """A pot the member sees (second wall)."""
    return get_or_404(PayPot.objects.seen_by(request.membership).named(), pk=pk)


@permit(VIEW)
@require_safe
def pot(request: Any, pk: int) -> HttpResponse:
    """One pot."""
    return _page(request, found(request, pk))


def _page(request: Any, row: PayPot, status: int = 200, **given: Any) -> HttpResponse:
    page = show_pots.page(row, request.membership, timezone.now(), given)
    return render(request, "performance/pay/pot.html", page, status=status)


@permit(DISTRIBUTE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Any, pk: int) -> HttpResponseBase:
    """Write the group's plan; what was typed stays when it is refused."""
    row, status = found(request, pk), 200
    if request.method != "POST" and not show_pots.writes(row, request.membership):
        raise Http404
    people = list(Staff.objects.filter(pk__in=[one for one, _points in row.people]).order_by("code"))
    initial, begun = {"agreed_on": timezone.localdate()}, before.proposal(row)
    form = forms.PlanForm(
        request.POST if request.method == "POST" else None, initial=initial, pot=row, people=people,
        points=begun.points,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            pots.write(
                by=request.membership, pot=row, agreed=form.agreed(begun), now=timezone.now(),
                version=asked.version(request),
            )  # fmt: skip
            messages.success(
                request, _("The plan is kept. Check the amounts, then show it to the department.")
            )
            return redirect("pay-pot", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            form.add_error(None, _(FASTER))
            status = 409
    status = 400 if form.errors and status == 200 else status
    context = {
        "title": _("Plan of the second distribution"), "pot": row, "form": form, "groups": form.groups(),
        "action": f"?version={asked.version(request) or row.version}", "least": pots.group_least(row),
        "proposed": begun.of,
    }  # fmt: skip
    return render(request, "performance/pay/plan.html", context, status=status)


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """One step of a pot, or one's own answer to its plan; a stale tab gets 409 and a sentence."""
    row, by, now, status = found(request, pk), request.membership, timezone.now(), 400
    if step not in STEPS:
        raise Http404
    right, form_of, deed = STEPS[step]
    require(by, right)
    form = form_of(request.POST, auto_id=f"{step}-%s") if form_of else None
    if form is None or form.is_valid():
        data = form.cleaned_data if form else {}
        try:
            if deed is None:
                pots.reply(by=by, pot=row, agrees=step == "agree", text=data.get("text", ""), now=now)
            else:
                timed = {} if "back" in step else {"now": now}
                deed(by=by, pot=row, version=asked.version(request), **timed, **data)
            return redirect("pay-pot", pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
            else:
                add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    return _page(request, found(request, pk), status, **({step: form} if form else {}))


@permit(DISTRIBUTE)
@require_POST
def answer(request: Any, pk: int, reply: int) -> HttpResponseBase:
    """Answer an objection."""
    row, status = found(request, pk), 400
    objection = get_or_404(PayReply.objects.select_related("staff"), pk=reply, plan__pot=row.pk)
    form = forms.AnswerForm(request.POST, auto_id=f"answer{reply}-%s")
    if form.is_valid():
        try:
            pots.answer(
                by=request.membership, pot=row, row=objection, now=timezone.now(), **form.cleaned_data
            )
            return redirect("pay-pot", pk)
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    return _page(request, found(request, pk), status, **{f"answer-{reply}": form})


@permit(VIEW)
@require_safe
def sheet(request: Any, pk: int) -> HttpResponse:
    """The distribution on A4, for who sees all of its lines."""
    row = found(request, pk)
    if row.plan is None or not show_pots.sees_people(row, request.membership):
        raise Http404
    return render(request, "performance/pay/sheet.html", show_pots.sheet(row))
