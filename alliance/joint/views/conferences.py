"""Pages of case conferences: list, one conference, the quarter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.joint import conference_tables as tables
from alliance.joint import facts, services
from alliance.joint.forms import common
from alliance.joint.forms import conferences as forms
from alliance.joint.models import Conference, ConferencePaper, Discussed, Participant
from alliance.joint.show import conferences as show
from alliance.joint.show.common import tabs
from alliance.joint.views.common import here, outcome, typed
from alliance.lib.period import PeriodRefused, Quarter
from alliance.services import journal
from alliance.web import asked, lists, parts
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.refused import worded


@permit("joint.view")
@require_safe
def conference_list(request: Any) -> HttpResponse:
    """Conferences of the whole alliance: every institution may come."""
    present = Q(participants__voided_at=None)
    rows = Conference.objects.select_related("host").annotate(
        present=Count("participants", filter=present),
        houses=Count("participants__institution", filter=present, distinct=True),
    )
    empty = parts.Empty(
        _("No case conference yet"), _("An institution plans one; the others enter their doctors and cases."),
        icon="msg",
    )  # fmt: skip
    by = request.membership
    return lists.answer(
        request, "joint/conferences.html", rows, tables.ConferenceTable, filterset=tables.ConferenceFilter,
        empty=empty,
        extra={
            "title": _("Joint case conferences"), "rooms": tabs(by, "joint-conferences"),
            "plans": by.institution_id is not None and by.can("joint.host"),
        },
    )  # fmt: skip


@permit("joint.view")
@require_safe
def quarter(request: Any) -> HttpResponse:
    """Who held or joined how many in a quarter, and who has none yet."""
    chosen = _quarter(request)
    page = show.quarter_page(facts.conference_facts(chosen), chosen, request.membership)
    return render(request, "joint/quarter.html", page)


def _quarter(request: Any) -> Quarter:
    text = request.GET.get("quarter", "").strip()
    try:
        if text:
            found = Quarter.parse(text[:10])
            # Only years that pages serve.
            asked.read_month(str(found.months[0]))
            return found
    except PeriodRefused as refused:
        asked.say(request, worded(refused))
    return Quarter.of(timezone.localdate())


@permit("joint.host")
@require_http_methods(["GET", "HEAD", "POST"])
def conference_new(request: Any) -> HttpResponseBase:
    """Plan a conference; what was typed stays."""
    here(request)
    form = forms.MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[Conference] = []
        status = outcome(
            request,
            lambda: made.append(services.plan_conference(by=request.membership, meeting=form.meeting())),
            form,
        )
        if not status:
            messages.success(request, _("The conference is planned; all institutions see it."))
            return redirect("joint-conference", made[0].pk)
    context = {"title": _("Plan a case conference"), "form": form}
    return render(request, "joint/conference_new.html", context, status=400 if form.errors else 200)


@permit("joint.view")
@require_safe
def conference(request: Any, pk: int) -> HttpResponse:
    """One conference. Cases of patients are read by those who take part; the read is journaled first."""
    return _page(request, pk)


def _page(request: Any, pk: int, status: int = 200, form: Any = None, **given: Any) -> HttpResponse:
    row, by = _row(pk), request.membership
    context = show.conference_page(row, by, timezone.localdate(), **given)
    if context["cases"]:
        persons = [one.person_id for one in context["cases"] if one.person_id]
        journal.read(by=by, about=row, request=request, persons=persons)
    context["typed"] = typed(form, status)
    return render(request, "joint/conference.html", context, status=status)


@permit("joint.attend")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Enter a doctor or a case of the own institution; the host holds, cancels, adds a paper."""
    row, by, version, place = _row(pk), request.membership, asked.version(request), here(request)
    now = timezone.now()
    deeds: dict[str, Any] = {
        "present": (
            lambda: forms.PresentForm(request.POST, conference=row, here=place.pk, auto_id="present-%s"),
            lambda form: services.take_part(by=by, conference=row, **form.cleaned_data),
        ),
        "question": (
            lambda: forms.QuestionForm(request.POST, auto_id="case-%s"),
            lambda form: services.bring_case(by=by, conference=row, question=form.asked(by)),
        ),
        "paper": (
            lambda: forms.PaperForm(request.POST, request.FILES, auto_id="paper-%s"),
            lambda form: services.add_paper(by=by, conference=row, scan=form.scan()),
        ),
        "hold": (
            lambda: forms.HoldForm(request.POST, auto_id="hold-%s"),
            lambda form: services.hold_conference(
                by=by, conference=row, held=services.Held(**form.cleaned_data), now=now, version=version
            ),
        ),
        "cancel": (
            lambda: common.WhyForm(request.POST, auto_id="cancel-%s"),
            lambda form: services.cancel_conference(
                by=by, conference=row, version=version, **form.cleaned_data
            ),
        ),
    }
    if step not in deeds:
        raise Http404
    form, status = deeds[step][0](), 400
    if form.is_valid():
        status = outcome(request, lambda: deeds[step][1](form), form)
    return _page(request, pk, status, form, **{step: form}) if status else redirect("joint-conference", pk)


@permit("joint.attend")
@require_POST
def void(request: Any, kind: str, pk: int) -> HttpResponseBase:
    """Take a wrong line of the own institution off."""
    models: dict[str, Any] = {"participant": Participant, "case": Discussed}
    if kind not in models:
        raise Http404
    place = request.membership.institution_id
    line = get_or_404(models[kind].objects.filter(institution=place).select_related("conference"), pk=pk)
    why = request.POST.get("why", "")
    status = outcome(
        request, lambda: services.void_line(by=request.membership, line=line, why=why, now=timezone.now())
    )
    if status:
        return _page(request, line.conference_id, status)
    return redirect("joint-conference", line.conference_id)


@permit("joint.view")
@require_safe
def paper(request: Any, pk: int) -> HttpResponseBase:
    """Scanned minutes or slides, for those who take part; the read is journaled first."""
    row = get_or_404(ConferencePaper.objects.select_related("file", "conference"), pk=pk)
    if not show.may_read(row.conference, request.membership):
        raise Http404
    return fetched(request, row.file)


def _row(pk: int) -> Conference:
    return get_or_404(Conference.objects.select_related("host"), pk=pk)
