"""Pages of referrals: list, one referral, log, amend, steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.models.base import Stale
from alliance.services import journal, people
from alliance.web import asked, lists, live
from alliance.web.access import get_or_404, permit
from alliance.web.person_fields import OptionalPersonFields
from alliance.web.refused import add_refusal
from grouping.services import diagnoses as dictionary
from referrals import forms, services, show, tables
from referrals.models import Referral
from referrals.offsite.show import with_filing
from referrals.services import board, papers, reception


@permit("referral.view")
@require_safe
def referral_list(request: Any) -> HttpResponse:
    """Waiting for us, sent by us, late, all."""
    now, asked = timezone.now(), request.GET.get("view", "")
    view = asked if asked in tables.VIEWS else tables.VIEWS[0]
    seen = board.state_of(request.membership, now)
    if same := live.unchanged(request, seen):
        return same
    journal.write(by=request.membership, verb="patient.listed", request=request, list="referrals", view=view)
    return lists.answer(
        request, "referrals/list.html", tables.view_of(request.membership, view, now).with_lines(),
        tables.ReferralTable, filterset=tables.ReferralFilter,
        tabs=tables.tabs(request.membership, view, now),
        empty=show.empty(request.membership, view), extra={"title": _("Referrals"), "seen": seen},
    )  # fmt: skip


@permit("referral.view")
@require_safe
def referral(request: Any, pk: int) -> HttpResponse:
    """One referral, its history, what this member may do now. The read is journaled first (N44)."""
    seen = board.state_of_one(pk, request.membership, timezone.now())
    if same := live.unchanged(request, seen):
        return same
    found = visible(request.membership, pk)
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    page = show.page(found, request.membership) | {"seen": seen}
    return render(request, "referrals/referral.html", page)


@permit("referral.log")
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: Any) -> HttpResponseBase:
    """Log a referral up or down; what was typed stays when something is refused."""
    origin = own_institution(request.membership)
    direction = asked_direction(request, origin)
    places = targets(origin, direction)
    form = forms.LogForm(
        direction=direction, targets=places,
        offers=reception.offers(places, on=timezone.localdate(timezone=SHANGHAI)),
        data=request.POST or None, files=request.FILES or None,
        last=last_target(request.membership, direction),
        check_url=f"{reverse('referral-check')}?direction={direction}",
        diagnoses_url=reverse("referral-diagnoses"),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and (made := _log(request, form, timezone.now())):
        messages.success(request, _("%(number)s is sent. The answer is due by %(due)s.") % show.due(made))
        return redirect("referral", made.pk)
    page = show.log_page(form, direction, timezone.localdate(timezone=SHANGHAI))
    return render(request, "referrals/log.html", page, status=400 if form.errors else 200)


@permit("referral.log")
@require_POST
def diagnoses(request: Any) -> HttpResponse:
    """While typing: diagnoses by code, name or initials. By POST, so that no code stands in an address."""
    typed = request.POST.get("diagnosis_code", "")
    found = dictionary.find(typed, on=timezone.localdate(timezone=SHANGHAI))
    return render(request, "referrals/_diagnoses.html", {"found": found, "typed": typed.strip()})


@permit("referral.log")
@require_POST
def check(request: Any) -> HttpResponse:
    """While typing: who the patient is, and whether an unfinished referral stands in the way."""
    own_institution(request.membership)
    form = OptionalPersonFields(request.POST)
    form.is_valid()
    who, direction = form.cleaned_data.get("who"), request.GET.get("direction", "")
    if who is None or direction not in Referral.Direction.values:
        return render(request, "referrals/_live.html", {})
    person = people.find(who, alliance=request.alliance)
    journal.write(by=request.membership, verb="patient.looked_up", about=person, request=request)
    live = services.live_one(person=person, direction=direction) if person else None
    known = live is not None and live.side_of(request.membership) != ""
    name = person.name if person else who.name
    return render(request, "referrals/_live.html", {"name": name, "live": live, "known": known})


@permit("referral.log")
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: Any, pk: int) -> HttpResponseBase:
    """Change what the sender wrote; a form older than the row shows both versions (N34)."""
    found = visible(request.membership, pk)
    if found.side_of(request.membership) != "origin":
        raise PermissionDenied(_("Only the sender changes a referral."))
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    form = forms.AmendForm(
        referral=found, data=request.POST or None, diagnoses_url=reverse("referral-diagnoses")
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.amend(
                by=request.membership,
                referral=found,
                content=form.content(),
                version=form.cleaned_data["version"],
            )
        except Stale as stale:
            return render(request, "referrals/both.html", show.both(form, stale.row), status=409)
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The change is saved; the receiver sees it."))
            return redirect("referral", pk)
    return render(request, "referrals/amend.html", show.amend_page(form), status=400 if form.errors else 200)


@permit("referral.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Take a step of the machine; which side and role may take it, the service decides."""
    found, service = visible(request.membership, pk), services.STEPS.get(step)
    if service is None:
        raise Http404
    form = forms.step_form(found, step, request.POST)
    if form is None or form.is_valid():
        try:
            moved = service(
                by=request.membership, referral=found, now=timezone.now(), version=asked.version(request),
                **show.arguments(step, form.cleaned_data if form else {}),
            )  # fmt: skip
        except Stale as stale:
            return render(
                request, "referrals/changed.html", {"title": found.number, "referral": stale.row}, status=409
            )
        except Refused as error:
            return render(request, "referrals/act.html", show.act_page(found, step, form, error), status=400)
        messages.success(request, show.done(moved))
        return redirect("referral-board") if request.GET.get("back") == "board" else redirect("referral", pk)
    return render(request, "referrals/act.html", show.act_page(found, step, form), status=400)


