"""Large uploads wait sealed on disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, override_settings

from alliance.lib.spool import SealedSpool
from alliance.web.uploads import SealedUploadHandler


@override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_large_upload_comes_through_whole_and_never_lies_open() -> None:
    content = bytes(range(256)) * 3000
    request: Any = RequestFactory().post("/", {"file": SimpleUploadedFile("x.csv", content, "text/csv")})
    assert any(isinstance(handler, SealedUploadHandler) for handler in request.upload_handlers)
    upload = request.FILES["file"]
    assert isinstance(upload.file.raw, SealedSpool)
    assert (upload.name, upload.size) == ("x.csv", len(content))
    assert b"".join(upload.chunks(1000)) == content
    assert b"".join(upload.chunks(777)) == content
