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
from alliance.web.refused import add_refusal
from complaints.bills import asking, composition, forms, services, show
from complaints.bills.refusals import NotOpened
from complaints.services.refusals import ComplaintRefused

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
            sheet, status = _sheet_of(form, f"bill:{code}")
            if sheet and form.is_valid():
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


def _sheet_of(form: Any, purpose: str) -> tuple[public.Sheet | None, int]:
    """The sheet of a form a person sent from our page, else the status; the sentence stands on the form."""
    try:
        return public.Sheet.take(form.data.get("sheet", ""), purpose), 200
    except public.SheetRefused as refusal:
        said = {
            "early": _("That was very quick. Look at what you typed and send it again."),
            "old": _("This page was open too long. Send it again."),
            "forged": _("Send the form from this page."),
        }
        form.full_clean()
        form.add_error(None, said[refusal.why])
        return None, FORM_ERRORS[refusal.why]


def _token(request: HttpRequest, form: forms.AskForm) -> str:
    data = form.cleaned_data
    return services.ask(
        institution=data["place"], record_no=data["record_no"], day=data["day"],
        last_four=data["last_four"], address=request.META.get("REMOTE_ADDR", ""), now=timezone.now(),
    )  # fmt: skip


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def bill(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The bill a link opens; a line of it may be questioned."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        frame, now = _frame(alliance, language), timezone.now()
        try:
            link, fact = services.opened(token=token, request=request, now=now)
        except NotOpened:
            return _answer(request, "say/bill_gone.html", {**frame, **show.good_for(now)}, 404)
        made, status = composition.compose(fact, language), 200
        lines = [(one.key, show.line_label(one)) for one in made.lines]
        form = forms.QuestionForm(request.POST if request.method == "POST" else None, lines=lines)
        purpose = f"bill-line:{code}:{link.pk}"
        if request.method == "POST":
            sheet, status = _sheet_of(form, purpose)
            if sheet and form.is_valid():
                try:
                    asked = asking.question(
                        link=link, fact=fact, line=made.known(form.cleaned_data["line"]), mark=sheet.mark,
                        text=form.cleaned_data["text"], phone=form.cleaned_data["phone"], now=now,
                    )  # fmt: skip
                except ComplaintRefused as refused:
                    add_refusal(form, refused)
                else:
                    page = {**frame, **show.asked(asked, code, token)}
                    return _answer(request, "say/bill_asked.html", page)
            status = 400 if status == 200 else status
        page = {**frame, **show.bill(link, fact, made), "form": form}
        return _answer(request, "say/bill.html", {**page, "sheet": public.Sheet.hand_out(purpose)}, status)


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """What is reimbursed, how much, what people pay themselves: as of today."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        held = services.guide_on(timezone.localdate(timezone=SHANGHAI))
        status = 200 if held else 404
        return _answer(request, "say/bill_guide.html", {**_frame(alliance, language), "guide": held}, status)
