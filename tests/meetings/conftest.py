"""The cast, with or without a month that can be computed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.performance.scene import prepare
from tests.world import World


@pytest.fixture
def qinghe(world: World, tmp_path: Path) -> Iterator[World]:
    """The cast."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield world


@pytest.fixture
def october(qinghe: World) -> World:
    """Qinghe's October delivered and decided."""
    prepare(qinghe)
    return qinghe
