"""The sealed box from outside: a report without an account, and its private page (practice.md section 9)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alliance.models import Institution
from alliance.web import public
from alliance.web import public_came as came
from complaints import links
from complaints.forms.public import AddForm, ReportForm
from complaints.services import attaching, box
from complaints.show import public as show

PURPOSE = "report"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Any, code: str) -> HttpResponse:
    """The form of the sealed box."""
    if request.method != "POST" and (refused := public.too_often(request, "say")):
        return refused
    with public.spoken(request) as language, public.inside(code) as alliance:
        now = timezone.now()
        places = {one.code: one for one in Institution.objects.filter(is_active=True)}
        base = {
            "places": [(one.code, one.name) for one in places.values()], "files_most": attaching.most(now),
        }  # fmt: skip

        def draw(form: Any, status: int) -> HttpResponse:
            return render(
                request, "say/report.html", show.report(alliance, form, language, now), status=status
            )

        if request.method != "POST":
            return draw(ReportForm(sheet=came.fresh(PURPOSE, code), **base), 200)
        form = ReportForm(request.POST, request.FILES, **base)

        def deed(sheet: public.Sheet) -> HttpResponse:
            data = form.cleaned_data
            with transaction.atomic():
                done = box.file(
                    institution=places[data["place"]], text=data["text"], mark=sheet.mark, now=now,
                    name=data["name"], phone=data["phone"], uploads=data["files"],
                )  # fmt: skip
            return _to(links.reported(code, done.secret, language))

        return came.taken(request, form, PURPOSE, code, deed, draw)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: Any, code: str, secret: str) -> HttpResponse:
    """How far a report is; something can be added. A link that opens nothing is 404."""
    with public.spoken(request) as language, public.inside(code) as alliance:
        if request.method == "POST":
            found = box.of_link(secret)
            if found is None:
                raise Http404
        else:
            found = came.read(request, lambda: box.of_link(secret))
            if isinstance(found, HttpResponse):
                return found

        def draw(form: Any, status: int) -> HttpResponse:
            page = show.reported(alliance, found, form, language)
            page |= came.key(request, links.reported(alliance.code, secret))
            answer = render(request, "say/reported.html", page, status=status)
            answer["Referrer-Policy"], answer["Cache-Control"] = "no-referrer", "no-store"
            return answer

        if request.method != "POST":
            return draw(_words_only(AddForm(sheet=came.fresh("reported", code))), 200)
        form = _words_only(AddForm(request.POST))

        def deed(sheet: public.Sheet) -> HttpResponse:
            box.add(report=found, text=form.cleaned_data["text"], mark=sheet.mark, now=timezone.now())
            return _to(links.reported(code, secret, language))

        return came.taken(request, form, "reported", code, deed, draw)


def _words_only(form: AddForm) -> AddForm:
    del form.fields["files"]
    return form


def _to(address: str) -> HttpResponse:
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    return answer
