"""The cast inside Qinghe, with an insurance desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.tenancy.scope import act_in
from alliance.web.addresses import page_addresses
from referrals.models import Referral
from tests.referrals.scene import logged, prepare
from tests.world import World, member


def _people(world: World) -> None:
    prepare(world)
    world.people["fang"] = member("fang", "方医保", world.lead, "insurance_office")
    world.people["yu"] = member("yu", "于医保", world.tcm, "insurance_office")


@pytest.fixture
def qinghe(world: World) -> Iterator[World]:
    """The cast with Qinghe open."""
    with act_in(world.qinghe), page_addresses("qinghe"):
        _people(world)
        yield world


@pytest.fixture
def ready(world: World) -> World:
    """The cast complete, and no alliance open."""
    with act_in(world.qinghe):
        _people(world)
    return world


@pytest.fixture
def referral(qinghe: World) -> Referral:
    """A patient the township sends up, to be filed with the insurer."""
    return logged(qinghe, insurance="resident")
