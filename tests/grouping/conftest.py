"""Fixtures of the pages of cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.grouping.scene import make_cast
from tests.world import World


@pytest.fixture
def scene(db: None, tmp_path: Path) -> Iterator[World]:
    """The cast with the shipped scheme; files are kept in a folder of the test."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield make_cast()
