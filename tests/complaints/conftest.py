"""The cast inside Qinghe, with the people complaints need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.tenancy.scope import act_in
from tests.complaints.scene import people
from tests.world import World


@pytest.fixture
def qinghe(world: World) -> Iterator[World]:
    """The cast with Qinghe open."""
    with act_in(world.qinghe):
        people(world)
        yield world


@pytest.fixture
def ready(world: World) -> World:
    """The cast complete, and no alliance open."""
    with act_in(world.qinghe):
        people(world)
    return world
