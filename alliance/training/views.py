"""Pages of training: sessions, one session, hours of the year, the fund."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import SERVED_YEARS
from alliance.lib.refusal import Refused
from alliance.training import facts, forms, services, show, tables
from alliance.training.models import Attendance, Session, Spending, seen_by
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded


@permit("training.view")
@require_safe
def session_list(request: Any) -> HttpResponse:
    """Sessions of the whole alliance: everybody may come."""
    # Beside each row of the page alone: joined, every attendance there ever was would be counted.
    there = Attendance.objects.filter(session=OuterRef("pk"), voided_at=None).order_by().values("session")
    present = Coalesce(Subquery(there.annotate(n=Count("pk")).values("n")), 0)
    rows = Session.objects.select_related("organiser").annotate(present=present)
    empty = parts.Empty(
        _("No training session yet"), _("An institution plans a session; each one enters its own staff."),
        icon="users",
    )  # fmt: skip
    return lists.answer(
        request, "training/list.html", rows, tables.SessionTable, filterset=tables.SessionFilter,
        tabs=show.tabs("training", request.membership), empty=empty, extra={"title": _("Training")},
    )  # fmt: skip


@permit("training.organise")
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Any) -> HttpResponseBase:
    """Plan a session; what was typed stays when something is refused."""
    if request.membership.institution_id is None:
        raise PermissionDenied(_("Only a member of an institution plans training."))
    form = forms.PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.plan(by=request.membership, plan=form.plan())
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The session is planned; all institutions see it."))
            return redirect("training-session", made.pk)
    context = {"title": _("Plan a training session"), "form": form}
    return render(request, "training/plan.html", context, status=400 if form.errors else 200)


@permit("training.view")
@require_safe
def session(request: Any, pk: int) -> HttpResponse:
    """One session and who took part."""
    page = show.session_page(_session(pk), request.membership, number=request.GET.get("page"))
    return render(request, "training/session.html", page)


@permit("training.attend")
@require_POST
def attend(request: Any, pk: int) -> HttpResponseBase:
    """Enter one of the own staff."""
    row, here = _session(pk), request.membership.institution_id
    if here is None:
        raise PermissionDenied(_("Only a member of an institution enters attendance."))
    form = forms.AttendForm(request.POST, session=row, institution=here)
    if form.is_valid():
        try:
            services.attend(by=request.membership, session=row, presence=form.presence(), now=timezone.now())
        except Refused as error:
            add_refusal(form, error)
        else:
            return redirect("training-session", pk)
    context = show.session_page(row, request.membership, attend=form)
    return render(request, "training/session.html", context, status=400)


@permit("training.attend")
@require_POST
def attend_by_sheet(request: Any, pk: int) -> HttpResponseBase:
    """Enter the own staff of a sheet, whole or not at all."""
    row, form = _session(pk), forms.SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["sheet"]
        try:
            made = services.attend_by_sheet(
                by=request.membership, session=row, name=file.name, content=file, now=timezone.now()
            )
        except Refused as error:
            form.add_error("sheet", worded(error))
        else:
            said = ngettext("%(n)d person is entered.", "%(n)d persons are entered.", len(made))
            messages.success(request, said % {"n": len(made)})
            return redirect("training-session", pk)
    context = show.session_page(row, request.membership, sheet=form)
    return render(request, "training/session.html", context, status=400)


@permit("training.attend")
@require_POST
def void(request: Any, pk: int) -> HttpResponseBase:
    """Take a wrong line off the list."""
    here = request.membership.institution_id
    rows = Attendance.objects.select_related("staff").filter(staff__institution=here)
    row = get_or_404(rows, pk=pk)
    try:
        services.void(
            by=request.membership, attendance=row, why=request.POST.get("why", ""), now=timezone.now()
        )
    except Refused as error:
        messages.error(request, worded(error))
    return redirect("training-session", row.session_id)


@permit("training.organise")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """The organiser closes or cancels."""
    row, given = _session(pk), {"by": request.membership, "version": asked.version(request)}
    try:
        if step == "close":
            services.close(session=row, now=timezone.now(), **given)
        elif step == "cancel":
            services.cancel(session=row, why=request.POST.get("why", ""), **given)
        else:
            raise Http404
    except Refused as error:
        messages.error(request, worded(error))
    return redirect("training-session", pk)


@permit("training.view")
@require_safe
def hours(request: Any) -> HttpResponse:
    """Hours of the year, of the own doctors or of all."""
    rows = facts.hours_of(timezone.localdate(), institution_id=request.membership.institution_id)
    page = show.hours_page(rows, timezone.localdate(), request.membership, request.GET.get("page"))
    return render(request, "training/hours.html", page)


@permit("training.fund")
@require_http_methods(["GET", "HEAD", "POST"])
def fund(request: Any) -> HttpResponseBase:
    """The fund of a year: what it gives, what was paid, a new payment of the own institution."""
    membership, here, today = request.membership, request.membership.institution_id, timezone.localdate()
    year = year_of(request.GET.get("year", ""), today)
    funds, form = facts.funds(year, min(today, date(year, 12, 31)), institution_id=here), None
    if here is not None and funds and membership.can("training.spend"):
        form = forms.SpendForm(request.POST or None, institution=here)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("Only an institution that has a fund enters payments of it."))
        if form.is_valid() and _spend(request, form):
            return redirect(f"{reverse('training-fund')}?year={form.cleaned_data['day'].year}")
    # Whatever waits for its second person stands here, of any year.
    here_now = Q(day__year=year) | Q(state=Spending.State.ENTERED)
    paid = Spending.objects.filter(seen_by(membership), here_now)
    payments = Paginator(paid.select_related("institution", "entered_by", "staff"), lists.PER_PAGE)
    context = show.fund_page(membership, funds, payments.get_page(request.GET.get("page")), form)
    context |= {"year": year, "years": [one for one in (year - 1, year + 1) if one <= today.year]}
    return render(request, "training/fund.html", context, status=400 if form and form.errors else 200)


def year_of(text: str, today: date) -> int:
    """The year an address asks for; this one where it names none that has begun."""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today.year
    return year if year in SERVED_YEARS and year <= today.year else today.year


def _spend(request: Any, form: forms.SpendForm) -> bool:
    try:
        services.spend(by=request.membership, now=timezone.now(), **form.cleaned_data)
    except Refused as error:
        add_refusal(form, error)
        return False
    messages.success(request, _("Entered. A second person confirms it."))
    return True


@permit("training.confirm")
@require_POST
def payment(request: Any, pk: int, step: str) -> HttpResponseBase:
    """A second person confirms or rejects a payment."""
    rows = Spending.objects.filter(seen_by(request.membership)).select_related("entered_by")
    row, given = get_or_404(rows, pk=pk), {"by": request.membership, "version": asked.version(request)}
    try:
        if step == "confirm":
            services.confirm(spending=row, **given)
        elif step == "reject":
            services.reject(spending=row, why=request.POST.get("why", ""), **given)
        else:
            raise Http404
    except Refused as error:
        messages.error(request, worded(error))
    return redirect("training-fund")


def _session(pk: int) -> Session:
    return get_or_404(Session.objects.select_related("organiser"), pk=pk)
