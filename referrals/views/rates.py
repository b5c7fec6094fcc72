"""The month's referral rates with ineffective ones, and down-referrals found in case files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.services import journal
from alliance.web import asked
from alliance.web.access import permit
from alliance.web.refused import add_refusal, worded
from grouping.readmission import joined
from referrals import forms, services
from referrals.services import captured as captures
from referrals.services import rates as figures
from referrals.show import captured as show_captured
from referrals.show import rates as show


@permit("referral.view")
@require_safe
def rates(request: Any) -> HttpResponse:
    """The rates by variant, what explains them, and the ineffective referrals this member may see."""
    month = asked_month(request)
    journal.write(by=request.membership, verb="patient.listed", request=request, list="ineffective referrals")
    page = show.page(request.membership, month, timezone.now(), forms.ExplanationForm())
    return render(request, "referrals/rates.html", page)


@permit("referral.explain")
@require_POST
def explain(request: Any) -> HttpResponseBase:
    """Write why the rate is outside its band."""
    month, form = asked_month(request), forms.ExplanationForm(request.POST)
    if form.is_valid():
        try:
            figures.explain(
                by=request.membership, month=month, text=form.cleaned_data["text"], now=timezone.now()
            )
        except services.ReferralRefused as refused:
            add_refusal(form, refused, "text")
        else:
            messages.success(request, _("The explanation is kept."))
            return redirect(f"{reverse('referral-rates')}?month={month}")
    page = show.page(request.membership, month, timezone.now(), form)
    return render(request, "referrals/rates.html", page, status=400)


@permit("referral.view")
@require_safe
def captured(request: Any) -> HttpResponse:
    """Stays that look like down-referrals and have no logged one, and logged ones without a stay."""
    month = asked_month(request)
    journal.write(by=request.membership, verb="patient.listed", request=request, list="captured referrals")
    return render(request, "referrals/captured.html", show_captured.page(request, month, timezone.now()))


@permit("referral.capture")
@require_POST
def capture(request: Any, case: int) -> HttpResponseBase:
    """Decide what one stay was."""
    month, place = asked_month(request), joined.institution_of(case)
    if place is None or not request.membership.sees(place):
        raise Http404
    try:
        captures.decide(
            by=request.membership, month=month, case=case, verdict=request.POST.get("verdict", ""),
            note=request.POST.get("note", ""), now=timezone.now(),
        )  # fmt: skip
    except services.ReferralRefused as refused:
        messages.error(request, worded(refused))
    else:
        messages.success(request, _("The decision is kept."))
    return redirect(f"{reverse('referral-captured')}?month={month}")


def asked_month(request: Any) -> Month:
    """The month of the address, else the one before today's: the one that is being checked.

    What is written to a month that cannot be read is written nowhere: 404.
    """
    if request.method == "POST" and request.GET.get("month") and asked.month(request) is None:
        raise Http404
    today = timezone.localdate(timezone=SHANGHAI)
    return asked.month(request) or Month(today.year, today.month).previous()
