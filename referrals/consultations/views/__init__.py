"""Pages of consultations: list, one consultation, ask, change, steps, files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.models.base import Stale
from alliance.services import journal
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import send
from alliance.web.refused import add_refusal
from referrals.consultations import forms, services, show, tables
from referrals.consultations.models import Concordance, Consultation, Kind, Urgency


@permit("consultation.view")
@require_safe
def consultation_list(request: Any) -> HttpResponse:
    """Waiting for us, asked by us, late, all."""
    now, asked = timezone.now(), request.GET.get("view", "")
    view = asked if asked in tables.VIEWS else tables.VIEWS[0]
    journal.write(
        by=request.membership, verb="patient.listed", request=request, list="consultations", view=view
    )
    return lists.answer(
        request, "consultations/list.html", tables.view_of(request.membership, view, now).with_names(),
        tables.ConsultationTable, filterset=tables.ConsultationFilter,
        tabs=tables.tabs(request.membership, view, now),
        empty=show.empty(request.membership, view), extra={"title": _("Consultations")},
    )  # fmt: skip


@permit("consultation.view")
@require_safe
def consultation(request: Any, pk: int) -> HttpResponse:
    """One consultation, its history, what this member may do now. The read is journaled first (N44)."""
    found = visible(request.membership, pk)
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    page = show.page(found, request.membership, timezone.now())
    return render(request, "consultations/consultation.html", page)


@permit("consultation.ask")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Any) -> HttpResponseBase:
    """Ask another institution; what was typed stays when something is refused."""
    place, now, form = own_institution(request.membership), timezone.now(), None
    kind = asked_kind(request)
    today = timezone.localdate()
    form = forms.AskForm(
        kind=kind, limits={urgency: services.rule_of(kind, urgency, today) for urgency in Urgency.values},
        targets=targets(place), data=request.POST or None, files=request.FILES or None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and (made := _ask(request.membership, form, now)):
        messages.success(request, _("%(number)s is sent. The answer is due by %(due)s.") % show.due(made))
        return redirect("consultation", made.pk)
    status = 400 if form.errors else 200
    return render(request, "consultations/ask.html", show.ask_page(form), status=status)


def _ask(by: Membership, form: forms.AskForm, now: datetime) -> Consultation | None:
    """The consultation asked, or None with the refusal in the form and nothing stored."""
    question = form.content()
    wrong = list(services.faults(question, origin=own_institution(by)))
    for fault in wrong:
        add_refusal(form, fault)
    if wrong:
        return None
    try:
        with transaction.atomic():
            made = services.ask(by=by, person=form.named_person(by), question=question, now=now)
            _attach(by, made, form.cleaned_data["file"], now)
            return made
    except Refused as error:
        add_refusal(form, error)
    return None


def _attach(by: Membership, row: Consultation, file: Any, now: datetime) -> None:
    if file is not None:
        services.attach(
            by=by, consultation=row, name=file.name, content=file.chunks(),
            content_type=scan_type(file) or "", limit=scan_limit(), now=now,
        )  # fmt: skip


@permit("consultation.ask")
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: Any, pk: int) -> HttpResponseBase:
    """Change the question; a form older than the row shows both versions (N34)."""
    found = visible(request.membership, pk)
    if found.side_of(request.membership) != "origin":
        raise PermissionDenied(_("Only the asking institution changes the question."))
    journal.read(by=request.membership, about=found, request=request, person=found.person_id)
    form = forms.AmendForm(consultation=found, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.amend(
                by=request.membership, consultation=found, question=form.content(),
                version=form.cleaned_data["version"], now=timezone.now(),
            )  # fmt: skip
        except Stale as stale:
            return render(request, "consultations/both.html", show.both(form, stale.row), status=409)
        except Refused as error:
            add_refusal(form, error)
        else:
            again = changed.state != found.state
            said = _("Sent again. The answer is due by %(due)s.") if again else _("The change is saved.")
            messages.success(request, said % show.due(changed))
            return redirect("consultation", pk)
    page = {"title": _("Change %(number)s") % {"number": found.number}, "form": form, "consultation": found}
    return render(request, "consultations/amend.html", page, status=400 if form.errors else 200)


@permit("consultation.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Take a step of the machine; which side and role may take it, the service decides."""
    found, service = visible(request.membership, pk), services.STEPS.get(step)
    if service is None:
        raise Http404
    form = show.step_form(found, step, request.POST)
    return _take(request, found, form, show.act_url(found, step), service)


