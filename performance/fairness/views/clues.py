"""List of clues, one clue, its steps, files of explanations, the look of a month."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.services import journal, steps
from alliance.web import asked, lists
from alliance.web import words as web_words
from alliance.web.access import get_or_404, permit, require
from alliance.web.file_pages import fetched
from alliance.web.parts import Fig, Tab
from alliance.web.refused import add_refusal, worded
from performance.declared.forms import VetoForm
from performance.declared.services import vetoes
from performance.declared.show_samples import chain_choices
from performance.declared.uploads import KeptFiles
from performance.fairness import forms, services, tables
from performance.fairness.services.deciding import measures_of
from performance.fairness.show import clue as show
from performance.models import Clue, ClueFile, FairnessRun

State = Clue.State
FASTER = "Somebody else was faster. Look again: nothing of yours was stored."
VIEWS = {
    "live": (pgettext_lazy("clue", "open"), Q(state__in=Clue.LIVE)),
    "confirmed": (pgettext_lazy("clue", "confirmed"), Q(state=State.CONFIRMED)),
    "cleared": (gettext_lazy("Dismissed or explained"), Q(state__in=[State.DISMISSED, State.ACCEPTED])),
    "all": (gettext_lazy("All"), Q()),
}


@permit("fairness.view")
@require_safe
def clue_list(request: Any) -> HttpResponse:
    """Clues of the own institution, or of all; open ones first."""
    member, view = request.membership, request.GET.get("view", "live")
    view = view if view in VIEWS else "live"
    rows = Clue.objects.seen_by(member).named()
    tabs = [
        Tab(str(label), f"{reverse('clues')}?view={code}", code == view)
        for code, (label, _q) in VIEWS.items()
    ]
    looks = member.institution_id is None and member.can(services.RUN)
    month = Month.of(timezone.localdate()).previous()
    return lists.answer(
        request, "performance/fairness/list.html", rows.filter(VIEWS[view][1]), tables.ClueTable,
        filterset=tables.ClueFilter, tabs=tabs, empty=tables.empty(),
        extra={"title": _("Clues of unusual patterns"), "looks": looks, "month": month,
               "run": FairnessRun.objects.filter(ended_at__isnull=False).first(), "figs": figures(member)},
    )  # fmt: skip


def figures(member: Any) -> list[Fig]:
    """How many wait and how it ended so far; one query."""
    counted = (
        Clue.objects.seen_by(member)
        .order_by()
        .aggregate(
            open=Count("pk", filter=Q(state=State.OPEN)),
            ripe=Count("pk", filter=Q(state__in=[State.ANSWERED, State.PROPOSED])),
            decided=Count("pk", filter=Q(state__in=Clue.DECIDED)),
            confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
        )
    )
    return [
        Fig(_("wait for an explanation"), web_words.num(counted["open"])),
        Fig(_("wait for a decision"), web_words.num(counted["ripe"])),
        Fig(_("decided"), web_words.num(counted["decided"]),
            detail=_("%(n)d of them confirmed") % {"n": counted["confirmed"]}),
    ]  # fmt: skip


@permit("fairness.run")
@require_POST
def look(request: Any, month: Month) -> HttpResponseBase:
    """Look at a month, as a job."""
    try:
        job = services.enqueue(by=request.membership, month=month, now=timezone.now())
    except Refused as error:
        messages.error(request, worded(error))
        return redirect("clues")
    messages.success(request, _("The alliance is looking. What it finds stands here in a moment."))
    return redirect("job", job.pk) if request.membership.can("job.view") else redirect("clues")


def clue_or_404(request: Any, pk: int) -> Clue:
    return get_or_404(show.seen(request.membership), pk=pk)


def clue_page(request: Any, found: Clue, status: int = 200, **given: Any) -> HttpResponse:
    page = show.page(
        found, request.membership, timezone.now(), number=request.GET.get("page", "1"), given=given
    )
    kinds = {one.kind for one in page["records"].object_list} & {"case", "referral"}
    if kinds and request.method != "HEAD":  # a list of patients is a read of patients (walls.md section 5)
        journal.write(
            by=request.membership, verb="patient.listed", about=found, request=request, list=min(kinds)
        )
    return render(request, "performance/fairness/clue.html", page, status=status)


@permit("fairness.view")
@require_safe
def clue(request: Any, pk: int) -> HttpResponse:
    """One clue."""
    return clue_page(request, clue_or_404(request, pk))


def _decision(step: str) -> Any:
    """The form and the service of a decider's step."""
    forms_ = {
        "dismiss": lambda data, found: forms.DismissForm(data, auto_id="dismiss-%s"),
        "accept": lambda data, found: forms.ReasonForm(data, auto_id="accept-%s"),
        "propose": lambda data, found: forms.ProposeForm(
            data, measures=measures_of(found), auto_id="propose-%s"
        ),
        "confirm": lambda data, found: forms.NothingForm(data),
        "give-back": lambda data, found: forms.ReasonForm(data, auto_id="back-%s"),
        "veto": lambda data, found: VetoForm(data, chains=chain_choices(), auto_id="veto-%s"),
    }
    deeds = {
        "dismiss": services.dismiss, "accept": services.accept, "propose": services.propose,
        "confirm": services.confirm, "give-back": services.give_back, "veto": _veto,
    }  # fmt: skip
    if step not in deeds:
        raise Http404
    return forms_[step], deeds[step]


