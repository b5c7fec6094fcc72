"""The private page of a complaint: how it goes, what was answered, and what the person can do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from alliance.models.base import Stale
from alliance.web import public
from alliance.web import public_came as came
from complaints import links
from complaints.forms.public import AddForm, ApartForm, PlainForm, ReopenForm
from complaints.models import Complaint
from complaints.services import attaching, person
from complaints.show import follow as show

FORMS: dict[str, type[Any]] = {
    "add": AddForm,
    "solved": PlainForm,
    "reopen": ReopenForm,
    "apart": ApartForm,
    "withdraw": PlainForm,
}


@require_http_methods(["GET", "HEAD"])
def follow(request: Any, code: str, secret: str) -> HttpResponse:
    """The page itself; a link that opens nothing is 404, whatever it looks like."""
    with public.spoken(request) as language, public.inside(code) as alliance:
        found = came.read(request, lambda: person.of_link(secret))
        if isinstance(found, HttpResponse):
            return found
        return _page(request, alliance, found, secret, language, {}, 200)


@csrf_exempt
@require_POST
def act(request: Any, code: str, secret: str, step: str) -> HttpResponse:
    """Add something, say it is solved or not, withdraw."""
    if step not in FORMS:
        raise Http404
    with public.spoken(request) as language, public.inside(code) as alliance:
        found, now = _found(secret), timezone.now()
        form = FORMS[step](request.POST, request.FILES, prefix=None, **_of_files(found, now))

        def draw(drawn: Any, status: int) -> HttpResponse:
            return _page(request, alliance, found, secret, language, {step: drawn}, status)

        def deed(sheet: public.Sheet) -> HttpResponse:
            try:
                with transaction.atomic():
                    DEEDS[step](found, form.cleaned_data, sheet.mark, now)
            except Stale as stale:
                return _page(request, alliance, stale.row, secret, language, {step: form}, 409)
            answer = HttpResponseRedirect(links.followed(code, secret, language))
            answer.status_code = 303
            return answer

        return came.taken(request, form, "follow", code, deed, draw)


def _page(
    request: Any,
    alliance: Any,
    row: Complaint,
    secret: str,
    language: str,
    forms: dict[str, Any],
    status: int,
) -> HttpResponse:
    now = timezone.now()
    sheet, base = came.fresh("follow", alliance.code), _of_files(row, now)
    drawn = {name: forms.get(name) or made(sheet=sheet, **base) for name, made in FORMS.items()}
    page = show.page(alliance, row, drawn, language, now)
    page |= {"steps_at": links.followed(alliance.code, secret), "opened": next(iter(forms), "")}
    # A click on a page that is older than what happened since: it did nothing, and nothing typed is lost.
    if page["opened"] and (status == 409 or page["opened"] not in page["forms"]):
        page["missed"], page["typed"] = True, drawn[page["opened"]].data.get("text", "")
    page["again"] = request.GET.get("again", "") if request.method != "POST" else ""
    page |= came.key(request, links.followed(alliance.code, secret))
    answer = render(request, "say/follow.html", page, status=status)
    answer["Referrer-Policy"] = "no-referrer"  # the address is the key to the page
    answer["Cache-Control"] = "no-store"
    return answer


def _of_files(row: Complaint, now: Any) -> dict[str, Any]:
    """How many files a form may bring, and whether of somebody without a name."""
    return {"files_most": attaching.most(now), "nameless": row.anonymous}


def _found(secret: str) -> Complaint:
    found = person.of_link(secret)
    if found is None:
        raise Http404
    return found


def _add(found: Complaint, data: dict[str, Any], mark: str, now: Any) -> None:
    before = found.additions.count()
    person.add(by=None, complaint=found, text=data["text"], mark=mark, now=now)
    if found.additions.count() > before:
        attaching.attach(by=None, complaint=found, uploads=data["files"], now=now)


DEEDS: dict[str, Callable[[Complaint, dict[str, Any], str, Any], object]] = {
    "add": _add,
    "solved": lambda found, data, mark, now: person.confirm(by=None, complaint=found, now=now),
    "reopen": lambda found, data, mark, now: person.reopen(
        by=None, complaint=found, reason=data["text"], now=now
    ),
    "apart": lambda found, data, mark, now: person.apart(complaint=found, reason=data["text"], now=now),
    "withdraw": lambda found, data, mark, now: person.withdraw(by=None, complaint=found, now=now),
}