@permit("consultation.answer")
@require_POST
def assign(request: Any, pk: int) -> HttpResponseBase:
    """Give it to another doctor of the answering side."""
    found = visible(request.membership, pk)
    form = forms.AcceptForm(request.POST, consultation=found, auto_id="assign-%s")

    def given(*, doctor: Any, now: datetime, **said: Any) -> Consultation:
        if doctor is None:
            raise services.ConsultationRefused("doctor")
        return services.assign(doctor=doctor, **said)

    return _take(request, found, form, reverse("consultation-assign", args=[pk]), given)


def _take(request: Any, found: Consultation, form: Any, url: str, service: Any) -> HttpResponseBase:
    """Take the step of a valid form; refused ones show the form again, overtaken ones the state now."""
    error: Refused | None = None
    if form.is_valid():
        try:
            moved = service(
                by=request.membership, consultation=found, now=timezone.now(),
                version=asked.version(request), **form.arguments(),
            )  # fmt: skip
        except Stale as stale:
            page = {"title": found.number, "consultation": stale.row}
            return render(request, "consultations/changed.html", page, status=409)
        except Refused as refused:
            error = refused
        else:
            messages.success(request, show.done(moved))
            return redirect("consultation", found.pk)
    return render(request, "consultations/act.html", show.act_page(found, url, form, error), status=400)


@permit("consultation.view")
@require_POST
def proof(request: Any, pk: int) -> HttpResponseBase:
    """Keep how the answer stands against the final proof."""
    found = visible(request.membership, pk)
    form, error = forms.ProofForm(request.POST), None
    if form.is_valid():
        try:
            services.record(
                by=request.membership, consultation=found, basis=Concordance.Basis.GOLD,
                verdict=form.cleaned_data["verdict"], text=form.cleaned_data["verdict_text"],
                now=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            error = refused
        else:
            messages.success(request, _("The final proof is recorded."))
            return redirect("consultation", pk)
    url = reverse("consultation-proof", args=[pk])
    return render(request, "consultations/act.html", show.act_page(found, url, form, error), status=400)


@permit("consultation.view")
@require_POST
def add_file(request: Any, pk: int) -> HttpResponseBase:
    """One more file, of either side."""
    found = visible(request.membership, pk)
    form = forms.FileForm(request.POST, request.FILES)
    if form.is_valid():
        _attach(request.membership, found, form.cleaned_data["file"], timezone.now())
        messages.success(request, _("The file is kept; both sides see it."))
        return redirect("consultation", pk)
    url = reverse("consultation-add-file", args=[pk])
    return render(request, "consultations/act.html", show.act_page(found, url, form), status=400)


@permit("consultation.view")
@require_safe
def file(request: Any, pk: int, file: int) -> HttpResponseBase:
    """A file of a consultation, for its two sides only; fetching it is reading the patient (N44)."""
    found = visible(request.membership, pk)
    if not found.side_of(request.membership):
        raise Http404
    row = get_or_404(found.files.select_related("attachment"), pk=file, attachment__deleted_at=None)
    journal.read(
        by=request.membership, about=found, request=request, person=found.person_id, file=row.attachment_id
    )
    return send(row.attachment)


def visible(membership: Membership, pk: int) -> Consultation:
    """The consultation if the member's institution asked or answers it, else 404."""
    return get_or_404(Consultation.objects.visible_to(membership).with_names(), pk=pk)


def own_institution(membership: Membership) -> Institution:
    """The member's institution; who stands for the whole alliance asks nobody."""
    if membership.institution is None:
        raise PermissionDenied(_("Only a member of an institution asks for consultations."))
    return membership.institution


def asked_kind(request: Any) -> str:
    """The kind in the address; without one, a remote consultation."""
    asked = request.GET.get("kind", "")
    return str(asked if asked in Kind.values else Kind.CONSULTATION)


def targets(origin: Institution) -> Any:
    """Institutions that can be asked: all others but village rooms, lead hospital first."""
    others = Institution.objects.filter(is_active=True).exclude(pk=origin.pk)
    return others.exclude(kind=Institution.Kind.VILLAGE).order_by("role", "pinyin", "code")
