"""Fixtures of the pages of cases: their cast commits really, so that jobs run as in a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import translation

from tests.grouping.scene import make_cast
from tests.world import World


@pytest.fixture
def scene(own_database: str, tmp_path: Path) -> Iterator[World]:
    """The cast with the shipped scheme, files kept in a folder of the test; pages in English where not said."""
    with override_settings(MEDIA_ROOT=tmp_path, LANGUAGE_CODE="en"), translation.override("en"):
        yield make_cast()
