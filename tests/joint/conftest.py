"""The cast inside Qinghe, ready for joint work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.tenancy.scope import act_in
from tests.joint.scene import prepare
from tests.world import World


@pytest.fixture
def qinghe(world: World) -> Iterator[World]:
    """The cast with Qinghe open, its parameters and calendar loaded."""
    with act_in(world.qinghe):
        prepare(world)
        yield world
