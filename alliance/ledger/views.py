"""Pages of the ledger: journals of a month, one journal, the statement of an account, the trial balance."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.approvals.refusals import explained
from alliance.ledger import errors, facts, forms, proposals, show, tables
from alliance.ledger.models import Account, LedgerJournal
from alliance.models import Membership
from alliance.web import asked, lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.parts import Empty, Fig


@permit("ledger.view")
@require_safe
def journal_list(request: Any) -> HttpResponse:
    """The journals of a month (the latest unless the address names one), and that they sum to zero."""
    every = request.GET.get("month") == "all"
    month = None if every else asked.month(request) or next(iter(facts.months()), None)
    figures = show.month_figures(request.membership, month) if month else []
    empty = Empty(
        _("No journal is posted here"), _("Journals come from the month’s settlement."), icon="ledger"
    )
    extra = {"title": _("Ledger"), "month": month, "figs": figures, **show.closing(request.membership, month)}
    return lists.answer(
        request, "ledger/list.html", show.journals_of(request.membership, month), tables.JournalTable,
        tabs=show.month_tabs(month), empty=empty, extra=extra,
    )  # fmt: skip


@permit("ledger.view")
@require_safe
def journal(request: Any, pk: int) -> HttpResponse:
    """One journal with its entries, reasons and the way down to the evidence."""
    return _journal_page(request, visible_journal(request.membership, pk))


@permit("ledger.view")
@require_safe
def account(request: Any, pk: int) -> HttpResponse:
    """The statement of an account: opening balance, movements with running balance, closing balance."""
    found = get_or_404(Account.objects.seen_by(request.membership).select_related("institution"), pk=pk)
    form = forms.RangeForm(request.GET)
    span = form.cleaned_data if form.is_valid() else {}
    paper = facts.statement(found, first=span.get("first"), last=span.get("last"))
    moved = paper.closing_fen - paper.opening_fen
    figures = [
        Fig(_("opening balance"), words.yuan(paper.opening_fen), _("yuan")),
        Fig(_("movement"), words.yuan_diff(moved), _("yuan") if moved else ""),
        Fig(_("closing balance"), words.yuan(paper.closing_fen), _("yuan")),
    ]
    return lists.answer(
        request, "ledger/account.html", paper.entries, tables.StatementTable,
        empty=Empty(_("No movement in these months")),
        extra={"title": str(found), "account": found, "figs": figures, "filter": {"form": form}},
    )  # fmt: skip


@permit("ledger.view")
@require_safe
def trial(request: Any) -> HttpResponse:
    """The trial balance of a month or of all months: what was received and given ties."""
    month = asked.parsed(request.GET.get("month", ""))
    sums = facts.trial_balance(month, seen_by=request.membership)
    whole = request.membership.institution_id is None
    figures = [
        Fig(_("debit"), words.yuan(sums.debit_fen), _("yuan")),
        Fig(_("credit"), words.yuan(sums.credit_fen), _("yuan")),
        Fig(_("debit less credit"), words.yuan(sums.sum_fen), _("yuan"), bad=whole and sums.sum_fen != 0),
    ]
    return lists.answer(
        request, "ledger/trial.html", sums.accounts, tables.TrialTable, filterset=tables.TrialFilter,
        empty=Empty(_("No account has moved")),
        extra={"title": _("Trial balance"), "month": month, "figs": figures},
    )  # fmt: skip


@permit("ledger.close")
@require_POST
@explained
def close(request: Any) -> HttpResponseBase:
    """Propose to close a month: it closes when another person agrees."""
    _whole_alliance(request.membership)
    month = forms.asked_month(request.GET.get("month"))
    if month is None:
        raise errors.NoPeriod(month=request.GET.get("month", "—"))
    made = proposals.propose_closing(by=request.membership, month=month, on=timezone.localdate())
    messages.success(request, _("Proposed. The month closes when a colleague agrees."))
    return redirect("approval", made.pk)


@permit("ledger.reverse")
@require_POST
@explained
def reverse(request: Any, pk: int) -> HttpResponseBase:
    """Propose to reverse a journal: it is posted when another person agrees."""
    _whole_alliance(request.membership)
    found = visible_journal(request.membership, pk)
    form = forms.ReverseForm(request.POST, months=facts.open_months())
    if not form.is_valid():
        return _journal_page(request, found, form)
    month = forms.asked_month(form.cleaned_data["month"])
    assert month is not None  # a choice of the form
    made = proposals.propose_reversal(
        by=request.membership,
        journal=found,
        month=month,
        text=form.cleaned_data["text"],
        on=timezone.localdate(),
    )
    messages.success(request, _("Proposed. The reversal is posted when a colleague agrees."))
    return redirect("approval", made.pk)


def visible_journal(membership: Membership, pk: int) -> LedgerJournal:
    """The journal, or 404 when it touches no account this member may know."""
    rows = show.seen(membership).select_related("period", "reverses", "posted_by__user", "confirmed_by__user")
    found: LedgerJournal = get_or_404(rows, pk=pk)
    return found


def _journal_page(request: Any, found: LedgerJournal, bound: Any = None) -> HttpResponse:
    entries = facts.lines_of(found, seen_by=request.membership)
    response = lists.answer(
        request, "ledger/journal.html", entries, tables.EntryTable,
        extra=show.journal_page(found, request.membership, bound),
    )  # fmt: skip
    response.status_code = 400 if bound is not None else 200
    return response


def _whole_alliance(membership: Membership) -> None:
    if membership.institution_id is not None:
        raise PermissionDenied(_("The books belong to the whole alliance; its finance office does this."))
