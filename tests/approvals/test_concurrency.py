"""Two deciders at once, with real commits and threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from alliance.approvals import errors, services
from alliance.approvals.models import Approval, Decision
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from tests.approvals.matter import chain, council, propose, told, two_people  # noqa: F401 (fixture)
from tests.world import World, make_world

pytestmark = pytest.mark.usefixtures("told")


def together(world: World, approval: Approval, deciders: list[Membership]) -> list[str]:
    """Each decider says yes at the same moment in a transaction of their own; what came of it, sorted."""
    gate = threading.Barrier(len(deciders))

    def one(decider: Membership) -> str:
        try:
            gate.wait(30)
            with transaction.atomic(), act_in(world.qinghe):
                return str(services.decide(by=decider, approval=approval, verdict="yes").state)
        except errors.ApprovalRefused as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deciders)) as pool:
        return sorted(pool.map(one, deciders))


def test_two_deciders_at_once_where_one_yes_is_enough(own_database: str, told: list[object]) -> None:  # noqa: F811
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        approval = propose(world, world.luo, two_people())
    assert together(world, approval, [world.meng, world.cai]) == ["NotOpen", "approved"]
    assert len(told) == 1


def test_the_last_two_votes_of_all_at_once_pass_the_step_exactly_once(
    own_database: str,
    told: list[object],  # noqa: F811
) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        members = council(world, 8)
        approval = propose(world, world.luo, chain({"name": "理事会", "roles": ["council"], "rule": "all"}))
    assert together(world, approval, members) == ["approved", *["open"] * 7]
    with transaction.atomic(), act_in(world.qinghe):
        assert Decision.objects.count() == 8
    assert len(told) == 1


def test_one_person_deciding_twice_at_once_has_one_vote(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        members = council(world, 3)
        approval = propose(world, world.luo, chain({"name": "理事会", "roles": ["council"], "rule": "all"}))
    assert together(world, approval, [members[0]] * 4) == ["AlreadyDecided"] * 3 + ["open"]
