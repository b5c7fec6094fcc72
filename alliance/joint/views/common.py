"""What the views of joint work share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.models.base import Stale
from alliance.web import parts
from alliance.web.refused import add_refusal, worded

MOST_EXPORTED = 50_000


def here(request: Any) -> Institution:
    """The member's institution, or 403 with a sentence."""
    place: Institution | None = request.membership.institution
    if place is None:
        raise PermissionDenied(
            _("You stand for the whole alliance. Only a member of an institution can do this.")
        )
    return place


def outcome(request: Any, deed: Callable[[], Any], form: Any = None) -> int:
    """0 when a deed went through, else the status of the answer: 400 refused, 409 somebody was faster.

    The sentence stands at its field of the form, or above the page.
    """
    try:
        deed()
    except Stale:
        messages.error(request, _("Somebody else was faster. Look again: nothing of yours was stored."))
        return 409
    except Refused as error:
        if form is None:
            messages.error(request, worded(error))
        else:
            add_refusal(form, error)
        return 400
    return 0


def typed(form: Any, status: int) -> list[parts.Fact]:
    """What stood in a form that came too late, to be taken over by hand (N34)."""
    if status != 409 or form is None:
        return []
    found = []
    for field in form.visible_fields():
        choices = {str(key): str(label) for key, label in getattr(field.field, "choices", ())}
        value = str(field.value() or "")
        if value:
            found.append(parts.Fact(str(field.label), choices.get(value, value)))
    return found


def csv(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Rows as a csv download."""
    response = StreamingHttpResponse(
        sheets.csv_chunks([heads, *rows]), content_type="text/csv; charset=utf-8"
    )
    shown = quote(f"{name}-{timezone.localdate()}.csv")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{shown}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
