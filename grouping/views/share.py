"""What the office delivered for several members, as one of them sees it: its own rows alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.models import Membership
from alliance.services import journal
from alliance.web import lists, parts
from alliance.web.access import get_or_404, permit
from grouping import tables, visible
from grouping.models import CaseFile
from grouping.show import delivery as show
from grouping.show import share
from grouping.views.delivery import bad_rows_file


@permit("case_file.view")
@require_safe
def case_file_share(request: Any, pk: int) -> HttpResponse:
    """The member's part of a delivery: what was stored, what waits in quarantine, what the file lacks."""
    file = _shared(request.membership, pk)
    journal.write(by=request.membership, verb="patient.listed", about=file, request=request, list="case_file")
    rows = visible.own_bad_rows(request.membership, file)
    found = show.causes(rows)
    cause = request.GET.get("cause", "")
    cause = cause if cause in dict(found) else ""
    return lists.answer(
        request, "grouping/share.html", rows.filter(code=cause) if cause else rows, tables.BadRowTable,
        tabs=show.tabs(found, cause), empty=parts.Empty(_("No bad row"), icon="ok"),
        extra={"causes": found, **share.page(file, request.membership)},
    )  # fmt: skip


@permit("case_file.receive")
@require_safe
def case_file_share_bad(request: Any, pk: int) -> HttpResponseBase:
    """The member's own bad rows as CSV, for correcting them in the hospital's system."""
    file = _shared(request.membership, pk)
    rows = visible.own_bad_rows(request.membership, file)
    return bad_rows_file(request, file, rows, rows.values("line").distinct().count())


def _shared(membership: Membership, pk: int) -> CaseFile:
    """The delivery if it holds rows of the member's institution; else 404."""
    rows = visible.shared(membership).select_related(
        "attachment", "received_by__user", "source__source__institution"
    )
    found: CaseFile = get_or_404(rows, pk=pk)
    return found
