"""The desk: taking a complaint down, the slip for the person, QR sheets, orders of the hotlines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.refusal import Refused
from alliance.lib.secrets import hashed
from alliance.lib.sheets import SheetRefused
from alliance.models import Institution
from alliance.services.files import TooLarge
from alliance.web import public, words
from alliance.web.access import get_or_404, permit
from alliance.web.qr import picture
from alliance.web.refused import add_refusal, worded
from complaints import links
from complaints.forms.enter import EnterForm, OrdersForm
from complaints.models import Complaint
from complaints.services import attaching, filing, order_lines
from complaints.services import orders as order_books
from complaints.services.refusals import ComplaintRefused

PURPOSE = "complaint-enter"


@permit("complaint.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: Any) -> HttpResponseBase:
    """Take a complaint down; what was typed stays when something is refused. Leads to the person's slip."""
    now = timezone.now()
    base = {
        "places": places(), "today": timezone.localdate(),
        "files_most": attaching.most(now),
    }  # fmt: skip
    if request.method != "POST":
        return _entering(
            request, EnterForm(initial={"sheet": public.Sheet.hand_out(_purpose(request))}, **base)
        )
    form = EnterForm(request.POST, request.FILES, **base)
    mark = _mark(request, request.POST.get("sheet", ""))
    if mark and form.is_valid():
        try:
            with transaction.atomic():
                done = filing.file(by=request.membership, said=form.said(), mark=mark, now=now)
                if done.again and done.complaint.text != form.cleaned_data["text"].strip():
                    raise ComplaintRefused("sent_before", number=done.complaint.number)
                if not done.again:
                    attaching.attach(
                        by=request.membership, complaint=done.complaint, uploads=form.cleaned_data["files"],
                        now=now,
                    )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        except TooLarge as error:
            said = _("The file has more than %(mib)s MiB. Choose a smaller one.")
            form.add_error("files", said % {"mib": error.limit >> 20})
        else:
            return redirect("complaint-slip", request.POST["sheet"])
    elif not mark:
        form.add_error(None, _("This page was open for very long. Open it anew."))
    return _entering(request, form, 400)


def _entering(request: Any, form: EnterForm, status: int = 200) -> HttpResponse:
    return render(
        request, "complaints/enter.html", {"title": _("Take a complaint down"), "form": form}, status=status
    )


@permit("complaint.enter")
@require_safe
def slip(request: Any, sheet: str) -> HttpResponseBase:
    """What the person takes along: number, limits and the private link, for whom took it down just now."""
    mark = _mark(request, sheet)
    if not mark:
        raise Http404
    row = get_or_404(Complaint.objects.with_names(), mark=hashed(mark), entered_by=request.membership.pk)
    secret = links.secret(request.alliance.code, filing.PURPOSE, mark)
    address = request.build_absolute_uri(links.followed(request.alliance.code, secret))
    context = {
        "title": _("For the person: %(number)s") % {"number": row.number}, "complaint": row,
        "address": address, "picture": picture(address), "first": words.until(row.first_due_at),
        "result": words.until(row.result_due_at), "may_see": request.membership.can("complaint.view"),
    }  # fmt: skip
    return render(request, "complaints/slip.html", context)


def _purpose(request: Any) -> str:
    return f"{PURPOSE}:{request.alliance.code}:{request.membership.pk}"


def _mark(request: Any, sheet: str) -> str:
    """The mark of the member's own form; '' for one that is not theirs. Speed proves nothing here."""
    try:
        return public.Sheet.take(sheet, _purpose(request), by_a_member=True).mark
    except public.SheetRefused:
        return ""


@permit("complaint.enter")
@require_safe
def codes(request: Any) -> HttpResponse:
    """The institutions whose QR sheet the member may print."""
    context = {"title": _("QR sheets for complaints"), "places": places()}
    return render(request, "complaints/codes.html", context)


@permit("complaint.enter")
@require_safe
def code(request: Any, place: str) -> HttpResponseBase:
    """The QR sheet of one institution, A4, to hang up; the picture is made here, by no outside service."""
    found = next((one for one in places() if one.code == place), None)
    if found is None:
        raise Http404
    address = request.build_absolute_uri(links.public_form(request.alliance.code, found.code))
    context = {"title": found.name, "place": found, "address": address, "picture": picture(address)}
    return render(request, "complaints/code.html", context)


@permit("complaint.import")
@require_http_methods(["GET", "HEAD", "POST"])
def orders(request: Any) -> HttpResponseBase:
    """A sheet of orders: read whole; with faults nothing is stored unless the good lines are asked for."""
    form = OrdersForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"title": _("Orders of 12345 and 12393"), "form": form, "heads": _heads()}
    if request.method == "POST" and form.is_valid():
        try:
            done = order_books.take(
                by=request.membership, channel=form.cleaned_data["channel"],
                name=form.cleaned_data["file"].name, source=form.cleaned_data["file"],
                good_only="good" in request.POST, changes="changes" in request.POST, now=timezone.now(),
            )  # fmt: skip
        except order_books.Faults as found:
            context |= {
                "faults": [_fault(one) for one in found.read.faults], "good": found.read.taken,
                "bad_lines": found.read.bad_lines,
                "same": found.read.same, "changed": found.read.changed,
            }  # fmt: skip
        except (Refused, SheetRefused) as error:
            form.add_error("file", worded(error))
        else:
            messages.success(request, _taken(done, "changes" in request.POST))
            return redirect("complaints")
    status = 400 if form.errors or "faults" in context else 200
    return render(request, "complaints/orders.html", context, status=status)


def _taken(done: order_books.Read, changes: bool) -> str:
    """How many orders were new, how many were here as they are, how many changes were added or left out."""
    said = [_("%(n)d orders are taken in.") % {"n": done.taken}]
    if done.same:
        said.append(_("%(n)d were here already, word for word.") % {"n": len(done.same)})
    if done.changed:
        text = _("%(n)d changes are added.") if changes else _("%(n)d changed ones were left out.")
        said.append(text % {"n": len(done.changed)})
    return " ".join(said)


def _fault(one: order_books.Fault) -> dict[str, object]:
    return {"line": one.line, "column": one.column, "why": worded(one.why)}


def _heads() -> list[tuple[str, bool]]:
    """The headings a sheet may have, and whether each is needed."""
    return [(words_[1], column in order_lines.NEEDED) for column, words_ in order_lines.COLUMNS.items()]


def places() -> list[Institution]:
    """The institutions a complaint is taken down about: all of them, for a village doctor files for somebody
    who was treated elsewhere.
    """
    return list(Institution.objects.filter(is_active=True).select_related("alliance"))
