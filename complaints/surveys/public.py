"""The public pages of a survey: a patient answers by a one-time link on a phone, without a sign-in.

A link of another alliance, one that nobody has and one that was mistyped get the same page to the letter.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from alliance.models import Alliance
from alliance.web import public
from alliance.web.refused import worded
from complaints.surveys import services
from complaints.surveys.engine import links
from complaints.surveys.forms import AnswerForm
from complaints.surveys.models import Ticket
from complaints.surveys.services import LinkRefused

SCOPE = "say"
STATUS = {"unknown": 404, "early": 409, "ended": 410, "spent": 410}
# A form that cannot be taken as it is comes back filled; one that is not ours is refused.
SHEET_STATUS = {"early": 400, "old": 400, "forged": 403}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The questionnaire behind a link; sent, it thanks."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language:
        try:
            with public.inside(code) as alliance:
                return _inside(request, alliance, token, language)
        except Http404:
            return _told(request, "", language, LinkRefused("unknown"))


def _inside(request: HttpRequest, alliance: Alliance, token: str, language: str) -> HttpResponse:
    name = _name(alliance, language)
    try:
        ticket = services.find_link(token, now=timezone.now())
        form = AnswerForm(request.POST or None, edition=ticket.campaign.edition, language=language)
        if request.method != "POST":
            return _form(request, alliance, ticket, form, language, 200)
        if (status := _sheet(form, alliance.code)) != 200:
            return _form(request, alliance, ticket, form, language, status)
        if not form.is_valid():
            return _form(request, alliance, ticket, form, language, 400)
        services.answer_by_link(
            typed=token, given=form.given(), now=timezone.now(),
            address=request.META["REMOTE_ADDR"],
        )  # fmt: skip
    except LinkRefused as refusal:
        return _told(request, "" if refusal.reason == "unknown" else name, language, refusal)
    done = HttpResponse(status=303)
    done["Location"] = f"{reverse('say-survey-thanks', args=[alliance.code])}?lang={language}"
    return done


def _sheet(form: AnswerForm, code: str) -> int:
    """200 for a form that a person sent from our page, else the status; the sentence stands on the form."""
    try:
        public.Sheet.take(form.data.get("sheet", ""), f"survey:{code}")
    except public.SheetRefused as refusal:
        said = {
            "early": _("That was very quick. Look at your answers and send them again."),
            "old": _("This page was open too long. Your answers are still here: send them again."),
            "forged": _("Send the form from this page."),
        }
        form.full_clean()
        form.add_error(None, said[refusal.why])
        return SHEET_STATUS[refusal.why]
    return 200


def _form(
    request: HttpRequest, alliance: Alliance, ticket: Ticket, form: AnswerForm, language: str, status: int
) -> HttpResponse:
    place = ticket.stratum.institution
    context = {
        "alliance_name": _name(alliance, language), "language": language, "form": form,
        "edition": ticket.campaign.edition, "place": place, "closes_on": ticket.campaign.closes_on,
        "sheet": public.Sheet.hand_out(f"survey:{alliance.code}"),
    }  # fmt: skip
    return _page(request, "say/survey.html", context, status)


def _told(request: HttpRequest, name: str, language: str, refusal: LinkRefused) -> HttpResponse:
    """Why there is nothing to answer, politely."""
    context = {
        "alliance_name": name or _("Survey"), "language": language, "reason": refusal.reason,
        "said": worded(refusal),
    }  # fmt: skip
    return _page(request, "say/survey_told.html", context, STATUS[refusal.reason])


@require_safe
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """After sending."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        context = {"alliance_name": _name(alliance, language), "language": language}
        return _page(request, "say/survey_thanks.html", context, 200)


@require_safe
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """For who cannot scan: type the sixteen characters of the slip."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        typed = request.GET.get("slip", "").strip()
        if text := links.read(typed):
            done = HttpResponse(status=302)
            done["Location"] = f"{reverse('say-survey', args=[alliance.code, text])}?lang={language}"
            return done
        context = {
            "alliance_name": _name(alliance, language), "language": language, "typed": typed[:40],
            "wrong": bool(typed),
        }  # fmt: skip
        return _page(request, "say/survey_enter.html", context, 400 if typed else 200)


def _name(alliance: Alliance, language: str) -> str:
    return str(alliance.name_en or alliance.name) if language == "en" else str(alliance.name)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """A page that no cache keeps and that tells its address to nobody."""
    done = render(request, template, context, status=status)
    add_never_cache_headers(done)
    done["Referrer-Policy"] = "no-referrer"
    return done
