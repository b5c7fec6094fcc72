"""What all public addresses share: nobody signs in, no cookie is read or set, each address may ask so often,
and a form that comes back proves that a page of ours was open long enough for a person to read it.

There is no session to ride on, so Django's token against foreign forms has nothing to protect here; views are
exempt from it and ask for the sealed token of `Sheet` instead (403 without one, N42).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from alliance.models import Alliance
from alliance.tenancy.scope import act_in

OPEN, SAY = "/open/", "/say/"  # what is shown, and what people send
ROOTS = (OPEN, SAY)
SALT = "xietong.public"


def without_cookies(get_response: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    """Middleware: at a public address nobody is anybody; no cookie is read, none is set."""

    def answer(request: Any) -> HttpResponse:
        if not request.path_info.startswith(ROOTS):
            return get_response(request)
        request.COOKIES = {}
        response = get_response(request)
        response.cookies.clear()
        response["Vary"] = "Accept-Language"
        return response

    return answer


class Throttle(SimpleRateThrottle):
    """So many pages a minute from one address (the settings name a rate for each scope)."""

    scope = "open"

    def __init__(self, scope: str = "open") -> None:
        self.scope = scope
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        """By the address the caller really has: what a proxy of ours names stands there already, what the
        caller writes into a header does not.
        """
        return self.cache_format % {"scope": self.scope, "ident": request.META["REMOTE_ADDR"]}


def too_often(request: HttpRequest, scope: str) -> HttpResponse | None:
    """The answer 429 with the seconds to wait when this address asked too often, else None."""
    throttle = Throttle(scope)
    if throttle.allow_request(request, None):  # type: ignore[arg-type]
        return None
    answer = HttpResponse(_("Too many pages at once. Try again in a minute."), status=429)
    answer["Retry-After"] = str(int(throttle.wait() or 0) + 1)
    return answer


@contextmanager
def inside(code: str) -> Iterator[Alliance]:
    """The alliance of a public address, in a transaction of its own; 404 for a code nobody has."""
    alliance = Alliance.objects.filter(code=code).first()
    if alliance is None:
        raise Http404
    with transaction.atomic(), act_in(alliance):
        yield alliance


@contextmanager
def spoken(request: HttpRequest) -> Iterator[str]:
    """The language of the page: `?lang=` where one was chosen, else the browser's: "en" or "zh-hans"."""
    asked = request.GET.get("lang") or get_language() or ""
    language = "en" if asked.startswith("en") else "zh-hans"
    with translation.override(language):
        yield language


class SheetRefused(Exception):
    """A form came back that cannot be taken: `why` is "forged", "early" or "old"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Sheet:
    """One form handed out: for what, by whose page; `mark` is new for each: sent twice, it counts once."""

    purpose: str
    mark: str

    @classmethod
    def hand_out(cls, purpose: str) -> str:
        """The text to put into the form's hidden field `sheet`; `purpose` names the form and the alliance."""
        body = {"p": purpose, "m": secrets.token_hex(12), "t": timezone.now().timestamp()}
        return signing.Signer(salt=SALT).sign_object(body)

    @classmethod
    def take(cls, text: str, purpose: str, *, by_a_member: bool = False) -> Sheet:
        """Read it back; raises `SheetRefused` where it is forged, too young for a person or too old.

        A member who is signed in may be as fast as they like.
        """
        try:
            body = signing.Signer(salt=SALT).unsign_object(text)
        except (signing.BadSignature, ValueError):
            raise SheetRefused("forged") from None
        if body["p"] != purpose:
            raise SheetRefused("forged")
        age = timezone.now().timestamp() - body["t"]
        least = 0 if by_a_member else settings.PUBLIC_FORM_SECONDS
        if not least <= age <= settings.PUBLIC_FORM_AGE:
            raise SheetRefused("early" if age < least else "old")
        return cls(purpose, body["m"])
