"""The page of shared centres: who reads or tests for others, with orders, results and turnaround."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.lib.period import Month, PeriodRefused
from alliance.models import Department
from alliance.web import lists, parts
from alliance.web.access import permit, require
from alliance.web.refused import add_refusal
from referrals.consultations import figures, forms, services, tables


@permit("consultation.view")
@require_http_methods(["GET", "HEAD", "POST"])
def centre_list(request: Any) -> HttpResponseBase:
    """All centres with their month; who may, registers one or changes what it serves."""
    form = _form(request)
    if request.method == "POST":
        require(request.membership, "centre.change")
        if form.is_valid() and _register(request, form):
            return redirect("centres")
    month = asked_month(request)
    response = lists.answer(
        request, "consultations/centres.html", figures.of_centres(request.membership, month),
        tables.CentreTable,
        empty=parts.Empty(
            _("No shared centre yet"),
            _("Register the department that reads images, tracings or slides for others."), icon="device",
        ),
        extra={
            "title": _("Shared centres"), "month": month, "form": form,
            "earlier": month.previous(), "later": month.next(),
        },
    )  # fmt: skip
    response.status_code = 400 if form.errors else 200
    return response


def _form(request: Any) -> forms.CentreForm:
    rows = Department.objects.filter(
        kind=Department.Kind.TECHNOLOGY, is_active=True, institution__is_active=True
    )
    known = {row.pk: row for row in rows.select_related("institution").order_by("institution__code", "code")}
    return forms.CentreForm(departments=known, data=request.POST or None)


def _register(request: Any, form: forms.CentreForm) -> bool:
    data = form.cleaned_data
    try:
        centre = services.register(
            by=request.membership, department=form.departments[data["department"]], kinds=data["kinds"],
            is_active=data["is_active"],
        )  # fmt: skip
    except services.ConsultationRefused as error:
        add_refusal(form, error)
        return False
    messages.success(request, _("%(centre)s is registered.") % {"centre": centre.department.name})
    return True


def asked_month(request: Any) -> Month:
    """The month in the address; without one, or with another text, the present one."""
    now = Month.of(timezone.localdate())
    try:
        asked = Month.parse(request.GET.get("month", ""))
    except PeriodRefused:
        return now
    # Months a century away have neither rows nor, at the ends of the calendar, neighbours.
    return asked if abs(asked.year - now.year) < 100 else now