def _veto(*, by: Any, clue: Clue, version: int | None, **said: Any) -> None:
    steps.fresh(clue, version)
    vetoes.propose_from_clue(by=by, clue=clue, **said)


@permit("fairness.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """A step of an uninvolved decider."""
    found, by = clue_or_404(request, pk), request.membership
    form_of, deed = _decision(step)
    require(by, "fairness.decide")
    form = form_of(request.POST, found)
    if not form.is_valid():
        return clue_page(request, found, 400, **{step: form})
    try:
        deed(by=by, clue=found, now=timezone.now(), version=asked.version(request), **form.cleaned_data)
    except Refused as error:
        add_refusal(form, error)
        if not form.fields:
            messages.error(request, worded(error))
        return clue_page(request, found, 400, **{step: form})
    except Stale:
        messages.error(request, _(FASTER))
        return clue_page(request, clue_or_404(request, pk), 409, **{step: form})
    return redirect("clue", pk)


@permit("fairness.explain")
@require_POST
def explain(request: Any, pk: int) -> HttpResponseBase:
    """The institution explains, with files."""
    found, by = clue_or_404(request, pk), request.membership
    form = forms.ExplainForm(request.POST, request.FILES)
    if form.is_valid():
        kept = KeptFiles(request, form.cleaned_data["files"])
        try:
            with transaction.atomic():
                services.explain(
                    by=by, clue=found, text=form.cleaned_data["reason"], now=timezone.now(), files=kept.all(),
                    version=asked.version(request),
                )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            messages.error(request, _(FASTER))
            return clue_page(request, clue_or_404(request, pk), 409, explain=form)
        else:
            messages.success(request, _("Your explanation is kept. Somebody uninvolved decides."))
            return redirect("clue", pk)
    waiting = KeptFiles(request, form.cleaned_data.get("files") or ()).waiting()
    answer = clue_page(request, found, 400, explain=form, kept=waiting)
    answer.keeps = bool(waiting)  # type: ignore[attr-defined]
    return answer


@permit("fairness.view")
@require_safe
def file(request: Any, pk: int, file: int) -> HttpResponseBase:
    """A file of an explanation; each download is journaled."""
    found = clue_or_404(request, pk)
    rows = ClueFile.objects.filter(answer__clue=found, file__deleted_at=None).select_related("file")
    row = get_or_404(rows, pk=file)
    return fetched(request, row.file)
