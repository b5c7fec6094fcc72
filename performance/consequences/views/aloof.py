"""Pages of persistent non-collaboration: the list, one institution, what is asked for, workbook and paper."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.services import journal
from alliance.web.access import get_or_404, permit
from alliance.web.refused import add_refusal
from performance.consequences import forms, show_aloof
from performance.consequences.services import aloof
from performance.models.consequences import PROPOSE, VIEW

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOME = "performance/consequences/"


@permit(VIEW)
@require_safe
def aloof_list(request: Any) -> HttpResponse:
    """Institutions that stood aloof in too many of the last months; the own one, or all."""
    return render(request, f"{HOME}aloof_list.html", show_aloof.list_page(request.membership))


def _place(request: Any, code: str) -> Institution:
    """An institution the member sees (second wall)."""
    here = request.membership.institution_id
    places = Institution.objects.filter(is_active=True)
    return get_or_404(places if here is None else places.filter(pk=here), code=code)


def _answered(request: Any, place: Institution, given: dict[str, Any], status: int = 200) -> HttpResponse:
    by, row = show_aloof.row_of(place)
    page = show_aloof.page(row, by, request.membership, given)
    return render(request, f"{HOME}aloof.html", page, status=status)


@permit(VIEW)
@require_safe
def aloof_one(request: Any, code: str) -> HttpResponse:
    """One institution, on the list or not."""
    return _answered(request, _place(request, code), {})


@permit(VIEW, PROPOSE)
@require_POST
def aloof_ask(request: Any, code: str, kind: str) -> HttpResponseBase:
    """Open a proposal about an institution of the list; what was typed stays when it is refused."""
    if kind not in aloof.KINDS:
        raise Http404
    place = _place(request, code)
    form = forms.MeasureForm(request.POST, auto_id=f"{kind}-%s")
    if form.is_valid():
        try:
            made = aloof.ask(
                by=request.membership, institution=place, kind=kind, now=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Opened. Put it to the vote from here."))
            return redirect("consequence", made.pk)
    return _answered(request, place, {kind: form}, 400)


@permit(VIEW)
@require_safe
def aloof_export(request: Any) -> HttpResponse:
    """The list as a workbook."""
    rows, body = show_aloof.workbook(request.membership), io.BytesIO()
    sheets.write_xlsx(body, rows, title=_("Persistent non-collaboration"))
    journal.write(by=request.membership, verb="aloof.exported", request=request, rows=len(rows) - 1)
    response = HttpResponse(body.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="non-collaboration.xlsx"'
    return response


@permit(VIEW)
@require_safe
def aloof_print(request: Any) -> HttpResponse:
    """The list on A4."""
    return render(request, f"{HOME}aloof_sheet.html", show_aloof.sheet(request.membership))
