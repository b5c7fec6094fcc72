"""Pages of results and of the register of items: lists, by hand, by sheet, withdrawing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.refusal import Refused
from alliance.services import journal
from alliance.web import lists, parts
from alliance.web.access import get_or_404, permit, require
from alliance.web.refused import add_refusal
from referrals.recognition import forms, services, show, tables
from referrals.recognition.models import Result
from referrals.recognition.views.items import register_today, sheet_page
from referrals.recognition.views.orders import own_institution


@permit("result.view")
@require_safe
def result_list(request: Any) -> HttpResponse:
    """The results of the own house."""
    journal.write(by=request.membership, verb="patient.listed", request=request, list="results")
    rows = Result.objects.of_house(request.membership).select_related("person", "item")
    may = request.membership.can("result.enter")
    empty = parts.Empty(
        _("No results yet"), _("Results entered here are shown where the examination is ordered again."),
        reverse("result-new") if may else "", _("Enter a result") if may else "", "file",
    )  # fmt: skip
    return lists.answer(
        request, "recognition/results.html", rows, tables.ResultTable, filterset=tables.ResultFilter,
        empty=empty, extra={"title": _("Results of our house")},
    )  # fmt: skip


@permit("result.view")
@require_http_methods(["GET", "HEAD", "POST"])
def result(request: Any, pk: int) -> HttpResponseBase:
    """One result of the own house; withdrawing it asks why. The read is journaled first (N44)."""
    rows = Result.objects.of_house(request.membership)
    found = get_or_404(rows.select_related("person", "item", "institution", "entered_by__user"), pk=pk)
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    page = show.result_page(found, request.membership, timezone.now())
    if request.method == "POST":
        require(request.membership, "result.enter")
        form = forms.WithdrawResultForm(request.POST)
        if form.is_valid() and _withdraw(request, found, form):
            return redirect("result", pk)
        page |= {"form": form}
    status = 400 if request.method == "POST" else 200
    return render(request, "recognition/result.html", page, status=status)


def _withdraw(request: Any, found: Result, form: forms.WithdrawResultForm) -> bool:
    why = form.cleaned_data["why"]
    try:
        services.withdraw_result(by=request.membership, result=found, why=why, now=timezone.now())
    except Refused as error:
        add_refusal(form, error, "why")
        return False
    messages.success(request, _("The result is withdrawn."))
    return True


@permit("result.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any) -> HttpResponseBase:
    """Enter one result of the own house."""
    own_institution(request.membership)
    items = register_today()
    form = forms.ResultForm(items=items, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _enter(request.membership, form)
        if made is not None:
            messages.success(request, _("The result is stored."))
            return redirect("result", made.pk)
    groups = [(_("Patient"), show.PERSON), (_("The report"), show.REPORT)]
    page = {"title": _("Enter a result"), "form": form, "groups": groups, "none": not items}
    return render(request, "recognition/result_new.html", page, status=400 if form.errors else 200)


def _enter(by: Any, form: forms.ResultForm) -> Result | None:
    """The result, or None with the refusal in the form and nothing stored."""
    try:
        with transaction.atomic():
            return services.enter(
                by=by, person=form.named_person(by), report=form.report(), channel=Result.Channel.HAND,
                now=timezone.now(),
            )[0]  # fmt: skip
    except Refused as error:
        add_refusal(form, error)
    return None


COLUMNS = "报告号、项目编码、姓名、身份证号（或性别、出生日期）、检查时间、报告时间、结论、调阅地址"


@permit("result.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def import_results(request: Any) -> HttpResponseBase:
    """Results of the own house from a sheet."""
    own_institution(request.membership)
    page = {"title": _("Results from a sheet"), "back": reverse("results"), "columns": COLUMNS}

    def take(data: dict[str, Any]) -> str:
        taken = services.import_results(
            by=request.membership, name=data["sheet"].name, content=data["sheet"].file, now=timezone.now(),
            take_good=data["take_good"],
        )  # fmt: skip
        said = _("%(stored)d results stored, %(known)d known before, %(bad)d rows left out.")
        return said % {"stored": taken.stored, "known": taken.known, "bad": taken.bad}

    return sheet_page(request, forms.SheetForm, page, take)
