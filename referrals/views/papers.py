"""Papers of a referral: records and results of both sides, the insurance filing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal, worded
from referrals import forms, services, show
from referrals.models import Referral
from referrals.services import papers
from referrals.views.referral import visible


@permit("referral.view")
@require_POST
def add_file(request: Any, pk: int) -> HttpResponseBase:
    """Keep one more record or result."""
    found = visible(request.membership, pk)
    form = forms.FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            keep(request, found, form.cleaned_data["attachment"])
        except services.ReferralRefused as refused:
            form.add_error(None, worded(refused))
        else:
            messages.success(request, _("The file is kept; both sides can read it."))
            return redirect("referral", pk)
    return render(request, "referrals/act.html", show.form_page(found, form, "referral-add-file"), status=400)


def keep(request: Any, referral: Referral, file: Any) -> None:
    """Store an uploaded scan with a referral."""
    papers.attach(
        by=request.membership, referral=referral, name=file.name, content=file.chunks(),
        content_type=scan_type(file) or "", limit=scan_limit(),
    )  # fmt: skip


@permit("referral.view")
@require_safe
def file(request: Any, pk: int, number: int) -> HttpResponseBase:
    """One record or result: for the two sides only; the read is journaled first."""
    found = visible(request.membership, pk)
    row = get_or_404(found.files.select_related("file"), pk=number)
    if not found.side_of(request.membership):
        raise Http404
    return fetched(request, row.file)


@permit("referral.log")
@require_POST
def filing(request: Any, pk: int) -> HttpResponseBase:
    """Keep the insurer's number of the filing."""
    found = visible(request.membership, pk)
    form = forms.FilingForm(request.POST)
    if form.is_valid():
        try:
            number = form.cleaned_data["filing_no"]
            papers.file_insurance(by=request.membership, referral=found, number=number)
        except Refused as refused:
            add_refusal(form, refused, "filing_no")
        else:
            messages.success(request, _("The filing is kept."))
            return redirect("referral", pk)
    return render(request, "referrals/act.html", show.form_page(found, form, "referral-filing"), status=400)