def visible(membership: Membership, pk: int) -> Referral:
    """The referral if the member's institution sent or received it, else 404."""
    rows: QuerySet[Referral] = Referral.objects.visible_to(membership).with_names()
    return get_or_404(with_filing(rows, membership), pk=pk)


def own_institution(membership: Membership) -> Institution:
    """The member's institution; who stands for the whole alliance sends no patients."""
    if membership.institution is None:
        raise PermissionDenied(_("Only a member of an institution logs referrals."))
    return membership.institution


def asked_direction(request: Any, origin: Institution) -> str:
    """The direction in the address; without one, up from primary institutions and down from hospitals."""
    asked = request.GET.get("direction", "")
    if asked in Referral.Direction.values:
        return str(asked)
    primary = origin.level == Institution.Level.PRIMARY
    return str(Referral.Direction.UP if primary else Referral.Direction.DOWN)


def targets(origin: Institution, direction: str) -> QuerySet[Institution]:
    """Institutions a patient can go to, highest first going up, lowest first going down."""
    everyone = Institution.objects.filter(is_active=True).exclude(pk=origin.pk)
    fit = [place.pk for place in everyone if services.goes(direction, origin=origin, target=place)]
    return everyone.filter(pk__in=fit).order_by("role", "pinyin", "code")


def last_target(by: Membership, direction: str) -> str:
    """Where this member sent the last patient of a direction: most go there again, so it is offered first."""
    sent = Referral.objects.filter(logged_by=by, direction=direction, target_institution__isnull=False)
    last = sent.order_by("-logged_at").values_list("target_institution", "target_department").first()
    if last is None:
        return ""
    return f"d{last[1]}" if last[1] else f"i{last[0]}"


def _log(request: Any, form: forms.LogForm, now: datetime) -> Referral | None:
    """The logged referral, or None with the refusal in the form and nothing stored."""
    by, scan = request.membership, form.cleaned_data["attachment"]
    content = form.content()
    faults = list(services.faults(content, origin=own_institution(by), sent_at=now))
    for fault in faults:
        add_refusal(form, fault)
    if faults:
        return None
    try:
        with transaction.atomic():
            made = services.log_referral(by=by, person=form.named_person(by), content=content, now=now)
            if scan is not None:
                papers.attach(
                    by=by, referral=made, name=scan.name, content=scan.chunks(),
                    content_type=scan_type(scan) or "", limit=scan_limit(),
                )  # fmt: skip
            return made
    except Refused as error:
        add_refusal(form, error)
    return None
