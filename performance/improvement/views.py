"""Pages of improvement items: list, opening, one item, the report as page, A4 and docx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.period import Month, PeriodRefused
from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists, papers
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal, worded
from performance.improvement import forms, services, show, tables
from performance.improvement.models import RUN, VIEW, Item
from performance.meetings import moved

STEPS = ("explain", "action", "begin", "measure", "go-on", "close", "withdraw")


@permit(VIEW)
@require_safe
def item_list(request: Any) -> HttpResponse:
    """Items the member may see."""
    extra = {"title": _("Improvement"), "runs": request.membership.can(RUN)}
    return lists.answer(
        request, "improvement/list.html", show.rows(request.membership), tables.ItemTable,
        filterset=tables.ItemFilter, empty=tables.NONE, extra=extra,
    )  # fmt: skip


def _given(request: Any) -> dict[str, Any]:
    """What a link names: institution by code, indicator, month, source with its id and words."""
    names = ("indicator", "month", "source", "source_id", "source_text", "title")
    found = {key: request.GET[key] for key in names if key in request.GET}
    place = Institution.objects.filter(code=request.GET.get("institution", "")).first()
    if place is None:
        place = request.membership.institution
    return {**found, **({"institution": place} if place else {})}


@permit(VIEW, RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def open_item(request: Any) -> HttpResponseBase:
    """Open an item."""
    form = forms.OpenForm(
        request.POST or None, by=request.membership, indicators=show.indicators(),
        months=show.months(ended=True),
        initial=_given(request),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_item(by=request.membership, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(
                request, _("Opened with its computed baseline. Write the cause and the actions.")
            )
            return redirect("improvement", made.pk)
    context = {"title": _("Open an improvement item"), "form": form, "begun": _begun(request, form)}
    return render(request, "improvement/open.html", context, status=400 if form.errors else 200)


def _begun(request: Any, form: Any) -> Item | None:
    """The open item that begins with the figure the form names: there is no second one."""
    given = form.cleaned_data if form.is_bound else form.initial
    # What was refused stands no longer among the cleaned ones.
    month = request.POST.get("month", "") if form.is_bound else given.get("month", "")
    if given.get("institution") is None or not given.get("indicator"):
        return None
    try:
        named = given["institution"], given["indicator"], Month.parse(month)
    except PeriodRefused:
        return None
    begun: Item | None = Item.objects.seen_by(request.membership).open_on(*named).first()
    return begun


def found(request: Any, pk: int) -> Item:
    """An item the member may see."""
    return get_or_404(Item.objects.seen_by(request.membership).named(), pk=pk)


def answered(request: Any, row: Item, given: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of an item, with a form that was refused."""
    page = show.page(row, request.membership, timezone.now(), given)
    return render(request, "improvement/item.html", page, status=status)


@permit(VIEW)
@require_safe
def item(request: Any, pk: int) -> HttpResponse:
    """One item."""
    return answered(request, found(request, pk), {})


@permit(VIEW, RUN)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Cause, action, begin, measure, go on, close, withdraw."""
    row = found(request, pk)
    if step not in STEPS:
        raise Http404
    name = step.replace("-", "_")
    form = _form(request, row, name)
    if form is None or form.is_valid():
        try:
            _deeds(request, row, form)[name]()
            messages.success(request, moved.told(_("Kept."), form and form.cleaned_data.get("due_on")))
            return redirect("improvement", pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
                return redirect("improvement", pk)
            add_refusal(form, error)
        except Stale:
            messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
            return answered(request, found(request, pk), {}, 409)
    return answered(request, row, {"cause" if name == "explain" else name: form}, 400)


def _form(request: Any, row: Item, name: str) -> Any:
    data = request.POST
    if name == "begin":
        return None
    if name == "explain":
        return forms.CauseForm(data, auto_id="cause-%s")
    if name == "action":
        return forms.ActionForm(data, by=request.membership, item=row, auto_id="action-%s")
    if name == "measure":
        return forms.MonthForm(data, months=show.months(ended=True), auto_id="measure-%s")
    return forms.ConclusionForm(data, auto_id=f"{name}-%s")


def _deeds(request: Any, row: Item, form: Any) -> dict[str, Callable[[], object]]:
    said = form.cleaned_data if form is not None else {}
    whole = {"by": request.membership, "item": row}
    fresh = {**whole, "version": asked.version(request)}
    now, words = timezone.now(), said.get("conclusion", "")
    return {
        "explain": lambda: services.explain(**fresh, cause=said["cause"]),
        "action": lambda: services.act(**whole, now=now, **said),
        "begin": lambda: services.begin(**fresh),
        "measure": lambda: services.measure(**fresh, month=said["month"], now=now),
        "go_on": lambda: services.go_on(**fresh, reason=words),
        "close": lambda: services.close(**fresh, conclusion=words, now=now),
        "withdraw": lambda: services.withdraw(**fresh, reason=words),
    }


@permit(VIEW)
@require_safe
def report(request: Any) -> HttpResponse:
    """The quality and efficiency report on A4."""
    document = show.report(request.membership, timezone.now())
    return render(request, "improvement/report.html", {"title": document.title, "document": document})


@permit(VIEW)
@require_safe
def report_docx(request: Any) -> HttpResponse:
    """The same as a file an office can go on editing; each download is journaled."""
    document = show.report(request.membership, timezone.now())
    if request.method == "GET":
        journal.write(by=request.membership, verb="improvement.report_fetched", request=request)
    return papers.send(document, document.title)
