"""The request's way to its alliance: the address names it, the membership opens it (walls.md section 1)."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from alliance.models import Alliance, Membership
from alliance.models.base import Stale
from alliance.services import journal
from alliance.tenancy import sessions
from alliance.tenancy.scope import act_as, act_in
from alliance.web import errors
from alliance.web.tokens import Token, read_token

NUL_NAME = re.compile(r"(?:^|&)[^=&]*%00")  # in the name of a condition
DATA = "/data/"
NO_CHARACTER = "%EF%BF%BD"  # what stands for a NUL in a value: text that matches nothing
ADDRESS = re.compile(r"^/a/(?P<code>[a-z0-9_-]+)(?P<rest>/.*)$")
API = "/api/"

Respond = Callable[[HttpRequest], HttpResponseBase]


class AddressMiddleware:
    """First of all: take `/a/<code>` off the address, so that pages of an alliance need not carry its code.

    Below it, `reverse()` and `{% url %}` add it again by the script prefix.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.alliance_code, request.alliance, request.membership = None, None, None
        request.request_id = uuid.uuid4().hex
        if settings.BEHIND_PROXY:
            _name_caller(request)
        # No address of ours holds a NUL and the database refuses one: with another character in its place it
        # is an address where nothing is, and is answered like one.
        request.path_info = request.path_info.replace("\x00", "\ufffd")
        request.path = request.path.replace("\x00", "\ufffd")
        match = ADDRESS.match(request.path_info)
        if not match:
            return self.get_response(request)
        before = get_script_prefix()
        request.alliance_code = match["code"]
        request.path_info = match["rest"]
        request.urlconf = settings.ALLIANCE_URLCONF
        set_script_prefix(f"{before}a/{match['code']}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)


def _name_caller(request: Any) -> None:
    """Behind our proxy every call comes from its address; the last one it names is the caller's."""
    last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    with contextlib.suppress(ValueError):
        request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(last))


