"""Error pages: the same words for what does not exist and for what belongs to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _


def answer(request: Any, status: int, title: str, remedy: str, back: str = "") -> HttpResponse:
    """A page, or for the API a JSON object, that says what happened and what to do, `back` first."""
    if request.path_info.startswith("/api/"):
        return JsonResponse({"error": title, "remedy": remedy}, status=status)
    body = render_to_string(
        "error.html", {"title": title, "remedy": remedy, "status": status, "back": back}, request=request
    )
    return HttpResponse(body, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, also for what belongs to another alliance."""
    return answer(
        request, 404, _("Nothing is at this address"), _("Check the address, or start from the home page.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the object may be known, the action is not this member's."""
    remedy = (
        str(exception) if exception and str(exception) else _("Ask the alliance administrator for the role.")
    )
    return answer(request, 403, _("Your role does not include this"), remedy)


def overtaken(request: Any) -> HttpResponse:
    """409: the page was read before somebody else's change; a step is never taken twice (N33)."""
    return answer(
        request, 409, _("Somebody else was faster"),
        _("Nothing of yours was stored. Open the page again: it shows how things stand now."),
    )  # fmt: skip


def told_methods(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Middleware: who opens an address that only takes what a form sends reads so, and finds the way back.

    Django answers with an empty page; what already says something (the API) stays as it is.
    """

    def respond(request: Any) -> Any:
        response = get_response(request)
        if response.status_code != 405 or getattr(response, "content", b"-"):
            return response
        told = answer(
            request, 405, _("This address only takes what a form sends"),
            _("Nothing was changed. Go back to the page and use its button."), _above(request),
        )  # fmt: skip
        told["Allow"] = response["Allow"]
        return told

    return respond


def _above(request: Any) -> str:
    """The nearest address above this one that is a page, as a relative address: whatever number the
    address has, and whether there is such a thing, the page reads the same (N1).
    """
    parts = request.path_info.strip("/").split("/")
    for end in range(len(parts) - 1, 0, -1):
        path = "/".join(parts[:end]) + "/"
        try:
            resolve(f"/{path}", getattr(request, "urlconf", None))
        except Resolver404:
            continue
        return "../" * (len(parts) - end)
    return ""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return answer(request, 400, _("The request was not understood"), _("Go back and try again."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: no detail leaves the server."""
    return answer(
        request,
        500,
        _("Something went wrong on our side"),
        _("Nothing was changed. Try again, or tell the office the time."),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was not one of ours, or it is too old."""
    return answer(request, 403, _("The form has expired"), _("Go back, reload the page and send it again."))
