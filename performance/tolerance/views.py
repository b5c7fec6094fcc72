"""Pages of tolerance cases: list, opening, one case with its steps, its evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.refused import add_refusal, worded
from performance.tolerance import exempting, forms, services, show, tables
from performance.tolerance.models import RUN, VIEW, ToleranceCase

STEPS = ("state", "prove", "opine", "stand-back", "name", "review", "propose", "withdraw", "exempt")


@permit(VIEW)
@require_safe
def cases(request: Any) -> HttpResponse:
    """Cases the member takes part in, or runs."""
    extra = {"title": pgettext("tolerance", "Error tolerance")}
    rows = ToleranceCase.objects.seen_by(request.membership).named()
    return lists.answer(
        request, "tolerance/list.html", rows, tables.CaseTable, empty=tables.NONE, extra=extra
    )


@permit(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: Any) -> HttpResponseBase:
    """Open a case."""
    by = request.membership
    initial = {key: request.GET[key][:40] for key in ("record_no", "referral_no") if key in request.GET}
    initial |= {"institution": by.institution, "person": None if by.can(RUN) else by}
    form = forms.OpenForm(request.POST or None, by=by, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_case(by=by, now=timezone.now(), **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Opened. Evidence and the statement come next."))
            return redirect("tolerance-case", made.pk)
    context = {"title": pgettext("tolerance", "Open a case"), "form": form}
    return render(request, "tolerance/open.html", context, status=400 if form.errors else 200)


def _found(request: Any, pk: int) -> ToleranceCase:
    rows = ToleranceCase.objects.seen_by(request.membership).named().select_related("referral", "approval")
    return get_or_404(rows, pk=pk)


def _answered(request: Any, row: ToleranceCase, given: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "tolerance/case.html", show.page(row, request.membership, given), status=status)


@permit(VIEW)
@require_safe
def case(request: Any, pk: int) -> HttpResponse:
    """One case."""
    return _answered(request, _found(request, pk), {})


@permit(VIEW)
@require_safe
def file(request: Any, pk: int, file: int) -> HttpResponseBase:
    """A file of the evidence."""
    row = get_or_404(_found(request, pk).evidence.select_related("attachment"), pk=file)
    return fetched(request, row.attachment)


def _form(request: Any, row: ToleranceCase, step: str) -> Any:
    data, name = request.POST, f"{step}-%s"
    made: dict[str, Callable[[], Any]] = {
        "state": lambda: forms.StatementForm(data, auto_id=name),
        "prove": lambda: forms.EvidenceForm(data, request.FILES, auto_id=name),
        "opine": lambda: forms.OpinionForm(data, auto_id=name),
        "name": lambda: forms.NameForm(data, case=row, auto_id=name),
        "propose": lambda: forms.ProposeForm(data, auto_id=name),
        "exempt": lambda: forms.ExemptForm(data, case=row, words=show.line_words, auto_id=name),
    }
    return made[step]() if step in made else None


def _deed(request: Any, row: ToleranceCase, step: str, form: Any) -> object:
    base = {"by": request.membership, "case": row}
    said = form.cleaned_data if form is not None else {}
    now, fresh = timezone.now(), {"version": asked.version(request)}
    deeds: dict[str, Callable[[], object]] = {
        "state": lambda: services.state(**base, now=now, **said),
        "prove": lambda: services.prove(**base, now=now, **said),
        "opine": lambda: services.opine(**base, now=now, **said),
        "stand-back": lambda: services.stand_back(**base, now=now),
        "name": lambda: services.name(**base, **said),
        "review": lambda: services.review(**base, now=now, **fresh),
        "propose": lambda: services.propose(**base, now=now, **fresh, **said),
        "withdraw": lambda: services.withdraw(**base, **fresh),
        "exempt": lambda: exempting.exempt(**base, now=now, **said),
    }
    return deeds[step]()


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Evidence, statement, reviewers, opinions, proposal, exemption."""
    row = _found(request, pk)
    if step not in STEPS:
        raise Http404
    form = _form(request, row, step)
    if form is None or form.is_valid():
        try:
            _deed(request, row, step, form)
            messages.success(request, _("Kept."))
            return redirect("tolerance-case", pk)
        except Refused as error:
            if form is None:
                messages.error(request, worded(error))
                return redirect("tolerance-case", pk)
            add_refusal(form, error)
        except Stale:
            messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
            return _answered(request, _found(request, pk), {}, 409)
    return _answered(request, row, {step: form}, 400)
