"""Files of a refused form wait whole for the next attempt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import RequestFactory

from alliance.services import files
from performance.declared.uploads import EvidenceField, KeptFiles
from tests.performance.scene import inside
from tests.world import World

PAPER = b"%PDF-1.4\n" + b"evidence " * 40


class Refused(Exception):
    """The deed was refused after it had read its files."""


def test_what_a_refused_attempt_has_read_is_kept_whole(
    world: World, rf: RequestFactory, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    request: Any = rf.post("/")
    request.membership = world.luo
    given = [SimpleUploadedFile(f"{n}.pdf", PAPER, "application/pdf") for n in range(2)]
    with inside(world):
        uploads = EvidenceField().clean(given)
        with pytest.raises(Refused), transaction.atomic():
            KeptFiles(request, uploads).all()
            raise Refused
        rows = KeptFiles(request, uploads).waiting()
        assert [row.size for row in rows] == [len(PAPER)] * 2
        assert [b"".join(files.read(row)) for row in rows] == [PAPER] * 2
