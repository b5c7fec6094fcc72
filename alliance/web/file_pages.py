"""Downloads: owner, alliance and permission are asked again each time (walls.md section 4, N7)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from alliance.models import Attachment
from alliance.services import files, journal
from alliance.web.access import get_or_404, permit, require

# What the owner must still be allowed to do when the file is fetched.
NEEDS = {
    Attachment.Purpose.CASE_FILE: "case_file.view",
    Attachment.Purpose.EXPORT: "export.run",
    Attachment.Purpose.IMPORT: "master.change",
}


@permit("home.view")
@require_safe
def file(request: Any, pk: int) -> HttpResponseBase:
    """A file of one's own; others' files are shown by the pages they belong to."""
    mine = Attachment.objects.filter(owner=request.membership, deleted_at=None)
    row = get_or_404(mine, pk=pk)
    if needed := NEEDS.get(Attachment.Purpose(row.purpose)):
        require(request.membership, needed)
    return fetched(request, row)


def fetched(request: Any, row: Attachment | None) -> StreamingHttpResponse:
    """A file as a download, journaled first; the caller has asked who may. 404 for none and for one that is
    gone.
    """
    if row is None or row.deleted_at is not None:
        raise Http404
    journal.write(by=request.membership, verb="file.fetched", about=row, request=request, purpose=row.purpose)
    return send(row)


def send(row: Attachment) -> StreamingHttpResponse:
    """The file as a download, never shown in place, where the caller keeps its own journal of the read."""
    response = StreamingHttpResponse(files.read(row), content_type=row.content_type)
    response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.shown_name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
