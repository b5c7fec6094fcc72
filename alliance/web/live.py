"""Pages that update by themselves: they ask whether anything has changed, and mostly nothing has.

A page includes `_live.html` with a word `seen`; every few seconds it asks for itself and says that word. The
view compares it with the word of now before it does anything else, so that an idle page costs one query more
than knowing who asks. Such a question is nobody's sign of life: the session of a desk that was left ends.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

HEADER = "X-Seen"


def unchanged(request: Any, seen: str) -> HttpResponse | None:
    """204 to a page that asks whether there is anything newer than `seen`, when there is not."""
    return HttpResponse(status=204) if seen and request.headers.get(HEADER) == seen else None


def is_quiet(request: Any) -> bool:
    """True when a page asks by itself, not a person."""
    return HEADER in request.headers
