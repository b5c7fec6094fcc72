"""Public pages of bills: asked for by what the patient knows, opened by a link, and the guide (S1-67, S1-24).

No sign-in, no cookie. Nothing of a bill is kept by a browser or told to another page, and every reading is
journaled before the answer leaves. A link that is unknown, over or revoked gets one answer.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.workdays import SHANGHAI
from alliance.models import Alliance, Institution
from alliance.web import public
from complaints.bills import forms, services, show
from complaints.bills.refusals import NotOpened

SCOPE = "say"
FORM_ERRORS = {"early": 400, "old": 400, "forged": 403}


def _answer(request: Any, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that nobody keeps and that names its address to nobody."""
    answer = render(request, template, context, status=status)
    add_never_cache_headers(answer)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _frame(alliance: Alliance, language: str) -> dict[str, Any]:
    name = alliance.name_en or alliance.name if language == "en" else alliance.name
    return {"alliance_name": name, "code": alliance.code, "language": language}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponseBase:
    """Record number, day of discharge, last four: the right three open the bill for minutes."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        places = list(Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE))
        posted = request.method == "POST"
        form = forms.AskForm(request.POST if posted else None, places=places)
        status = 200
        if posted:
            status = _check_sheet(form, code)
            if status == 200 and form.is_valid():
                try:
                    token = _token(request, form)
                    return redirect(f"{reverse('say-bill', args=[code, token])}?lang={language}")
                except NotOpened as refusal:
                    status = 429 if refusal.wait else 404
                    form.add_error(None, show.not_opened(refusal))
            status = 400 if status == 200 else status
        context = {
            **_frame(alliance, language), "form": form, "sheet": public.Sheet.hand_out(f"bill:{code}"),
        }  # fmt: skip
        return _answer(request, "say/bill_ask.html", context, status)


def _check_sheet(form: forms.AskForm, code: str) -> int:
    """200 for a form a person sent from our page, else the status; the sentence stands on the form."""
    try:
        public.Sheet.take(form.data.get("sheet", ""), f"bill:{code}")
    except public.SheetRefused as refusal:
        said = {
            "early": _("That was very quick. Look at what you typed and send it again."),
            "old": _("This page was open too long. Send it again."),
            "forged": _("Send the form from this page."),
        }
        form.full_clean()
        form.add_error(None, said[refusal.why])
        return FORM_ERRORS[refusal.why]
    return 200


def _token(request: HttpRequest, form: forms.AskForm) -> str:
    data = form.cleaned_data
    return services.ask(
        institution=data["place"], record_no=data["record_no"], day=data["day"],
        last_four=data["last_four"], address=request.META.get("REMOTE_ADDR", ""), now=timezone.now(),
    )  # fmt: skip


@require_safe
def bill(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The bill a link opens."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        frame = _frame(alliance, language)
        try:
            link, fact = services.opened(token=token, request=request, now=timezone.now())
        except NotOpened:
            return _answer(request, "say/bill_gone.html", frame, 404)
        return _answer(request, "say/bill.html", {**frame, **show.bill(link, fact, language)})


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """What is reimbursed, how much, what people pay themselves: as of today."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        held = services.guide_on(timezone.localdate(timezone=SHANGHAI))
        status = 200 if held else 404
        return _answer(request, "say/bill_guide.html", {**_frame(alliance, language), "guide": held}, status)
