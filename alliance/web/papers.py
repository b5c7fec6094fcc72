"""Sending a paper as an editable docx."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from alliance.lib.documents import Document, to_docx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def send(paper: Document, name: str) -> HttpResponse:
    """The paper as a download; the caller has asked who may and journals it."""
    response = HttpResponse(to_docx(paper), content_type=DOCX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.docx"
    return response
