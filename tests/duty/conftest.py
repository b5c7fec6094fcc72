"""The cast of responsibility letters inside Qinghe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.tenancy.scope import act_in
from alliance.web.addresses import page_addresses
from tests.duty.scene import people
from tests.world import World


@pytest.fixture
def qinghe(world: World) -> Iterator[World]:
    """The cast with Qinghe open."""
    with act_in(world.qinghe), page_addresses("qinghe"):
        people(world)
        yield world
