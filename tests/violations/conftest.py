"""Two months with results: September, when the township was late, and October."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.performance.scene import OCTOBER, SEPTEMBER, adopt, compute, decide, deliver, refer
from tests.world import World


@pytest.fixture
def qinghe(world: World, tmp_path: Path) -> Iterator[World]:
    """The cast with both months computed."""
    with override_settings(MEDIA_ROOT=tmp_path):
        adopt(world)
        for month in (SEPTEMBER, OCTOBER):
            decide(world, month)
            deliver(world, month, "lead", "lin", 12)
            deliver(world, month, "tcm", "tan", 11)
            deliver(world, month, "shiqiao", "han", 4)
            refer(world, month)
            compute(world, month=month)
        yield world
