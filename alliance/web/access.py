"""Get it or 404, may it or 403: one way for every view."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=models.Model)
View = Callable[..., HttpResponseBase]


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
    """Raise PermissionDenied with a sentence unless the membership may do the action."""
    if not membership.can(action):
        raise PermissionDenied(
            _("This needs the right “%(action)s”. Ask the alliance administrator.") % {"action": action}
        )


def get_or_404(queryset: models.QuerySet[Row], **lookup: object) -> Row:
    """The one row, or 404; the queryset is already narrowed to what the member may know."""
    try:
        return queryset.get(**lookup)
    except (queryset.model.DoesNotExist, ValueError, OverflowError):
        raise Http404 from None
