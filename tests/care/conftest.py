"""The cast inside Qinghe, with a liaison, an insurance office and a review body."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alliance.approvals import chains
from alliance.models import Department
from alliance.tenancy.scope import act_in
from alliance.web.addresses import page_addresses
from tests.referrals.scene import prepare
from tests.world import World, member


def people(world: World) -> None:
    """Call inside act_in."""
    prepare(world)
    chains.install()
    ward = Department.objects.get(institution=world.lead, code="03")
    world.people["fang"] = member("fang", "方医保", world.lead, "insurance_office")
    world.people["lian"] = member("lian", "连络", world.lead, "insurance_liaison")
    world.people["yu"] = member("yu", "于医保", world.tcm, "insurance_office")
    for name, said in (("pei", "裴评"), ("jia", "贾评"), ("xue", "薛评")):
        world.people[name] = member(name, said, world.tcm, "clinician")
    near = world.people["near"] = member("near", "近同科", world.lead, "clinician")
    near.department = ward
    near.save()


@pytest.fixture
def qinghe(world: World) -> Iterator[World]:
    """The cast with Qinghe open."""
    with act_in(world.qinghe), page_addresses("qinghe"):
        people(world)
        yield world
