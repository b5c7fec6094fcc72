"""Chains are data: the ready ones, versions by date, and the whole way through a county's bodies."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from alliance.approvals import chains, errors, services
from alliance.approvals.models import Chain
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from tests.approvals.matter import propose, told  # noqa: F401 (fixture)
from tests.world import World

TODAY = date(2026, 11, 21)


def test_the_ready_chains_are_installed_once(world: World) -> None:
    with act_in(world.qinghe):
        chains.install(by=world.su)
        assert chains.install(by=world.su) == 0
        county = chains.in_force(chains.COUNTY, on=TODAY)
        assert [step["name"] for step in county.steps] == ["绩效办", "院长办公会", "党委会", "职代会"]
        assert chains.in_force(chains.TWO_PEOPLE, on=TODAY).name == "双人审批"


def test_a_version_holds_from_its_day(world: World) -> None:
    step = {"name": "财务", "roles": ["finance"]}
    with act_in(world.qinghe):
        for day in (date(2026, 1, 1), date(2026, 7, 1)):
            chains.add(
                by=world.su, code="pay", name=str(day), steps=[step], from_date=day, decided_by="管委会"
            )
        assert chains.in_force("pay", on=date(2026, 6, 30)).name == "2026-01-01"
        assert chains.in_force("pay", on=date(2026, 7, 1)).name == "2026-07-01"
        with pytest.raises(errors.ChainUnknown, match="2025-12-31"):
            chains.in_force("pay", on=date(2025, 12, 31))


def test_a_chain_for_other_objects_is_not_found(world: World) -> None:
    with act_in(world.qinghe):
        chains.add(
            by=world.su, code="pay", name="x", steps=[{"name": "财务", "roles": ["finance"]}],
            object_kind="payout", from_date=TODAY, decided_by="管委会",
        )  # fmt: skip
        assert chains.in_force("pay", on=TODAY, kind="payout")
        with pytest.raises(errors.ChainUnknown):
            chains.in_force("pay", on=TODAY, kind="scheme")


def test_a_wrong_chain_is_refused_by_step_and_field(world: World) -> None:
    with act_in(world.qinghe), pytest.raises(errors.ChainInvalid, match="step 1: roles"):
        chains.add(
            by=world.su,
            code="x",
            name="x",
            steps=[{"name": "x", "roles": ["king"]}],
            from_date=TODAY,
            decided_by="x",
        )


def test_a_version_in_use_never_changes(world: World) -> None:
    with act_in(world.qinghe):
        chains.install(by=world.su)
        with pytest.raises(DatabaseError), transaction.atomic():
            Chain.objects.update(steps=[])


@pytest.mark.usefixtures("told")
def test_a_county_chain_goes_office_head_party_staff_congress(world: World) -> None:
    with act_in(world.qinghe):
        chains.install(by=world.su)
        Membership.objects.filter(pk=world.kong.pk).update(roles=["institution_head"])
        head = Membership.objects.select_related("institution").get(pk=world.kong.pk)
        approval = propose(world, world.luo, chains.in_force(chains.COUNTY, on=TODAY))
        approval = services.decide(by=world.meng, approval=approval, verdict="yes")
        approval = services.decide(by=head, approval=approval, verdict="yes")
        for number in (3, 4):
            assert (approval.step, approval.state) == (number, "open")
            paper = services.enter_outside(
                by=world.luo, approval=approval, verdict="yes", decided_on=TODAY, document=f"{number}号"
            )
            approval = services.check_outside(by=world.meng, outside=paper, correct=True)
        assert approval.state == "approved"
