"""The cast inside Qinghe, ready to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.tenancy.scope import act_in
from tests.surveys.scene import prepare
from tests.world import World


@pytest.fixture
def ready(world: World) -> World:
    """The cast with Qinghe prepared, and no alliance open."""
    prepare(world)
    return world


@pytest.fixture
def qinghe(ready: World) -> Iterator[World]:
    """The cast with Qinghe open."""
    with act_in(ready.qinghe):
        yield ready
