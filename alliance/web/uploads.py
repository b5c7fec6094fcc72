"""Uploads too large for memory wait on disk sealed: a hospital's file never lies open, not even for a minute.

Django's own handler writes such uploads as they come into the machine's temporary folder.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from alliance.lib.spool import SealedSpool


class SealedUploadHandler(FileUploadHandler):
    """Takes what the memory handler leaves: uploads above FILE_UPLOAD_MAX_MEMORY_SIZE."""

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        self.spool = SealedSpool()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.spool.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.spool.seek(0)
        return UploadedFile(
            io.BufferedReader(self.spool), self.file_name, self.content_type, file_size, self.charset,
            self.content_type_extra,
        )  # fmt: skip

    def upload_interrupted(self) -> None:
        if hasattr(self, "spool"):
            self.spool.close()
