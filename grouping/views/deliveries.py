"""Pages of deliveries: the list with the month's completeness, the upload, the declaration."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import parameters
from alliance.web import asked, lists, parts
from alliance.web.access import permit
from grouping import filters, forms, tables, visible
from grouping.models import CaseFile
from grouping.services import declarations, intake, sources
from grouping.show import completeness, share

OPEN = (CaseFile.State.RECEIVED, CaseFile.State.CHECKED)


@permit("case_file.view")
@require_safe
def case_files(request: Any) -> HttpResponse:
    """Deliveries, newest first; beside them how complete the month is."""
    view = "open" if request.GET.get("view") == "open" else "all"
    seen = visible.files(request.membership)
    rows = seen.filter(state__in=OPEN) if view == "open" else seen
    counts = seen.aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)), all=Count("pk"),
        ready=Count("pk", filter=Q(state=CaseFile.State.CHECKED)),
    )  # fmt: skip
    extra = {
        "title": _title(counts["ready"]),
        "shares": share.shares(request.membership),
        **completeness.panel(request.membership, asked_month(request)),
    }
    return lists.answer(
        request, "grouping/files.html",
        rows.select_related("attachment", "institution", "job", "received_by__user"),
        tables.FileTable, filterset=filters.FileFilter, tabs=_tabs(view, counts),
        empty=_empty(request.membership), extra=extra,
    )  # fmt: skip


@permit("case_file.receive")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Any) -> HttpResponseBase:
    """Deliver a file: it is sealed at once and checked in a job."""
    form = _delivery_form(request)
    if request.method == "POST" and form.is_valid() and (file := _receive(request, form)):
        return redirect("case-file", file.pk)
    context = {"title": _("Deliver a case file"), "form": form, "max_mib": form.max_bytes // 2**20}
    return render(request, "grouping/upload.html", context, status=400 if form.errors else 200)


@permit("declaration.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def declaration(request: Any) -> HttpResponseBase:
    """State a month's discharges and charges; a later statement counts, the earlier one stays."""
    own, today = request.membership.institution_id, timezone.localdate()
    form = forms.DeclarationForm(
        institutions=visible.institutions(request.membership),
        today=today,
        data=request.POST or None,
        initial={"institution": request.GET.get("institution") or own, "month": str(asked_month(request))},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        declarations.declare(
            by=request.membership, institution=data["institution"], month=data["month"],
            discharges=data["discharges"], total_fen=data["total"], unfinished=data["unfinished"],
        )  # fmt: skip
        messages.success(
            request, _("The declaration is kept; completeness is measured against it from now on.")
        )
        return redirect(f"{reverse('case-files')}?month={data['month']}")
    context = {"title": _("Declare a month"), "form": form}
    return render(request, "grouping/declaration.html", context, status=400 if form.errors else 200)


def asked_month(request: Any) -> Month:
    """The month of the address; without a readable one, the newest month with data."""
    found = asked.month(request)
    return found or completeness.current_month(request.membership, timezone.localdate())


def _delivery_form(request: Any) -> forms.DeliveryForm:
    most = parameters.in_force("upload.csv_bytes", on=timezone.localdate())
    assert isinstance(most, int)
    posted = request.method == "POST"
    return forms.DeliveryForm(
        institutions=visible.institutions(request.membership),
        offered=sources.offered(request.membership, timezone.localdate(), sources.DELIVERED).select_related(
            "institution"
        ),
        fixed=request.membership.institution_id is not None,
        max_bytes=most,
        initial={"source": request.GET.get("source")},
        data=request.POST if posted else None,
        files=request.FILES if posted else None,
    )


def _receive(request: Any, form: forms.DeliveryForm) -> CaseFile | None:
    """The batch of the uploaded file, new or delivered before; None when it is one the member may not see."""
    data = form.cleaned_data
    file, made = intake.receive_file(
        by=request.membership, name=data["file"].name, content=data["file"].chunks(), edition=data["edition"],
        institution=data.get("institution"), source=data.get("source"), today=timezone.localdate(),
    )  # fmt: skip
    if made:
        return file
    if not visible.files(request.membership).filter(pk=file.pk).exists():
        form.add_error(
            "file", _("This very file was delivered before by another member. Choose your own export.")
        )
        return None
    messages.info(request, _("This very file was delivered before; this is that delivery."))
    return file


def _title(waiting: int) -> str:
    if not waiting:
        return _("Case files")
    return ngettext("%(n)d delivery to decide", "%(n)d deliveries to decide", waiting) % {"n": waiting}


def _tabs(view: str, counts: dict[str, int]) -> list[parts.Tab]:
    labels = {"all": _("All"), "open": _("Not yet stored")}
    return [parts.Tab(label, f"?view={name}", name == view, counts[name]) for name, label in labels.items()]


def _empty(membership: Membership) -> parts.Empty:
    may = membership.can("case_file.receive")
    return parts.Empty(
        _("No case file yet"),
        _("Groups, indicators and money of a month all begin with its case files."),
        reverse("case-file-upload") if may else "",
        _("Deliver a case file") if may else "",
        "file",
    )
