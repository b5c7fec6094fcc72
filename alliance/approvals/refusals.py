"""A refusal of a service as a page: what was not done, and what to do. Nothing of the request stays (409)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from alliance.approvals.errors import ContentChanged
from alliance.lib.refusal import Refused
from alliance.web import errors
from alliance.web.refused import worded

View = Callable[..., HttpResponseBase]


def explained(view: View) -> View:
    """Decorate a view that calls services: a refusal becomes a page with its sentence, status 409."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (Refused, ContentChanged) as error:
            return errors.answer(request, 409, _("This was not done"), worded(error))

    return guarded
