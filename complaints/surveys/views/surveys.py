"""Pages of surveys: the list, opening one, how it stands, counting it, giving it up, its links on paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.web import lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.qr import picture
from alliance.web.refused import add_refusal, worded
from complaints.surveys import forms, services, tables, visible
from complaints.surveys.engine.links import spaced
from complaints.surveys.models import Campaign, PrintRun
from complaints.surveys.services.rights import HAND_OUT, PRINT, RUN, VIEW
from complaints.surveys.show import survey as show

LINES = 60  # of the list on one page


@permit(VIEW)
@require_safe
def survey_list(request: Any) -> HttpResponse:
    """The surveys that ask one's own people; to the offices all."""
    membership = request.membership
    empty = parts.Empty(
        _("No survey yet"), _("The performance office opens one from a released questionnaire."), icon="check"
    )
    return lists.answer(
        request, "surveys/list.html", visible.counted(membership), tables.SurveyTable,
        filterset=tables.SurveyFilter, tabs=show.tabs("surveys", membership), empty=empty,
        extra={"title": _("Surveys"), "runs": membership.can(RUN)},
    )  # fmt: skip


@permit(RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def open_survey(request: Any) -> HttpResponseBase:
    """Open a survey; what was typed stays when something is refused."""
    form = forms.OpenForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_survey(by=request.membership, terms=form.terms(), now=timezone.now())
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The survey is open. Institutions print its links or staff answer."))
            return redirect("survey", made.pk)
    context = {"title": _("Open a survey"), "form": form, "ready": form.fields["edition"].queryset.exists()}
    return render(request, "surveys/open.html", context, status=400 if form.errors else 200)


@permit(VIEW)
@require_safe
def survey(request: Any, pk: int) -> HttpResponse:
    """How a survey stands; counted, what it found."""
    row = survey_of(request, pk)
    return render(request, "surveys/survey.html", show.page(row, request.membership, timezone.localdate()))


@permit(RUN)
@require_POST
def close(request: Any, pk: int) -> HttpResponseBase:
    """Count the answers."""
    row = survey_of(request, pk)
    try:
        services.close(by=request.membership, campaign=row, now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
    return redirect("survey", pk)


@permit(RUN)
@require_POST
def cancel(request: Any, pk: int) -> HttpResponseBase:
    """Give the survey up."""
    row, why = survey_of(request, pk), request.POST.get("why", "")
    try:
        services.cancel(by=request.membership, campaign=row, why=why, now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
    return redirect("survey", pk)


@permit(HAND_OUT)
@require_safe
def survey_links(request: Any, pk: int, code: str) -> HttpResponse:
    """The list an institution hands its slips over by: numbers and persons, no code."""
    row, place = _printable(request, pk, code)
    number = max(1, int(page) if (page := request.GET.get("page", "1")).isdecimal() else 1)
    count, lines = services.list_to_hand(
        by=request.membership, campaign=row, institution=place, first=LINES * (number - 1), most=LINES
    )
    context = {
        "title": _("Slips to hand over"), "survey": row, "place": place, "lines": lines, "count": count,
        "number": number, "more": count > LINES * number,
    }  # fmt: skip
    return render(request, "surveys/list_to_hand.html", context)


@permit(PRINT)
@require_safe
def survey_runs(request: Any, pk: int, code: str) -> HttpResponse:
    """What is on paper for an institution: its print runs, what is left to print."""
    row, place = _printable(request, pk, code)
    runs = row.runs.filter(institution=place).select_related("printed_by__user", "voided_by__user")
    left = row.tickets.filter(stratum__institution=place, spent=False, run=None).count()
    context = {
        "title": _("Print slips"), "survey": row, "place": place, "runs": runs, "left": left,
        "next": min(left, services.RUN_OF),
    }  # fmt: skip
    return render(request, "surveys/runs.html", context)


@permit(PRINT)
@require_POST
def survey_print(request: Any, pk: int, code: str) -> HttpResponseBase:
    """Print the next slips: this answer alone shows their codes."""
    row, place = _printable(request, pk, code)
    try:
        run, slips = services.print_slips(
            by=request.membership, campaign=row, institution=place, now=timezone.now()
        )
    except Refused as error:
        messages.error(request, worded(error))
        return redirect("survey-runs", pk, code)
    context = {
        "title": _("Slips, shown once"), "survey": row, "place": place, "run": run,
        "slips": [(one, spaced(one.text), picture(_address(request, one.text))) for one in slips],
        "enter": _outside(request, "say-survey-enter"),
    }  # fmt: skip
    return render(request, "surveys/slips.html", context)


@permit(PRINT)
@require_POST
def survey_void(request: Any, pk: int, code: str, number: int) -> HttpResponseBase:
    """Declare a print run void: its codes that are not used lead nowhere."""
    row, place = _printable(request, pk, code)
    run = get_or_404(PrintRun.objects.filter(campaign=row, institution=place), number=number)
    why = request.POST.get("why", "")
    try:
        count = services.void_run(by=request.membership, run=run, why=why, now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
    else:
        messages.success(request, _("Void: %(n)d codes lead nowhere and can be printed anew.") % {"n": count})
    return redirect("survey-runs", pk, code)


def _printable(request: Any, pk: int, code: str) -> tuple[Campaign, Institution]:
    """A running survey by slips, at an institution whose page the member may open, or 404."""
    row = survey_of(request, pk)
    place = place_of(request, row, code)
    if row.state != Campaign.State.RUNNING or row.plan.of_staff:
        raise Http404
    return row, place


def _address(request: Any, text: str) -> str:
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    return f"{_outside(request, 'say-survey', text)}?lang={language}"


def _outside(request: Any, name: str, *more: str) -> str:
    """The whole address of a public page."""
    path = reverse(name, urlconf="config.urls", args=[request.alliance.code, *more])
    prefix = reverse("home")  # inside an alliance addresses begin with its own
    return request.build_absolute_uri(f"/{path.removeprefix(prefix).lstrip('/')}")


def survey_of(request: Any, pk: int) -> Campaign:
    """A survey the member may know, or 404."""
    return get_or_404(visible.surveys(request.membership), pk=pk)


def place_of(request: Any, row: Campaign, code: str) -> Institution:
    """An institution of it whose page the member may open, or 404."""
    return get_or_404(visible.places(request.membership, row), code=code)
