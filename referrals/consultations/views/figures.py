"""Figures of consultations by place and month with their rows, fees and what institutions owe each other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.register import Shape
from alliance.models import Institution
from alliance.services import journal, parameters
from alliance.web import lists, parts, words
from alliance.web.access import permit, require
from alliance.web.parameter_values import text as in_words
from alliance.web.refused import add_refusal
from referrals import measuring
from referrals.consultations import facts, figures, forms, services, tables
from referrals.consultations.models import Consultation, FeeRate
from referrals.consultations.views.centres import asked_month


@permit("consultation.figures")
@require_safe
def month_figures(request: Any) -> HttpResponse:
    """Timely response, waiting, concordance of a month by institution, department or doctor."""
    month, asked = asked_month(request), request.GET.get("by", "")
    level = asked if asked in measuring.LEVELS else measuring.LEVELS[0]
    names = (_("Institutions"), _("Departments"), _("Doctors"))
    tabs = [
        parts.Tab(name, f"?month={month}&by={one}", one == level)
        for one, name in zip(measuring.LEVELS, names, strict=True)
    ]
    rows, total = figures.lines(request.membership, month, level)
    page = {
        "title": _("Consultations of the month"), "month": month, "by": level, "rows": rows, "tabs": tabs,
        "figs": _figs(total, month), "earlier": month.previous(), "later": month.next(),
        "records": f"{reverse('consultation-records')}?month={month}&by={level}",
    }  # fmt: skip
    return render(request, "consultations/figures.html", page)


def _figs(total: figures.Line, month: Any) -> list[parts.Fig]:
    """The four figures that decide something, with their targets."""
    rule = parameters.in_force("consult.wait_target", on=month.last_day)
    wait = in_words(Shape("rule"), rule)
    target: Any = parameters.in_force("consult.concordance_target", on=month.last_day)
    counts, below = total.counts, total.concordance is not None and total.concordance < Fraction(target) / 100
    return [
        parts.Fig(
            _("Answered within the limit"), words.pct(total.in_time),
            detail=_("%(part)d of %(whole)d")
            % {"part": counts["answered_in_time"], "whole": counts["questions_received"]},
        ),
        parts.Fig(_("Mean wait"), figures.hours(total.wait), detail=_("target %(rule)s") % {"rule": wait}),
        parts.Fig(
            _("Concordance"), words.pct(total.concordance), bad=below,
            detail=_("%(part)d of %(whole)d, target %(target)s %%")
            % {"part": counts["answers_concordant"], "whole": counts["answers_judged"], "target": target},
        ),
        parts.Fig(_("Remote readings"), str(counts["readings_answered"])),
    ]  # fmt: skip


@permit("consultation.figures")
@require_safe
def records(request: Any) -> HttpResponse:
    """The very consultations behind one number, as far as the member may see them; names masked."""
    month, asked = asked_month(request), request.GET
    what, level = asked.get("what", "consultations_asked"), asked.get("by", measuring.LEVELS[0])
    place = asked.get("place", "")
    if what not in facts.MEASURES or level not in measuring.LEVELS:
        raise Http404
    journal.write(by=request.membership, verb="patient.listed", request=request, list="records", what=what)
    seen = Consultation.objects.visible_to(request.membership).with_names()
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 19 else None
    rows = seen.filter(pk__in=facts.records(month, what, level, number).values("pk"))
    return lists.answer(
        request, "consultations/records.html", rows.order_by("-asked_at", "-pk"), tables.ConsultationTable,
        empty=parts.Empty(_("No consultations yet")),
        extra={"title": figures.LABELS[what], "month": month, "back": level},
    )  # fmt: skip


@permit("consultation.fees")
@require_http_methods(["GET", "HEAD", "POST"])
def fees(request: Any) -> HttpResponseBase:
    """Fees by kind, and what institutions owe each other for a month; never a person (practice section 6)."""
    month = asked_month(request)
    hospitals = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    form = forms.FeeForm(institutions={row.pk: row for row in hospitals}, data=request.POST or None)
    if request.method == "POST":
        require(request.membership, "consultation.set_fee")
        if form.is_valid() and _set(request, form):
            return redirect("consultation-fees")
    here = request.membership.institution
    debts = figures.debts(month, here.code if here else "")
    waiting = services.without_fee(month) if here is None else ()
    page = {
        "title": _("Fees between institutions"), "month": month, "earlier": month.previous(),
        "later": month.next(), "form": form, "debts": debts, "nets": figures.nets(debts),
        "names": dict(Institution.objects.values_list("code", "short_name")),
        "rates": FeeRate.objects.select_related("institution"), "missing": len(waiting),
    }  # fmt: skip
    return render(request, "consultations/fees.html", page, status=400 if form.errors else 200)


def _set(request: Any, form: forms.FeeForm) -> bool:
    data = form.cleaned_data
    place = form.institutions.get(data["institution"])
    try:
        services.set_rate(
            by=request.membership, kind=data["kind"], fen=data["yuan"], from_date=data["from_date"],
            source=data["source"], institution=place,
        )  # fmt: skip
    except services.ConsultationRefused as error:
        add_refusal(form, error)
        return False
    messages.success(request, _("The fee holds from %(day)s.") % {"day": data["from_date"]})
    return True


@permit("consultation.set_fee")
@require_POST
def charge(request: Any) -> HttpResponseBase:
    """Charge what was answered in a month before a fee was entered."""
    month = asked_month(request)
    count = services.charge_missing(by=request.membership, month=month, now=timezone.now())
    messages.success(request, _("%(n)d fees charged.") % {"n": count})
    return redirect(f"{reverse('consultation-fees')}?month={month}")
