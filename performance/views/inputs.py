"""What a month rests on before it is computed: pool, bases, scheme, deliveries; money takes two people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from performance import forms
from performance.models import MonthException, PoolDecision
from performance.services import bases, completeness, pools
from performance.services.refusals import MoneyRefused
from performance.show import inputs as show
from performance.views.months import whole_alliance

FIELDS = {"source", "document", "reason", "institution", "fen"}


@permit("month.view")
@require_safe
def month_inputs(request: Any, month: Month) -> HttpResponse:
    """Pool, bases, scheme and deliveries with what this member may enter or confirm."""
    whole_alliance(request.membership)
    return render(request, "performance/inputs.html", show.page(request.membership, month))


@permit("month.propose")
@require_POST
def month_pool(request: Any, month: Month) -> HttpResponseBase:
    """Enter the money of the month."""
    whole_alliance(request.membership)
    form = forms.PoolForm(request.POST, auto_id="pool-%s")
    return _enter(
        request, month, "pool", form,
        lambda data: pools.enter_pool(by=request.membership, month=month, **data),
        _("Entered. It counts once a second person has confirmed it."),
    )  # fmt: skip


@permit("month.propose")
@require_POST
def month_basis(request: Any, month: Month) -> HttpResponseBase:
    """Let a performance-pay base hold from this month on."""
    whole_alliance(request.membership)
    form = forms.BasisForm(request.POST, institutions=show.with_line(), auto_id="basis-%s")
    return _enter(
        request, month, "basis", form,
        lambda data: bases.set_basis(by=request.membership, from_month=month, **data),
        _("The base holds from this month on."),
    )  # fmt: skip


@permit("month.propose")
@require_POST
def month_exception(request: Any, month: Month) -> HttpResponseBase:
    """Sign that the month may be computed without an institution's missing cases."""
    whole_alliance(request.membership)
    form = forms.ExceptionForm(request.POST, institutions=show.with_line(), auto_id="exception-%s")
    return _enter(
        request, month, "exception", form,
        lambda data: completeness.sign_exception(by=request.membership, month=month, **data),
        _("Signed. It counts once a second person has confirmed it."),
    )  # fmt: skip


@permit("month.approve")
@require_POST
def month_pool_confirm(request: Any, month: Month, pk: int) -> HttpResponseBase:
    """The second person confirms the pool."""
    whole_alliance(request.membership)
    pool = get_or_404(PoolDecision.objects.select_related("entered_by"), pk=pk, month=month.first_day)
    return _confirm(
        request, month,
        lambda: pools.confirm_pool(by=request.membership, pool=pool, now=timezone.now()),
    )  # fmt: skip


@permit("month.approve")
@require_POST
def month_exception_confirm(request: Any, month: Month, pk: int) -> HttpResponseBase:
    """The second person confirms an exception."""
    whole_alliance(request.membership)
    rows = MonthException.objects.select_related("signed_by")
    exception = get_or_404(rows, pk=pk, month=month.first_day)
    return _confirm(
        request, month,
        lambda: completeness.confirm_exception(
            by=request.membership, exception=exception, now=timezone.now()
        ),
    )  # fmt: skip


def _enter(
    request: Any, month: Month, name: str, form: Form, service: Callable[[dict[str, Any]], Any], said: str
) -> HttpResponseBase:
    """Run a service with a form's words; what was typed stays when something is refused."""
    if form.is_valid():
        try:
            service(form.cleaned_data)
        except MoneyRefused as refusal:
            field = refusal.reason if refusal.reason in FIELDS else None
            form.add_error(field if field in form.fields else None, worded(refusal))
        else:
            messages.success(request, said)
            return redirect("month-inputs", month)
    page = show.page(request.membership, month, **{name: form})
    return render(request, "performance/inputs.html", page, status=400)


def _confirm(request: Any, month: Month, service: Callable[[], Any]) -> HttpResponseBase:
    try:
        service()
    except Refused as refusal:
        messages.error(request, worded(refusal))
    else:
        messages.success(request, _("Confirmed."))
    return redirect("month-inputs", month)
