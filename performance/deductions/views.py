"""Deeds on a deduction's page: charge it, propose a declined charge again, discard it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.consequences import show as consequences
from performance.deductions.forms import IntoForm
from performance.deductions.services import charging
from performance.life.services import booking
from performance.models import Consequence, PayCharge
from performance.models.life import LEAD
from performance.views.months import conflict, whole_alliance


@permit(LEAD)
@require_POST
def charge(request: Any, pk: int) -> HttpResponseBase:
    """Propose to charge a decided deduction in an open month."""
    by, now = request.membership, timezone.now()
    whole_alliance(by)
    row = get_or_404(Consequence.objects.seen_by(by).named(), pk=pk)
    form = IntoForm(request.POST, into=books.open_months(), auto_id="charge-%s")
    if form.is_valid():
        try:
            charging.make(
                by=by, row=row, into=Month.parse(form.cleaned_data["into"]), today=timezone.localdate(now),
                now=now,
            )  # fmt: skip
            messages.success(request, _("Sent to a second person."))
            return redirect("consequence", pk)
        except Refused as error:
            add_refusal(form, error)
    page = consequences.page(row, by, charge=form)
    return render(request, "performance/consequences/consequence.html", page, status=400)


@permit(LEAD)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Propose a declined charge again, or discard it."""
    by, now = request.membership, timezone.now()
    whole_alliance(by)
    row = get_or_404(PayCharge.objects.all(), pk=pk)
    if step not in ("propose", "discard"):
        raise Http404
    try:
        if step == "discard":
            booking.discard(by=by, row=row, verb="charge.discarded")
        else:
            charging.propose(by=by, row=row, today=timezone.localdate(now), version=asked.version(request))
    except Refused as error:
        messages.error(request, worded(error))
    except Stale as error:
        return conflict(request, error)
    return redirect("consequence", row.consequence_id)
