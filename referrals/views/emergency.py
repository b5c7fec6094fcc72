"""Pages of the emergency 急危重: telephone first, then send; the form within the day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web.access import permit
from alliance.web.refused import add_refusal
from referrals import forms, reasons, show
from referrals.models import Referral
from referrals.services import emergency as services
from referrals.views.referral import own_institution, targets, visible


@permit("referral.log")
@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: Any) -> HttpResponseBase:
    """Numbers to call, six things that may be suspected, one button; to HTMX only whom to call."""
    origin, now = own_institution(request.membership), timezone.now()
    asked = (request.POST or request.GET).get("suspected", "")
    suspected = asked if asked in reasons.lists()["suspected"] else ""
    form = _form(request, origin, suspected)
    if request.method == "POST" and form.is_valid() and (made := _send(request, form, now)):
        messages.success(request, _("%(number)s is sent. The answer is due by %(due)s.") % show.due(made))
        return redirect("referral", made.pk)
    page = show.emergency(form, suspected, now)
    part = bool(request.htmx and request.htmx.target == "calls")
    template = "referrals/_calls.html" if part else "referrals/emergency.html"
    return render(request, template, page, status=400 if form.errors else 200)


def _form(request: Any, origin: Institution, suspected: str) -> forms.EmergencyForm:
    wanted = [suspected] if suspected else list(reasons.lists()["suspected"])
    found = {row.pk: row for one in wanted for row in services.centres(one, origin=origin)}
    hospitals = [one for one in targets(origin, "up") if one.level != Institution.Level.PRIMARY]
    return forms.EmergencyForm(
        centres=list(found.values()), hospitals=hospitals, data=request.POST or None,
        initial={"suspected": suspected, "phone": last_phone(request.membership)},
    )  # fmt: skip


def _send(request: Any, form: forms.EmergencyForm, now: datetime) -> Referral | None:
    try:
        return services.send(by=request.membership, call=form.call(now), now=now)
    except Refused as refused:
        add_refusal(form, refused)
        return None


def last_phone(by: Membership) -> str:
    """The telephone this member gave last, so that nobody types it in an emergency."""
    sent = Referral.objects.filter(logged_by=by).exclude(contact_phone="").order_by("-logged_at")
    return str(sent.values_list("contact_phone", flat=True).first() or "")


@permit("referral.view")
@require_POST
def telephoned(request: Any, pk: int) -> HttpResponseBase:
    """Keep when the receiver was told by telephone."""
    found = visible(request.membership, pk)
    try:
        services.telephoned(by=request.membership, referral=found, now=timezone.now())
    except Stale:
        messages.info(request, _("The time of the telephone call is already kept."))
    else:
        messages.success(request, _("The time of the telephone call is kept."))
    return redirect("referral", pk)


@permit("referral.log")
@require_http_methods(["GET", "HEAD", "POST"])
def form_later(request: Any, pk: int) -> HttpResponseBase:
    """Complete the form of an emergency."""
    found = visible(request.membership, pk)
    if found.side_of(request.membership) != "origin":
        raise PermissionDenied(_("Only the sender completes the form."))
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    url = reverse("referral-diagnoses")
    form = forms.FormLater(referral=found, data=request.POST or None, diagnoses_url=url)
    if request.method == "POST" and form.is_valid():
        try:
            _complete(request, found, form)
        except Stale as stale:
            return render(
                request, "referrals/changed.html", {"title": found.number, "referral": stale.row}, status=409
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("The form is complete."))
            return redirect("referral", pk)
    page = show.form_later(form, timezone.now())
    return render(request, "referrals/form_later.html", page, status=400 if form.errors else 200)


@transaction.atomic
def _complete(request: Any, referral: Referral, form: forms.FormLater) -> None:
    by: Membership = request.membership
    services.complete_form(
        by=by, referral=referral, person=form.person(by), content=form.content(), now=timezone.now(),
        version=form.cleaned_data["version"],
    )  # fmt: skip
