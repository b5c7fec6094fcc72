"""Pages of disputes: list, file one from a case or a scheme, one dispute with its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib.workdays import SHANGHAI
from alliance.models import Attachment, Institution
from alliance.models.base import Stale
from alliance.services import files
from alliance.web import lists, words
from alliance.web.access import get_or_404, permit
from alliance.web.file_pages import fetched
from alliance.web.parts import Empty, Tab
from alliance.web.refused import worded
from grouping import visible
from grouping.disputes import access, forms, services, show
from grouping.disputes.access import read_by_right
from grouping.models import Dispute, Scheme
from grouping.services import schemes

VIEWS = ("open", "answered", "all")


@read_by_right
@require_safe
def disputes(request: Any) -> HttpResponse:
    """Disputes still owed an answer, answered ones, all."""
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else VIEWS[0]
    rows = access.rows(request.membership).select_related("scheme", "institution")
    rows = rows.unanswered() if view == "open" else rows
    rows = rows.filter(state__in=["answered", "settled"]) if view == "answered" else rows
    labels = {"open": _("Owed an answer"), "answered": _("Answered"), "all": _("All")}
    return lists.answer(
        request, "disputes/disputes.html", rows, show.DisputeTable,
        tabs=[Tab(label, f"?view={name}", name == view) for name, label in labels.items()],
        empty=Empty(_("No dispute here"), _("File one from the explanation of a case or from a scheme.")),
        extra={"title": _("Disputes about the scheme")},
    )  # fmt: skip


@permit("dispute.file")
@require_http_methods(["GET", "HEAD", "POST"])
def dispute_new(request: Any) -> HttpResponseBase:
    """File a dispute on a code of the scheme of a case, of a scheme named, or of today's."""
    case = _case(request)
    scheme = _scheme(request, case)
    known = show.known_codes(schemes.package(scheme))
    # The interpreter posts what it answered: no code typed there stands in an address, nothing is filed yet.
    begun = request.POST if "begin" in request.POST else request.GET
    posted = request.POST if "begin" not in request.POST else None
    form = forms.DisputeForm(
        known=known, data=posted or None, files=request.FILES or None,
        initial={"code": begun.get("code", "")[:40], "text": begun.get("text", "")[:2000], "about": "rule"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = services.file_dispute(
            by=request.membership, scheme=scheme, case=case, now=timezone.now(),
            about=form.cleaned_data["about"], code=form.cleaned_data["code"],
            text=form.cleaned_data["text"], evidence=_kept(request, form), way=_way(request, case),
        )  # fmt: skip
        return _filed(request, made)
    asked = show.settled_about(begun.get("code", ""))
    context = {"title": _("File a dispute"), "form": form, "scheme": scheme, "case": case, "settled": asked}
    return render(request, "disputes/new.html", context, status=400 if form.errors else 200)


def _way(request: Any, case: Any) -> str:
    if case is not None:
        return Dispute.Way.CASE
    return Dispute.Way.INTERPRETER if request.GET.get("way") == "interpreter" else Dispute.Way.PAGE


def _filed(request: Any, made: Dispute) -> HttpResponseBase:
    messages.success(request, _("Filed. The answer is due by %(due)s.") % {"due": words.until(made.due_at)})
    return redirect("dispute", made.pk)


@permit("dispute.file")
@require_http_methods(["GET", "HEAD", "POST"])
def dispute_thing(request: Any) -> HttpResponseBase:
    """File a dispute on a definition that stands above: an indicator."""
    form = forms.ThingForm(
        request.POST or None, request.FILES or None, initial={"thing": request.GET.get("thing", "")[:120]}
    )
    if request.method == "POST" and form.is_valid():
        thing = form.chosen()
        made = services.file_dispute(
            by=request.membership, about=Dispute.About.INDICATOR, thing=thing, code=thing.id[:40],
            text=form.cleaned_data["text"], evidence=_kept(request, form), now=timezone.now(),
        )  # fmt: skip
        return _filed(request, made)
    context = {"title": _("File a dispute about an indicator"), "form": form}
    return render(request, "disputes/new.html", context, status=400 if form.errors else 200)


@permit("dispute.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def dispute_paper(request: Any) -> HttpResponseBase:
    """Enter a dispute that came on paper, with its scan; the clock begins now."""
    scheme = _scheme(request, None)
    places = list(Institution.objects.filter(is_active=True))
    form = forms.PaperForm(
        known=show.known_codes(schemes.package(scheme)), places=places, data=request.POST or None,
        files=request.FILES or None, initial={"about": "rule"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = services.file_dispute(
            by=request.membership, scheme=scheme, now=timezone.now(), about=data["about"], code=data["code"],
            text=data["text"], evidence=_kept(request, form), way=Dispute.Way.PAPER,
            raised_by=data["raised_by"], institution=data["institution"],
        )  # fmt: skip
        return _filed(request, made)
    context = {"title": _("Enter a dispute from paper"), "form": form, "scheme": scheme}
    return render(request, "disputes/new.html", context, status=400 if form.errors else 200)


def _case(request: Any) -> Any:
    asked = request.GET.get("case", "")
    if not asked:
        return None
    if not request.membership.can("case.view"):
        raise Http404
    return get_or_404(visible.cases(request.membership).select_related("institution"), pk=asked)


def _scheme(request: Any, case: Any) -> Scheme:
    if asked := request.GET.get("scheme", ""):
        return get_or_404(Scheme.objects.all(), pk=asked)
    day = case.discharged_at.astimezone(SHANGHAI).date() if case else timezone.localdate(timezone=SHANGHAI)
    try:
        return schemes.in_force(day)
    except schemes.NoScheme:
        raise Http404 from None


def _kept(request: Any, form: Any) -> Attachment | None:
    file = form.cleaned_data["evidence"]
    if file is None:
        return None
    return files.store(
        by=request.membership, name=file.name, content=file.chunks(), purpose=Attachment.Purpose.EVIDENCE,
        content_type=scan_type(file) or "", limit=scan_limit(), institution=request.membership.institution,
    )  # fmt: skip


@read_by_right
@require_safe
def dispute(request: Any, pk: int) -> HttpResponse:
    """One dispute; who raised it has read its answer now."""
    found = _found(request, pk)
    services.heard(by=request.membership, dispute=found)
    return render(request, "disputes/dispute.html", show.page(found, request.membership, timezone.now()))


def _found(request: Any, pk: int) -> Dispute:
    rows = access.rows(request.membership)
    return get_or_404(
        rows.select_related(
            "scheme",
            "institution",
            "case",
            "evidence",
            "filed_by__user",
            "settled_in",
            "merged_into__scheme",
            "merged_into__settled_in",
        ),
        pk=pk,
    )


@permit("dispute.view")
@require_POST
def dispute_act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Study, answer, settle; what was typed stays when it is refused."""
    found = _found(request, pk)
    if step not in services.TARGETS:
        raise Http404
    form = show.form_of(step, found, request.POST)
    if form.is_valid():
        try:
            getattr(services, step)(
                by=request.membership, dispute=found, now=timezone.now(), **form.cleaned_data
            )
            return redirect("dispute", found.pk)
        except Stale:
            return _changed(request, pk, form)
        except services.DisputeRefused as refused:
            form.add_error(None, worded(refused))
    page = show.page(found, request.membership, timezone.now())
    address = reverse("dispute-act", args=[pk, step])
    return render(request, "disputes/dispute.html", page | {"form": form, "form_url": address}, status=400)


def _changed(request: Any, pk: int, form: Any) -> HttpResponse:
    """409: the dispute as it is now, and what was typed and not stored (N34)."""
    found = _found(request, pk)
    typed = form.cleaned_data.get("answer") or str(form.cleaned_data.get("version", ""))
    page = show.page(found, request.membership, timezone.now())
    return render(request, "disputes/dispute.html", page | {"changed": True, "typed": typed}, status=409)


@read_by_right
@require_safe
def dispute_evidence(request: Any, pk: int) -> HttpResponseBase:
    """The scan that belongs to a dispute."""
    return fetched(request, _found(request, pk).evidence)
