"""How a public form comes back: once, from a page of ours, at a person's pace, losing nothing that was typed.

Whatever is refused shows the same form again, filled in: too many at once (429), too fast for a person, too
old, a field to change (400), never ours (403, N42).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from alliance.lib.refusal import Refused
from alliance.services.files import TooLarge
from alliance.web import public, qr
from alliance.web.refused import add_refusal

Draw = Callable[[Any, int], HttpResponse]


def key(request: Any, address: str) -> dict[str, str]:
    """The private link of a page and its QR code, as `say/_key.html` shows them."""
    link = request.build_absolute_uri(address)
    return {"private_link": link, "code_picture": qr.picture(link)}


def read(request: Any, find: Callable[[], Any]) -> Any:
    """What a private link opens, or the answer 429. Reading has its own generous limit, so that who has sent
    forms can read what became of them; links that open nothing count as forms do, so that guessing ends soon
    (N41). Raises Http404.
    """
    if refused := public.too_often(request, "say_read"):
        return refused
    found = find()
    if found is not None:
        return found
    if refused := public.too_often(request, "say"):
        return refused
    raise Http404


def fresh(purpose: str, code: str) -> str:
    """A sheet for a form of an alliance."""
    return public.Sheet.hand_out(f"{purpose}:{code}")


def taken(
    request: Any,
    form: Any,
    purpose: str,
    code: str,
    deed: Callable[[public.Sheet], HttpResponse],
    draw: Draw,
) -> HttpResponse:
    """The answer to a form sent: what the deed answers, or the form again with what has to change."""
    try:
        sheet = public.Sheet.take(request.POST.get("sheet", ""), f"{purpose}:{code}")
    except public.SheetRefused as refused:
        status = 403 if refused.why == "forged" else 400
        return draw(_untimely(form, refused.why, purpose, code), status)
    for scope in ("say", "say_send"):
        if limited := public.too_often(request, scope):
            form.is_valid()
            minutes = -(-int(limited["Retry-After"]) // 60)
            said = _("Too many forms from here at once. Send this one again in %(n)d minutes.")
            form.add_error(None, said % {"n": minutes})
            answer = draw(form, 429)
            answer["Retry-After"] = limited["Retry-After"]
            return answer
    return _done(form, sheet, deed, draw)


def _done(form: Any, sheet: public.Sheet, deed: Callable[[Any], HttpResponse], draw: Draw) -> HttpResponse:
    if form.is_valid():
        try:
            return deed(sheet)
        except Refused as error:
            add_refusal(form, error)
        except TooLarge as error:
            said = _("The file has more than %(mib)s MiB. Choose a smaller one.")
            form.add_error(None, said % {"mib": error.limit >> 20})
        except OSError:
            # A full disk: what was begun is undone, what was typed is still there (N40).
            form.add_error(None, _("The file could not be kept. Send without it, or try again later."))
            return draw(form, 503)
    return draw(form, 400)


def _untimely(form: Any, why: str, purpose: str, code: str) -> Any:
    form.is_valid()
    if why == "early":
        form.add_error(None, _("That was very fast. Look through it once more, then send again."))
    else:
        form.renewed(fresh(purpose, code))
        old = _("This page was open for very long. Send again.")
        strange = _("This form did not come from this page. Look through it, then send it again.")
        form.add_error(None, old if why == "old" else strange)
    return form
