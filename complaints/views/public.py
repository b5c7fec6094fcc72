"""Complaining without an account: choose the institution, say what happened (practice.md section 9)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from alliance.models import Alliance, Institution
from alliance.web import public
from alliance.web import public_came as came
from complaints import links
from complaints.forms.public import ComplaintForm
from complaints.services import attaching, filing, person
from complaints.services.refusals import ComplaintRefused
from complaints.show import public as show

PURPOSE = "complaint"


@require_safe
def choose(request: Any, code: str) -> HttpResponse:
    """The institutions of an alliance, to choose the one the complaint is about."""
    if refused := public.too_often(request, "say"):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        return render(request, "say/choose.html", show.choose(alliance, language))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: Any, code: str, place: str) -> HttpResponse:
    """The form of one institution, which its QR code opens; sent, it leads to the private page."""
    if request.method != "POST" and (refused := public.too_often(request, "say")):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        about = institution(place)
        now = timezone.now()
        base = {"today": timezone.localdate(), "files_most": attaching.most(now)}

        def draw(form: Any, status: int) -> HttpResponse:
            page = show.complain(alliance, about, form, language, now)
            return render(request, "say/complain.html", page, status=status)

        if request.method != "POST":
            return draw(ComplaintForm(sheet=came.fresh(PURPOSE, code), **base), 200)
        form = ComplaintForm(request.POST, request.FILES, **base)

        def deed(sheet: public.Sheet) -> HttpResponse:
            try:
                return _file(alliance, about, form, sheet, now, language)
            except ComplaintRefused as refused:
                if refused.reason == "sent_over":
                    form.renewed(came.fresh(PURPOSE, code))
                raise

        return came.taken(request, form, PURPOSE, code, deed, draw)


def _file(
    alliance: Alliance, about: Institution, form: ComplaintForm, sheet: public.Sheet, now: Any, language: str
) -> HttpResponse:
    data = form.cleaned_data
    said = filing.Said(about, data["category"], data["text"], filer=data["filer"], **form.naming())
    with transaction.atomic():
        done = filing.file(by=None, said=said, mark=sheet.mark, now=now)
        before = done.complaint.additions.count() if done.again else 0
        added = done.again and person.say_again(
            complaint=done.complaint, text=data["text"], mark=sheet.mark, now=now
        )
        if not done.again or done.complaint.additions.count() > before:
            attaching.attach(by=None, complaint=done.complaint, uploads=data["files"], now=now)
    to = links.followed(alliance.code, done.secret, language)
    if done.again:
        to += f"{'&' if '?' in to else '?'}again={'added' if added else 'same'}"
    answer = HttpResponseRedirect(to)
    answer.status_code = 303
    return answer


def institution(code: str) -> Institution:
    """An institution that can be complained of, by its code; else 404."""
    found = Institution.objects.filter(is_active=True, code=code).select_related("alliance", "parent").first()
    if found is None:
        raise Http404
    return found
