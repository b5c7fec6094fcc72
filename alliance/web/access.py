"""Get it or 404, may it or 403: one way for every view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponseBase
from django.urls import get_script_prefix, resolve, reverse
from django.utils.translation import gettext as _

from alliance.roles import roles

Row = TypeVar("Row", bound=models.Model)
View = Callable[..., HttpResponseBase]
# Actions the view of a name asks for.
_PERMITS: dict[str, Sequence[str]] = {}


def permit(*actions: str) -> Callable[[View], View]:
    """Decorate a view: 403 with a sentence unless the request's membership may do every one of the actions.

    A list of cases below a page names the page's right and its own: it may not be open where the page is not.
    The view bears the actions as `permits`, which the crawl over all addresses reads.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            for action in actions:
                require(request.membership, action)
            return view(request, *args, **kwargs)

        guarded.permits = actions  # type: ignore[attr-defined]
        return guarded

    return decorate


def require(membership: Any, action: str) -> None:
    """Raise PermissionDenied unless the membership may do the action; it names the roles that may."""
    if not membership.can(action):
        raise PermissionDenied(who_may(action))


def who_may(action: str) -> str:
    """The roles that may do an action, as a sentence."""
    names = [role.name for role in roles().values() if action in role.may]
    if not names:
        return _("No role may do this.")
    return _("This is for: %(roles)s. Ask one of them, or the alliance administrator for such a role.") % {
        "roles": _(", ").join(names)
    }


def way(membership: Any, name: str, *args: object) -> str:
    """The address of a page for a link, or "" where the membership lacks a right the page asks for."""
    address = reverse(name, args=args)
    # Finding the view of an address tries every pattern before it, a hundred times the cost of the address
    # itself; a name is that of one view in both lists of addresses, so it is found once.
    if name not in _PERMITS:
        found = resolve(f"/{address.removeprefix(get_script_prefix())}").func
        _PERMITS[name] = getattr(found, "permits", ())
    return address if all(membership.can(action) for action in _PERMITS[name]) else ""


def follow(membership: Any, address: str) -> str:
    """An address as a link, or "" where the membership lacks a right its page asks for."""
    if not address:
        return ""
    path = address.partition("?")[0]
    found = resolve(f"/{path.removeprefix(get_script_prefix())}").func
    return address if all(membership.can(action) for action in getattr(found, "permits", ())) else ""


def get_or_404(queryset: models.QuerySet[Row], **lookup: object) -> Row:
    """The one row, or 404; the queryset is already narrowed to what the member may know."""
    try:
        return queryset.get(**lookup)
    except (queryset.model.DoesNotExist, ValueError, OverflowError):
        raise Http404 from None
