"""Steps of the panel, the ledger of disputes, and what was settled: for everybody of the alliance."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib import sheets
from alliance.services import journal
from alliance.web import lists
from alliance.web.access import permit
from alliance.web.parts import Empty
from alliance.web.refused import worded
from grouping.disputes import forms, ledger, panel, panel_show, services, show
from grouping.disputes.access import read_by_right
from grouping.disputes.views import _found
from grouping.models import Dispute

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permit("dispute.view")
@require_POST
def act(request: Any, pk: int, step: str) -> HttpResponseBase:
    """Ask an expert, give one's opinion, stand back; what was typed stays when it is refused."""
    found = _found(request, pk)
    form = _form(request, found, step)
    deeds: dict[str, Callable[..., object]] = {
        "ask": panel.ask, "give": panel.give, "back": panel.stand_back,
    }  # fmt: skip
    if form.is_valid():
        try:
            deeds[step](by=request.membership, dispute=found, now=timezone.now(), **form.cleaned_data)
            return redirect("dispute", found.pk)
        except services.DisputeRefused as refused:
            form.add_error(None, worded(refused))
    page = show.page(found, request.membership, timezone.now())
    context = page | {"form": form, "form_url": request.path}
    return render(request, "disputes/dispute.html", context, status=400)


def _form(request: Any, found: Dispute, step: str) -> Any:
    if step == "ask":
        asked = set(found.experts.values_list("member_id", flat=True))
        return forms.ExpertForm(request.POST, members=panel_show.candidates(found, asked))
    known = {"give": forms.OpinionForm, "back": forms.BackForm}
    if step not in known:
        raise Http404
    return known[step](request.POST)


@read_by_right
@require_safe
def settled(request: Any) -> HttpResponse:
    """What was settled, for everybody: nobody has to ask twice. Who asked is not told."""
    rows = Dispute.objects.closed().select_related("scheme", "settled_in")
    code = request.GET.get("code", "").strip()[:40]
    rows = rows.filter(code__iexact=code) if code else rows
    return lists.answer(
        request, "disputes/settled.html", rows.order_by("-settled_at", "-pk"), show.SettledTable,
        empty=Empty(_("Nothing settled here yet"), _("A settled dispute stands here with its answer.")),
        extra={"title": _("Settled disputes"), "code": code},
    )  # fmt: skip


@permit("dispute.view", "dispute.export")
@require_safe
def export(request: Any) -> HttpResponse:
    """The ledger of disputes as a workbook (X4)."""
    rows = ledger.rows(request.membership, timezone.now())
    body = io.BytesIO()
    sheets.write_xlsx(body, rows, title=_("Disputes"))
    journal.write(by=request.membership, verb="dispute.exported", request=request, rows=len(rows) - 1)
    response = HttpResponse(body.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="disputes.xlsx"'
    return response