class AllianceMiddleware:
    """Last of all: one transaction and one alliance around view and rendering; undo on failure."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        asked = request.META.get("QUERY_STRING", "")
        if NUL_NAME.search(asked):
            return errors.bad_request(request)
        if not request.path_info.startswith(DATA):  # data maintenance refuses a NUL in a condition itself
            request.META["QUERY_STRING"] = asked.replace("%00", NO_CHARACTER)
        if request.alliance_code is None and not request.path_info.startswith(API):
            return self.get_response(request)
        if request.path_info.startswith(API):
            return self._api(request)
        if not request.user.is_authenticated:
            return _elsewhere(request, redirect_to_login(_page_of(request)))
        request.memberships = memberships(request.user)
        chosen = choose(request.memberships, request.alliance_code, request.session.get("institution"))
        if chosen is None:
            journal.platform(user=request.user, verb="alliance.denied", result="denied", request=request)
            return errors.not_found(request, Http404())
        if sessions.factor_missing(request, chosen):
            return _elsewhere(request, redirect_to_login(_page_of(request), sessions.factor_page(request)))
        return self._inside(request, chosen)

    def _api(self, request: Any) -> HttpResponseBase:
        """A token names its alliance; a session works where its user has one membership, or names the
        alliance.
        """
        token = read_token(request)
        if token is not None:
            return self._with_token(request, token)
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.memberships = memberships(request.user)
        named = request.headers.get("X-Alliance") or request.GET.get("alliance")
        code = named or _only_alliance(request.memberships)
        chosen = choose(request.memberships, code, request.session.get("institution")) if code else None
        if chosen and sessions.factor_missing(request, chosen):
            return errors.answer(
                request, 401, _("The second factor is missing"), _("Open any page and enter the six digits.")
            )
        return self._inside(request, chosen) if chosen else self.get_response(request)

    def _with_token(self, request: Any, token: Token) -> HttpResponseBase:
        alliance = Alliance.objects.filter(code=token.alliance_code).first()
        membership = None
        if alliance is not None:
            with transaction.atomic(), act_in(alliance):
                membership = token.membership()
        if membership is None:
            return self.get_response(request)
        request.by_token = True
        return self._inside(request, membership)

    def _inside(self, request: Any, membership: Membership) -> HttpResponseBase:
        request.membership, request.alliance = membership, membership.alliance
        with act_in(membership.alliance):
            with transaction.atomic():
                membership.open_place()  # now, so that an error page need not ask the database
                response = self.get_response(request)
                # A 409 shows the row as it is now: that it was read stays journaled. What was refused has
                # already been undone by the service's own savepoint. So has it where a refused form says that
                # it `keeps` the files that came with it.
                keeps = response.status_code == 409 or getattr(response, "keeps", False)
                if response.status_code >= 400 and not keeps:
                    transaction.set_rollback(True)
            _journal_denial(request, response)
        add_never_cache_headers(response)
        if getattr(response, "streaming", False):
            response.streaming_content = _within(membership.alliance, response.streaming_content)  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: Any, exception: Exception) -> HttpResponseBase | None:
        """An error undoes everything the request did, also where Django turns it into an ordinary
        response. Who acts on what a colleague has just changed is told so, wherever it happens.
        """
        if request.membership is not None:
            transaction.set_rollback(True)
        return errors.overtaken(request) if isinstance(exception, Stale) else None


def _page_of(request: Any) -> str:
    """Where to go on after signing in: the page asked for; of something sent, the page that held the form."""
    if request.method in ("GET", "HEAD"):
        return str(request.get_full_path())
    held = urlsplit(request.headers.get("Referer", ""))
    own = held.netloc == request.get_host() and held.path.startswith(f"/a/{request.alliance_code}/")
    return urlunsplit(("", "", held.path, held.query, "")) if own else f"/a/{request.alliance_code}/"


def _elsewhere(request: Any, response: Any) -> HttpResponseBase:
    """To HTMX the whole page goes there, not the panel that asked."""
    return HttpResponseClientRedirect(response.url) if request.htmx else response


def memberships(user: Any, *, places: bool = False) -> list[Membership]:
    """All memberships of a user, over all alliances; with `places` their institutions are fetched too."""
    with transaction.atomic(), act_as(user):
        found = Membership.of_user(user)
        for membership in found if places else []:
            membership.open_place()
        return found


def choose(found: list[Membership], code: str | None, institution: int | None) -> Membership | None:
    """The membership for an address: of that alliance, and of the institution chosen before if there are
    several.
    """
    here = [membership for membership in found if membership.alliance.code == code]
    preferred = [membership for membership in here if membership.institution_id == institution]
    return next(iter(preferred or here), None)


def _only_alliance(found: list[Membership]) -> str | None:
    codes = {membership.alliance.code for membership in found}
    return codes.pop() if len(codes) == 1 else None


def _within(alliance: Alliance, parts: Any) -> Iterator[bytes]:
    """A streaming answer is written after the request's transaction: it gets one, and the alliance, of its
    own.
    """
    with act_in(alliance), transaction.atomic():
        yield from parts


LONGEST = 20  # letters of a part of an address that is kept; what is longer may be a secret


def _denied(request: Any) -> dict[str, Any]:
    """What was asked for: the path, its long parts left out, and the name of the page, which says the kind of
    thing. Conditions of a search are not kept.
    """
    path = "/".join(part if len(part) <= LONGEST else "…" for part in request.path_info.split("/"))
    match = request.resolver_match
    said = {"method": request.method, "address": path[:200]}
    return {**said, "object": match.view_name} if match is not None else said


def _journal_denial(request: Any, response: HttpResponseBase) -> None:
    """Denials survive the rollback of what they denied: a transaction of their own."""
    if response.status_code not in (403, 404):
        return
    try:
        with transaction.atomic():
            journal.write(
                by=request.membership,
                verb="request.denied",
                result="denied",
                request=request,
                status=response.status_code,
                **_denied(request),
            )
    except DatabaseError:
        # The refusal itself stands; only its record failed, and the log says so.
        import logging

        logging.getLogger("xietong.journal").exception("a denial could not be journaled")
