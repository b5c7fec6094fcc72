"""Months: the one being confirmed, the list, opening, confirming many lines, a missing partner."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.confirmation import forms, services, tables
from alliance.confirmation.models import Difference, Round
from alliance.confirmation.show import month as show_month
from alliance.confirmation.views.finding import round_or_404, seen_of
from alliance.lib.refusal import Refused
from alliance.web import asked, lists, parts
from alliance.web.access import permit
from alliance.web.refused import add_refusal, worded


@permit("confirmation.view")
@require_safe
def latest(request: Any) -> HttpResponseBase:
    """The month that is being confirmed; the list while none was opened."""
    round_ = Round.objects.first()
    return redirect("confirmation-month", str(round_)) if round_ else month_list(request)


@permit("confirmation.view")
@require_safe
def month_list(request: Any) -> HttpResponse:
    """All months, with what the member's institution has in each."""
    empty = parts.Empty(
        _("No month is open yet"),
        _("The office opens a month, or the calendar does: then both sides confirm the same counts."),
        icon="scale",
    )  # fmt: skip
    office = request.membership.institution_id is None and request.membership.can("confirmation.open")
    rows = show_month.rounds_of(request.membership)
    extra = {
        "title": _("Mutual confirmation"),
        "opening": show_month.opening(timezone.localdate()) if office else [],
    }  # fmt: skip
    return lists.answer(
        request, "confirmation/months.html", rows, tables.RoundTable, empty=empty, extra=extra,
    )  # fmt: skip


@permit("confirmation.open")
@require_POST
def open_month(request: Any) -> HttpResponseBase:
    """The office opens a month."""
    try:
        month = asked.read_month(request.POST.get("month", "").strip())
        round_ = services.open_round(by=request.membership, month=month, now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
        return redirect("confirmation-months")
    messages.success(request, _("Open: every institution sees its lines. Nothing is frozen by it."))
    return redirect("confirmation-month", str(round_))


@permit("confirmation.view")
@require_safe
def month(request: Any, month: str) -> HttpResponse:
    """A month: of one institution its partners, of the office all lines."""
    round_, now = round_or_404(month), timezone.now()
    if request.membership.institution_id is not None:
        context = show_month.side_page(round_, request.membership, now)
        return render(request, "confirmation/month.html", context)
    rows, extra = show_month.office_page(round_, request.membership, request.GET.dict(), now)
    empty = parts.Empty(_("No line here"), _("Both sides stand by everything, or nothing was counted."))
    return lists.answer(
        request, "confirmation/office.html", rows, tables.LineTable, tabs=extra.pop("tabs"), empty=empty,
        extra=extra,
    )  # fmt: skip


@permit("confirmation.open")
@require_POST
def count_again(request: Any, month: str) -> HttpResponseBase:
    """The office has the month counted again now."""
    taken = services.count_again(by=request.membership, round_=round_or_404(month), now=timezone.now())
    said = _("Counted again: %(new)d new lines, %(changed)d with other records.")
    messages.success(request, said % {"new": taken.new, "changed": taken.changed})
    return redirect("confirmation-month", month)


@permit("confirmation.confirm")
@require_POST
def confirm_many(request: Any, month: str) -> HttpResponseBase:
    """Confirm what is ticked, or one line, as the page showed it."""
    only = request.POST.get("only")
    given = [only] if only else request.POST.getlist("line")
    seen = dict(pair for pair in map(seen_of, given) if pair is not None)
    done = services.confirm_many(
        by=request.membership, round_=round_or_404(month), seen=seen, now=timezone.now()
    )
    said = ngettext("%(n)d line is confirmed", "%(n)d lines are confirmed", done.confirmed)
    both = _("%(said)s, %(agreed)d of them by both sides.")
    messages.success(request, both % {"said": said % {"n": done.confirmed}, "agreed": done.agreed})
    if done.skipped:
        left = ngettext(
            "%(n)d line changed since you looked and was left alone: look again.",
            "%(n)d lines changed since you looked and were left alone: look again.",
            done.skipped,
        )
        messages.warning(request, left % {"n": done.skipped})
    return redirect("confirmation-month", month)


@permit("confirmation.confirm")
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: Any, month: str) -> HttpResponseBase:
    """Records with a partner where there is no line at all; what was typed stays."""
    round_, here = round_or_404(month), request.membership.institution
    if here is None:
        raise Http404
    form = forms.MissingForm(request.POST or None, here=here)
    if request.method == "POST" and form.is_valid() and (made := _report(request, round_, form)):
        messages.success(request, _("The other side and the office see it."))
        return redirect("confirmation-line", made.line_id)
    context = {"title": _("Records that are missing"), "form": form, "round": round_}
    return render(request, "confirmation/missing.html", context, status=400 if form.errors else 200)


def _report(request: Any, round_: Round, form: forms.MissingForm) -> Difference | None:
    try:
        return services.report_missing(
            by=request.membership, round_=round_, kind=form.cleaned_data["kind"],
            partner=form.cleaned_data["partner"], gives=form.cleaned_data["side"] == "giver",
            objection=form.objection(), now=timezone.now(),
        )  # fmt: skip
    except Refused as error:
        add_refusal(form, error)
        return None
