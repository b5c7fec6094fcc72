"""The interpreter: type codes, see the group. Nothing typed is stored, journaled or put in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.lib.workdays import SHANGHAI
from alliance.services import journal
from alliance.web.access import permit
from grouping.interpreting import Asked, book
from grouping.services import schemes
from grouping.show import interpreter as show

FRAGMENTS = {"found-d": "diagnoses", "found-p": "procedures"}


@permit("interpreter.use")
@require_http_methods(["GET", "HEAD", "POST"])
def interpreter(request: Any) -> HttpResponse:
    """The page; to HTMX what changed: a list of codes found, the answer, or the whole desk.

    Questions come by POST so that no code stands in an address or a log; the journal keeps only that the
    page was opened.
    """
    if request.method != "POST":
        journal.write(by=request.membership, verb="interpreter.opened", request=request)
    asked = Asked.read(request.POST)
    today = timezone.localdate(timezone=SHANGHAI)
    context: dict[str, Any] = {"title": _("Group interpreter"), "form": asked.form}
    try:
        scheme = schemes.in_force(asked.day(today))
        package = schemes.package(scheme)
    except schemes.NoScheme:
        return _answer(request, context | {"no_scheme": True, "day": asked.day(today)})
    target = request.htmx.target if request.htmx else None
    if target in FRAGMENTS:
        found = show.found(getattr(asked, FRAGMENTS[target]), package)
        return _private(render(request, "grouping/_found.html", found))
    for codes in (asked.diagnoses, asked.procedures):
        codes.act(request.POST, book(package, codes.kind))
    context |= show.answer(asked, scheme, package, today)
    if target == "answer":
        return _private(render(request, "grouping/_answer.html", context))
    return _answer(request, context | show.desk(asked, package))


def _answer(request: Any, context: dict[str, Any]) -> HttpResponse:
    part = bool(request.htmx and request.htmx.target in ("desk", "answer"))
    return _private(render(request, "grouping/_desk.html" if part else "grouping/interpreter.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    """No cache, not even the browser's, keeps what was asked."""
    response["Cache-Control"] = "no-store"
    return response
