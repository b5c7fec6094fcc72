"""Where the numbers of the rates open: the referrals behind each."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.models import Institution
from alliance.services import journal
from alliance.web import lists, parts
from alliance.web.access import get_or_404, permit
from referrals import tables
from referrals.show import records as show
from referrals.views.rates import asked_month


@permit("referral.view")
@require_safe
def rate_records(request: Any) -> HttpResponse:
    """The referrals of one part of one rate, as far as the member's institution is a side of them."""
    asked, now = _asked(request), timezone.now()
    journal.write(by=request.membership, verb="patient.listed", request=request, list="referrals of a rate")
    rows, context = show.page(asked, request.membership, now)
    empty = parts.Empty(_("No referral of yours is in this number"), icon="updown")
    return lists.answer(
        request, "referrals/records.html", rows, tables.ReferralTable, empty=empty, extra=context
    )


def _asked(request: Any) -> show.Asked:
    """What the address asks for; 404 for a number that does not exist or is another institution's."""
    variant = show.VARIANTS.get(request.GET.get("variant", "V1"))
    place = _place(request)
    if variant is None or variant.level != _level(place):
        raise Http404
    asked = show.Asked(asked_month(request), variant, request.GET.get("part", "numerator"), place)
    if not asked.names:
        raise Http404
    return asked


def _place(request: Any) -> Institution | None:
    text = request.GET.get("place", "")
    if not text:
        return None
    known = text.isascii() and text.isdigit() and request.membership.sees(int(text))
    place: Institution = get_or_404(Institution.objects.all(), pk=int(text) if known else 0)
    return place


def _level(place: Institution | None) -> str:
    if place is None:
        return "alliance"
    return "primary" if place.level == Institution.Level.PRIMARY else "hospital"
