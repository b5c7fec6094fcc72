"""Filing without an account: the form, and the private page with hour, answer and what is missing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from alliance.models import Institution
from alliance.models.base import Stale
from alliance.services import private_links
from alliance.web import public
from alliance.web import public_came as came
from referrals.offsite import forms, services, show
from referrals.offsite.models import Filing

SCOPE = "say"
FORMS: dict[str, type[Any]] = {"supply": forms.SupplyForm, "withdraw": forms.WithdrawForm}


def address(code: str, secret: str, language: str = "") -> str:
    """The private page of a filing."""
    return private_links.address(f"say/{code}/offsite/t/{secret}/", language)


def places() -> list[Institution]:
    """Institutions with an insurance desk: every one but village rooms, the lead hospital first."""
    rows = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    return sorted(rows, key=lambda one: (one.role != Institution.Role.LEAD, one.code))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: Any, code: str) -> HttpResponse:
    """The form; sent, it leads to the private page."""
    if request.method != "POST" and (refused := public.too_often(request, SCOPE)):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        now = timezone.now()
        base = {"places": places(), "files_most": services.number_of(services.FILES, now)}

        def draw(form: Any, status: int) -> HttpResponse:
            return render(
                request, "say/offsite.html", show.form(alliance, form, language, now), status=status
            )

        if request.method != "POST":
            return draw(forms.FilingForm(sheet=came.fresh("offsite", code), **base), 200)
        form = forms.FilingForm(request.POST, request.FILES, **base)

        def deed(sheet: public.Sheet) -> HttpResponse:
            sent = services.file(
                by=None, said=form.said(), mark=sheet.mark, uploads=form.cleaned_data["files"], now=now
            )
            return _see_other(address(code, sent.secret, language))

        return came.taken(request, form, "offsite", code, deed, draw)


def _see_other(where: str) -> HttpResponse:
    answer = HttpResponseRedirect(where)
    answer.status_code = 303
    return answer


def _found(secret: str) -> Filing:
    found = services.of_link(secret)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD"])
def follow(request: Any, code: str, secret: str) -> HttpResponse:
    """How it goes; a link that opens nothing is 404, whatever it looks like."""
    if refused := public.too_often(request, SCOPE):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        return _page(request, alliance, _found(secret), secret, language, {}, 200)


@csrf_exempt
@require_POST
def act(request: Any, code: str, secret: str, step: str) -> HttpResponse:
    """Bring what was missing, or take the filing back."""
    if step not in FORMS:
        raise Http404
    with public.spoken(request) as language, public.inside(code) as alliance:
        found, now = _found(secret), timezone.now()
        most = services.number_of(services.FILES, now)
        form = FORMS[step](request.POST, request.FILES, files_most=most)

        def draw(drawn: Any, status: int) -> HttpResponse:
            return _page(request, alliance, found, secret, language, {step: drawn}, status)

        def deed(sheet: public.Sheet) -> HttpResponse:
            try:
                with transaction.atomic():
                    if step == "withdraw":
                        services.withdraw(filing=found, now=now)
                    else:
                        data = form.cleaned_data
                        services.supply(
                            by=None, filing=found, note=data["note"], uploads=data["files"], now=now
                        )
            except Stale as stale:
                row: Any = stale.row
                return _page(request, alliance, row, secret, language, {}, 409)
            return _see_other(address(code, secret, language))

        return came.taken(request, form, "offsite-follow", code, deed, draw)


def _page(
    request: Any, alliance: Any, row: Filing, secret: str, language: str, given: dict[str, Any], status: int
) -> HttpResponse:
    now = timezone.now()
    sheet, most = came.fresh("offsite-follow", alliance.code), services.number_of(services.FILES, now)
    drawn = {name: given.get(name) or made(sheet=sheet, files_most=most) for name, made in FORMS.items()}
    page = show.follow(alliance, row, drawn, language, now) | {
        "steps_at": address(alliance.code, secret), "opened": given.get("supply"),
        **came.key(request, address(alliance.code, secret, language)),
    }  # fmt: skip
    answer = render(request, "say/offsite_follow.html", page, status=status)
    answer["Referrer-Policy"] = "no-referrer"  # the address is the key to the page
    answer["Cache-Control"] = "no-store"
    return answer
