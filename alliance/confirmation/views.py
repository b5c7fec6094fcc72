"""Pages of mutual confirmation: months, one month, one line, the queue of differences, paper and sheet."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.confirmation import forms, services, tables
from alliance.confirmation.models import Difference, Line, Round, Statement
from alliance.confirmation.show import line as show_line
from alliance.confirmation.show import month as show_month
from alliance.lib import sheets
from alliance.lib.period import PeriodRefused
from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# Months ------------------------------------------------------------------------
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
    extra = {
        "title": _("Mutual confirmation"),
        "opening": show_month.opening(timezone.localdate()) if office else [],
    }  # fmt: skip
    return lists.answer(
        request, "confirmation/months.html", _rounds(request.membership), tables.RoundTable, empty=empty,
        extra=extra,
    )  # fmt: skip


def _rounds(membership: Membership) -> QuerySet[Round]:
    """Months with counts of the lines the member may see, as last counted; one query."""
    said = Statement.objects.filter(
        line=OuterRef("lines"), superseded_at=None, verdict="confirmed", digest=OuterRef("lines__digest")
    )
    here = membership.institution_id
    own = Q() if here is None else Q(lines__giver=here) | Q(lines__taker=here)
    live = Exists(Difference.objects.filter(line=OuterRef("lines")).exclude(state=Difference.State.SETTLED))
    rows: QuerySet[Round] = Round.objects.select_related("opened_by__user").annotate(
        lines_seen=Count("lines", filter=own),
        agreed=Count(
            "lines", filter=own & Exists(said.filter(side="giver")) & Exists(said.filter(side="taker"))
        ),
        differences=Count("lines", filter=own & live),
    )
    return rows


@permit("confirmation.open")
@require_POST
def open_month(request: Any) -> HttpResponseBase:
    """The office opens a month."""
    try:
        month = asked.read_month(request.POST.get("month", "").strip())
        round_ = services.open_round(by=request.membership, month=month, now=timezone.now())
    except Refused as error:
        messages.error(request, _(error.template) % error.params)
        return redirect("confirmation-months")
    messages.success(request, _("Open: every institution sees its lines. Nothing is frozen by it."))
    return redirect("confirmation-month", str(round_))


@permit("confirmation.view")
@require_safe
def month(request: Any, month: str) -> HttpResponse:
    """A month: of one institution its partners, of the office all lines."""
    round_, now = _round(month), timezone.now()
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
    taken = services.count_again(by=request.membership, round_=_round(month), now=timezone.now())
    said = _("Counted again: %(new)d new lines, %(changed)d with other records.")
    messages.success(request, said % {"new": taken.new, "changed": taken.changed})
    return redirect("confirmation-month", month)


@permit("confirmation.confirm")
@require_POST
def confirm_many(request: Any, month: str) -> HttpResponseBase:
    """Confirm what is ticked, or one line, as the page showed it."""
    only = request.POST.get("only")
    given = [only] if only else request.POST.getlist("line")
    seen = dict(pair for pair in map(_seen, given) if pair is not None)
    done = services.confirm_many(by=request.membership, round_=_round(month), seen=seen, now=timezone.now())
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


def _seen(token: str) -> tuple[int, services.Seen] | None:
    """Line, own statement and digest out of a button of the page."""
    pk, _dot, rest = token.partition(".")
    number, _dot, digest = rest.partition(".")
    good = all(one.isascii() and one.isdigit() and len(one) < 19 for one in (pk, number))
    return (int(pk), services.Seen(digest, int(number))) if good else None


@permit("confirmation.confirm")
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: Any, month: str) -> HttpResponseBase:
    """Records with a partner where there is no line at all; what was typed stays."""
    round_, here = _round(month), request.membership.institution
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


# One line ----------------------------------------------------------------------
@permit("confirmation.view")
@require_safe
def line(request: Any, pk: int) -> HttpResponse:
    """One line: its records, both sides, its differences."""
    return _line_page(request, _line(request, pk))


def _line_page(request: Any, row: Line, status: int = 200, **given: Any) -> HttpResponse:
    context = show_line.page(row, request.membership, timezone.now(), request.GET.get("page"), **given)
    return render(request, "confirmation/line.html", context, status=status)


@permit("confirmation.confirm")
@require_POST
def confirm(request: Any, pk: int) -> HttpResponseBase:
    """A side stands by the records of one line, as the page showed them."""
    row = _line(request, pk)
    pair = _seen(request.POST.get("seen", ""))
    if pair is None or pair[0] != row.pk:
        raise Http404
    try:
        services.confirm(by=request.membership, line=row, seen=pair[1], now=timezone.now())
    except Stale:
        return _line_page(request, row, 409, stale=True)
    messages.success(request, _("Confirmed: the other side sees it."))
    return redirect("confirmation-month", str(row.round))


@permit("confirmation.confirm")
@require_POST
def object_to(request: Any, pk: int) -> HttpResponseBase:
    """A side counts otherwise; what was typed stays when something is refused or has changed."""
    row = _line(request, pk)
    one = show_line.standing(row, timezone.now())
    form = show_line.object_form(one, row.side_of(request.membership), request.POST)
    pair = _seen(request.POST.get("seen", ""))
    if pair is None or pair[0] != row.pk or not form.is_valid():
        return _line_page(request, row, 400, object=form)
    try:
        services.object_to(
            by=request.membership, line=row, objection=form.objection(), seen=pair[1], now=timezone.now()
        )
    except Stale:
        return _line_page(request, row, 409, object=form, stale=True)
    except Refused as error:
        add_refusal(form, error)
        return _line_page(request, row, 400, object=form)
    messages.success(request, _("The other side and the office see it."))
    return redirect("confirmation-line", pk)


# Differences -------------------------------------------------------------------
@permit("confirmation.view")
@require_safe
def difference_list(request: Any) -> HttpResponse:
    """The queue: what is open, of the own institution or of all."""
    view = request.GET.get("view", "")
    rows = _differences(request.membership)
    shown = rows if view == "all" else rows.exclude(state=Difference.State.SETTLED)
    tabs = [
        parts.Tab(_("Not settled"), request.path, view != "all"),
        parts.Tab(_("All differences"), f"{request.path}?view=all", view == "all"),
    ]
    empty = parts.Empty(
        _("No difference is open"), _("Where both sides count alike, nothing is here."), icon="ok"
    )
    return lists.answer(
        request, "confirmation/differences.html", shown, tables.DifferenceTable,
        filterset=tables.DifferenceFilter, tabs=tabs, empty=empty, extra={"title": _("Differences")},
    )  # fmt: skip


@permit("confirmation.view")
@require_POST
def difference_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """The other side answers, or the office decides; who may, the service says."""
    row = get_or_404(_differences(request.membership), pk=pk)
    form: Any = forms.AnswerForm(request.POST, auto_id="answer-%s")
    if step == "settle":
        form = show_line.settle_form(show_line.standing(row.line, timezone.now()), request.POST)
    elif step != "answer":
        raise Http404
    if form.is_valid():
        try:
            _act(request, row, step, form)
        except Stale:
            return _line_page(request, row.line, 409, stale=True, difference=row.pk, **{step: form})
        except Refused as error:
            add_refusal(form, error, "count" if error.reason == "settled_count" else None)
        else:
            messages.success(request, _("Both sides see it."))
            return redirect("confirmation-line", row.line_id)
    return _line_page(request, row.line, 400, difference=row.pk, **{step: form})


def _act(request: Any, row: Difference, step: str, form: Any) -> None:
    given = {
        "by": request.membership,
        "difference": row,
        "now": timezone.now(),
        "version": asked.version(request),
    }
    if step == "answer":
        services.answer(verdict=form.cleaned_data["verdict"], text=form.cleaned_data["text"], **given)
        return
    services.settle(
        count=form.cleaned_data["count"], units=form.cleaned_data.get("units"),
        text=form.cleaned_data["text"], **given,
    )  # fmt: skip


# Paper and sheet ---------------------------------------------------------------
@permit("confirmation.view")
@require_safe
def statement(request: Any, month: str, code: str, partner: str) -> HttpResponse:
    """The statement of two institutions on A4, for one of them or for the alliance."""
    round_, membership = _round(month), request.membership
    own = get_or_404(Institution.objects.all(), code=code)
    other = get_or_404(Institution.objects.exclude(pk=own.pk), code=partner)
    if membership.institution_id not in (None, own.pk, other.pk):
        raise Http404
    context = show_month.statement_page(round_, own, other, membership, timezone.now())
    return render(request, "confirmation/statement.html", context)


@permit("confirmation.export")
@require_safe
def export(request: Any, month: str) -> HttpResponse:
    """The lines of a month as a workbook: the own ones, or all of the alliance."""
    round_ = _round(month)
    rows = show_month.sheet(round_, request.membership, timezone.now())
    body = io.BytesIO()
    sheets.write_xlsx(body, rows, title=str(round_))
    journal.write(
        by=request.membership,
        verb="confirmation.exported",
        about=round_,
        request=request,
        lines=len(rows) - 1,
    )
    response = HttpResponse(body.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="confirmation-{round_}.xlsx"'
    return response


def _round(month: str) -> Round:
    try:
        found = asked.read_month(month)
    except PeriodRefused:
        raise Http404 from None
    return get_or_404(Round.objects.all(), month=found.first_day)


def _line(request: Any, pk: int) -> Line:
    return get_or_404(Line.objects.visible_to(request.membership).with_names(), pk=pk)


def _differences(membership: Membership) -> QuerySet[Difference]:
    here = membership.institution_id
    own = Q() if here is None else Q(line__giver=here) | Q(line__taker=here)
    rows: QuerySet[Difference] = Difference.objects.filter(own).select_related(
        "line__round", "line__giver", "line__taker", "statement__institution", "statement__by__user"
    )
    return rows
