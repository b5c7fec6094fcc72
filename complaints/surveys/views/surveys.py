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
from alliance.web.refused import add_refusal
from complaints.surveys import forms, services, tables, visible
from complaints.surveys.engine.links import spaced
from complaints.surveys.models import Campaign
from complaints.surveys.services.rights import HAND_OUT, RUN, VIEW
from complaints.surveys.show import survey as show

SLIPS = 24  # on one sheet of paper to cut


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
        messages.error(request, _(error.template) % error.params)
    return redirect("survey", pk)


@permit(RUN)
@require_POST
def cancel(request: Any, pk: int) -> HttpResponseBase:
    """Give the survey up."""
    row, why = survey_of(request, pk), request.POST.get("why", "")
    try:
        services.cancel(by=request.membership, campaign=row, why=why, now=timezone.now())
    except Refused as error:
        messages.error(request, _(error.template) % error.params)
    return redirect("survey", pk)


@permit(HAND_OUT)
@require_safe
def survey_links(request: Any, pk: int, code: str) -> HttpResponse:
    """Slips of an institution with link and QR code, to print and cut; 24 on a page."""
    row = survey_of(request, pk)
    place = place_of(request, row, code)
    if row.state != Campaign.State.RUNNING or row.plan.of_staff:
        raise Http404
    number = max(1, int(page) if (page := request.GET.get("page", "1")).isdecimal() else 1)
    sheet = services.sheet_of(
        by=request.membership, campaign=row, institution=place, first=SLIPS * (number - 1), most=SLIPS
    )
    slips = [(slip, spaced(slip.text), picture(_address(request, slip.text))) for slip in sheet.slips]
    context = {
        "title": _("Links to hand out"), "survey": row, "place": place, "slips": slips, "left": sheet.left,
        "number": number, "more": sheet.left > SLIPS * number,
        "enter": _outside(request, "say-survey-enter"),
    }  # fmt: skip
    return render(request, "surveys/links.html", context)


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
