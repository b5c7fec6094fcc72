"""Two months with results: September, when the township was late, and October."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.performance.scene import two_months
from tests.world import World


@pytest.fixture
def qinghe(world: World, tmp_path: Path) -> Iterator[World]:
    """The cast with both months computed."""
    with override_settings(MEDIA_ROOT=tmp_path):
        two_months(world)
        yield world
