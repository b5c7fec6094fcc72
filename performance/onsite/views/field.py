"""The visit on a phone: one page with all items, with and without network, with and without JavaScript.

The address is the scope of the page's worker: everything below it, nothing beside it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from performance.models import OnsiteVisit
from performance.onsite import field_page, keys, posted
from performance.onsite.services import finishing, receiving
from performance.onsite.services.planning import inspects
from performance.onsite.views.visits import FASTER

Deed = Callable[[], Any]


def _visit(request: Any, pk: int) -> OnsiteVisit:
    """A visit the member inspects; others are not there."""
    mine = OnsiteVisit.objects.named().filter(inspectors__member=request.membership)
    return get_or_404(mine, pk=pk)


@permit("onsite.inspect")
@require_safe
def field(request: Any, pk: int) -> HttpResponseBase:
    """All items of a visit that is under way; of any other the visit's own page."""
    row = _visit(request, pk)
    if row.state != OnsiteVisit.State.OPEN:
        return redirect("onsite-visit", pk)
    return render(request, "performance/onsite/field.html", field_page.page(row, request.membership))


@permit("onsite.inspect")
@require_safe
def worker(request: Any, pk: int) -> HttpResponse:
    """The worker that keeps the page without network; its scope is this visit."""
    _visit(request, pk)
    text = (Path(settings.BASE_DIR) / "static" / "onsite-worker.js").read_text(encoding="utf-8")
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@permit("onsite.inspect")
@require_POST
def key(request: Any, pk: int) -> HttpResponse:
    """The key that seals what waits on this device; the same for one person and visit, never stored here."""
    row = _visit(request, pk)
    journal.write(by=request.membership, verb="onsite.key_given", about=row, request=request)
    found = keys.device_key(request.membership, row)
    return JsonResponse({"key": base64.b64encode(found).decode()})


@permit("onsite.inspect")
@require_POST
def answer(request: Any, pk: int, item: str) -> HttpResponseBase:
    """Take the answer to an item."""
    row, data = _visit(request, pk), request.POST
    found = row.checklist.checklist.items.get(item)
    if found is None:
        raise Http404
    typed: list[Any] = []

    def deed() -> None:
        typed.append(posted.content_of(found, data))
        receiving.answer(
            by=request.membership,
            visit=row,
            parcel=posted.parcel(data),
            item=item,
            content=typed[0],
            replaces=posted.uids(data, "replaces"),
        )

    return _taken(request, row, item, typed, deed)


@permit("onsite.inspect")
@require_POST
def photo(request: Any, pk: int, item: str) -> HttpResponseBase:
    """Take a photo of an item."""
    row, file = _visit(request, pk), request.FILES.get("photo")
    image = file.read() if file else b""
    return _taken(
        request, row, item, [],
        lambda: receiving.photo(
            by=request.membership, visit=row, parcel=posted.parcel(request.POST), item=item, image=image
        ),
    )  # fmt: skip


@permit("onsite.inspect")
@require_POST
def sign(request: Any, pk: int) -> HttpResponseBase:
    """Take a signature, or the record that it was refused."""
    row, data, by = _visit(request, pk), request.POST, request.membership
    signer = posted.signer(data, request.FILES, own_name=str(by.user))
    return _taken(
        request, row, signer.side, [],
        lambda: receiving.sign(
            by=by, visit=row, parcel=posted.parcel(data), signer=signer,
            answers=posted.uids(data, "answers"),
        ),
    )  # fmt: skip


@permit("onsite.inspect")
@require_POST
def finish(request: Any, pk: int) -> HttpResponseBase:
    """Close the visit: the institution has its copy."""
    row, now = _visit(request, pk), timezone.now()
    return _taken(
        request, row, "finish", [],
        lambda: finishing.finish(
            by=request.membership, visit=row, now=now, due_on=posted.day(request.POST, "due_on")
        ),
    )  # fmt: skip


def _taken(request: Any, row: OnsiteVisit, place: str, typed: list[Any], deed: Deed) -> HttpResponseBase:
    """To a device a short answer, to a browser without JavaScript the page again."""
    inspects(request.membership, row)
    device = "application/json" in request.headers.get("Accept", "")
    try:
        deed()
    except (Refused, Stale) as error:
        said = _(FASTER) if isinstance(error, Stale) else worded(error)
        status = 409 if isinstance(error, Stale) or error.reason in ("not_open", "settle") else 400
        if device:
            return JsonResponse({"error": said}, status=status)
        page = field_page.page(row, request.membership, place=place, said=said,
                               content=typed[0] if typed else None, typed=request.POST)  # fmt: skip
        return render(request, "performance/onsite/field.html", page, status=status)
    row = _visit(request, row.pk)
    if device:
        return JsonResponse(field_page.short(row, place))
    if row.state != OnsiteVisit.State.OPEN:
        return redirect("onsite-visit", row.pk)
    return redirect(f"{request.path.partition('/field/')[0]}/field/#i-{place}")
