"""The cast inside Qinghe, October's records made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.tenancy.scope import act_in
from tests.confirmation.scene import prepare
from tests.world import World


@pytest.fixture
def qinghe(world: World) -> Iterator[World]:
    """The cast with Qinghe open and the records of October between hospital and township."""
    with act_in(world.qinghe):
        prepare(world)
        yield world
