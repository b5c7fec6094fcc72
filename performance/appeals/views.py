"""Pages of appeals: list, filing from a line, one appeal, its steps, upholding with a preview, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.lib.refusal import Refused
from alliance.models.base import Stale
from alliance.services import journal
from alliance.services.files import Upload
from alliance.web import asked, lists
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.parts import Tab
from alliance.web.refused import add_refusal, worded
from performance.appeals import asking, examining, forms, show, tables, window
from performance.appeals.services import adding, filing, handling
from performance.declared.uploads import EvidenceField, KeptFiles
from performance.models import Appeal, AppealFile
from performance.models.appeals import FILE, VIEW

FASTER = "Somebody else was faster. Look again: nothing of yours was stored."
TABS = {
    "open": (pgettext_lazy("appeal", "open"), Q(state__in=Appeal.RUNNING)),
    "ended": (pgettext_lazy("appeal", "ended"), ~Q(state__in=Appeal.RUNNING)),
    "all": (gettext_lazy("All"), Q()),
}


@permit(VIEW)
@require_safe
def appeal_list(request: Any) -> HttpResponse:
    """Appeals the member is a party of, or all; the next to be answered first."""
    view = request.GET.get("view", "open")
    view = view if view in TABS else "open"
    tabs = [
        Tab(str(label), f"{reverse('appeals')}?view={code}", code == view)
        for code, (label, _q) in TABS.items()
    ]
    rows = Appeal.objects.seen_by(request.membership).named().filter(TABS[view][1])
    order = ("due_at", "pk") if view == "open" else ("-filed_at", "-pk")
    return lists.answer(
        request, "performance/appeals/list.html", rows.order_by(*order), tables.AppealTable,
        filterset=tables.AppealFilter, tabs=tabs, empty=tables.empty(),
        extra={"title": _("Objections and appeals")},
    )  # fmt: skip


@permit(FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_file(request: Any) -> HttpResponseBase:
    """File an appeal from a line (`?on=pay-17`); what was typed and chosen stays when it is refused."""
    by = request.membership
    subjects, now = asking.subjects(by, request.GET.getlist("on")), timezone.now()
    if not subjects:
        return render(request, "performance/appeals/file.html", {"title": _("File an appeal")})
    others = asking.others(by, subjects)
    posted, times = request.method == "POST", window.all_of(subjects)
    ended = next((one for one in times if not one.open(now)), None)
    form = forms.FileForm(
        request.POST if posted else None, request.FILES if posted else None, subjects=subjects, others=others
    )
    waiting: list[Any] = []
    if posted and form.is_valid():
        kept = KeptFiles(request, form.cleaned_data["files"])
        try:
            with transaction.atomic():
                made = filing.file(
                    by=by, kind=form.cleaned_data["kind"], lines=form.lines(), text=form.cleaned_data["text"],
                    now=now, files=kept.all(),
                )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Filed. It is answered in time."))
            return redirect("appeal", made.pk)
    if posted:
        waiting = KeptFiles(request, form.cleaned_data.get("files") or ()).waiting()
    context = {
        "title": _("File an appeal"), "form": form, "subjects": subjects, "kept": waiting,
        "action": "?" + "&".join(f"on={one.key}" for one in subjects), "back": asking.back(subjects, by),
        "ended": ended is not None, "posted": posted, "window_said": window.said(ended or times[0], now, by),
        "paid_said": window.paid_meanwhile(subjects[0].month), "open_one": asking.open_about(by, subjects),
    }  # fmt: skip
    answer = render(request, "performance/appeals/file.html", context, status=400 if form.errors else 200)
    answer.keeps = bool(waiting)  # type: ignore[attr-defined]
    return answer


@permit(FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Any, pk: int) -> HttpResponseBase:
    """Add words, evidence or further numbers to one's own open appeal; `do=review` only shows what another
    form has typed.
    """
    row, by, now = found(request, pk), request.membership, timezone.now()
    if by.user_id != row.filed_by.user_id:
        raise Http404
    chosen, review = asking.further(by, row, now), request.POST.get("do") == "review"
    posted = request.method == "POST" and not review
    initial = {"text": request.POST.get("text", "")} if review else None
    form = forms.AddForm(
        request.POST if posted else None, request.FILES if posted else None, subjects=[], others=chosen,
        initial=initial,
    )  # fmt: skip
    if posted and form.is_valid():
        kept = KeptFiles(request, form.cleaned_data["files"])
        try:
            with transaction.atomic():
                adding.add(
                    by=by, appeal=row, text=form.cleaned_data["text"], lines=form.lines(), files=kept.all(),
                    now=now,
                )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        except Stale:
            form.add_error(None, _(FASTER))
        else:
            messages.success(
                request, _("Added. Who examines it is told; the time for the answer is the same.")
            )
            return redirect("appeal", pk)
    waiting = KeptFiles(request, _typed_files(request, form, posted=posted)).waiting()
    context = {
        "title": _("Add to appeal %(n)d") % {"n": row.pk}, "appeal": row, "form": form, "kept": waiting,
        "open": adding.may_add(by, row),
    }  # fmt: skip
    answer = render(request, "performance/appeals/add.html", context, status=400 if form.errors else 200)
    answer.keeps = bool(waiting)  # type: ignore[attr-defined]
    return answer


def _typed_files(request: Any, form: forms.AddForm, *, posted: bool) -> Sequence[Upload]:
    """The files chosen in a form that stays open, or in the one that led here."""
    if posted:
        return form.cleaned_data.get("files") or ()
    try:
        return EvidenceField().clean(request.FILES.getlist("files"))
    except ValidationError:
        return ()


def found(request: Any, pk: int) -> Appeal:
    """An appeal the member is a party of (second wall)."""
    return get_or_404(Appeal.objects.seen_by(request.membership).named(), pk=pk)


@permit(VIEW)
@require_safe
def appeal(request: Any, pk: int) -> HttpResponse:
    """One appeal; reading a first instance as who examines the second is journaled."""
    row = found(request, pk)
    if request.method == "GET" and examining.reads_first(request.membership, row):
        journal.write(by=request.membership, verb="appeal.first_read", about=row, request=request)
    return _page(request, row)


def _page(request: Any, row: Appeal, status: int = 200, **given: Any) -> HttpResponse:
    page = show.page(row, request.membership, timezone.now(), given)
    return render(request, "performance/appeals/appeal.html", page, status=status)


def _deed(step: str, row: Appeal, data: Any) -> tuple[Any, Any]:
    """The form and the service of a step."""
    if step == "assign":
        return forms.AssignForm(data, free=handling.candidates(row), auto_id="assign-%s"), handling.assign
    if step == "reject":
        return forms.AnswerForm(data, auto_id="reject-%s"), handling.reject
    if step == "second":
        return forms.SecondForm(data, auto_id="second-%s"), filing.ask_second
    if step == "withdraw":
        return None, filing.withdraw
    raise Http404


@permit(VIEW)
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """One step of an appeal; a stale tab gets 409 and a sentence."""
    row, status, kept = found(request, pk), 400, False
    form, deed = _deed(step, row, request.POST)
    if form is None or form.is_valid():
        data = form.cleaned_data if form is not None else {}
        version = {} if step == "second" else {"version": asked.version(request)}
        try:
            moved = deed(by=request.membership, appeal=row, now=timezone.now(), **version, **data)
            return redirect("appeal", moved.pk)
        except Refused as error:
            if form is None or getattr(error, "reason", "") == "involved_since":
                messages.error(request, worded(error))
                if step == "reject":  # its button is gone: what was typed is kept beside the appeal
                    typed = {**handling.kept_by(request.membership, row), "answer": data["answer"]}
                    handling.keep_draft(by=request.membership, appeal=row, typed=typed)
                    kept = True
            else:
                add_refusal(form, error)
        except Stale:
            status = 409
            messages.error(request, _(FASTER))
    answer = _page(request, found(request, pk), status, **({step: form} if form is not None else {}))
    answer.keeps = kept  # type: ignore[attr-defined]
    return answer


@permit(VIEW)
@require_safe
def file(request: Any, pk: int, file: int) -> HttpResponseBase:
    """One piece of evidence; each download is journaled."""
    of = [one.pk for one in show.files_of(found(request, pk))]
    row = get_or_404(AppealFile.objects.filter(pk__in=of).select_related("file"), pk=file)
    return fetched(request, row.file)
