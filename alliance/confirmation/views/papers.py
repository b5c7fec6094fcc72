"""Paper and sheet: the statement of two institutions, the list of a month."""

from __future__ import annotations

import io
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.confirmation.show import month as show_month
from alliance.confirmation.views.finding import round_or_404
from alliance.lib import sheets
from alliance.models import Institution
from alliance.services import journal
from alliance.web.access import get_or_404, permit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permit("confirmation.view")
@require_safe
def statement(request: Any, month: str, code: str, partner: str) -> HttpResponse:
    """The statement of two institutions on A4, for one of them or for the alliance."""
    round_, membership = round_or_404(month), request.membership
    own = get_or_404(Institution.objects.all(), code=code)
    other = get_or_404(Institution.objects.exclude(pk=own.pk), code=partner)
    if membership.institution_id not in (None, own.pk, other.pk):
        raise Http404
    context = show_month.statement_page(round_, own, other, membership, timezone.now())
    return render(request, "confirmation/statement.html", context)


@permit("confirmation.export")
@require_safe
def export(request: Any, month: str) -> HttpResponse:
    """The lines of a month as a workbook: the own ones, or all of the alliance."""
    round_ = round_or_404(month)
    rows = show_month.sheet(round_, request.membership, timezone.now())
    body = io.BytesIO()
    sheets.write_xlsx(body, rows, title=str(round_))
    journal.write(
        by=request.membership,
        verb="confirmation.exported",
        about=round_,
        request=request,
        lines=len(rows) - 1,
    )
    response = HttpResponse(body.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="confirmation-{round_}.xlsx"'
    return response
