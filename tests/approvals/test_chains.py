"""Chains are data: the ready ones, versions by date, and the whole way through a county's bodies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from alliance.approvals import chains, entering, errors, names, services
from alliance.approvals.models import Approval, Chain
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from tests.approvals.matter import KIND, propose, told  # noqa: F401 (fixture)
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


# Entered by two people -----------------------------------------------------------------
FINANCE = {"name": "财务复核", "roles": ["finance"], "rule": "one"}
HEAD = {"name": "院长办公会", "outside": True}


def proposed(world: World, code: str = KIND, steps: Any = (FINANCE, HEAD), day: date = TODAY) -> Approval:
    return entering.propose(
        by=world.luo, code=code, name="资金审批", steps=steps, from_date=day, decided_by="管委会〔2026〕9号",
        today=TODAY,
    )  # fmt: skip


@pytest.mark.usefixtures("told")
def test_a_kinds_own_chain_is_decided_by_two_people_and_then_decides_alone(world: World) -> None:
    with act_in(world.qinghe):
        chains.install(by=world.su)
        approval = proposed(world)
        assert chains.own(KIND, on=TODAY) is None  # one person's word changes nothing
        with pytest.raises(errors.NotYours):
            services.decide(by=world.luo, approval=approval, verdict="yes")
        services.decide(by=world.cai, approval=approval, verdict="yes")
        own = chains.in_force(chains.TWO_PEOPLE, on=TODAY, kind=KIND)  # whatever is asked for
        assert [step["name"] for step in own.steps] == ["财务复核", "院长办公会"]
        assert names.offered(KIND) == [(KIND, "资金审批")]
        assert chains.in_force(chains.TWO_PEOPLE, on=TODAY, kind="another").code == chains.TWO_PEOPLE
        for wrong, steps, day in (("same_day", [FINANCE], TODAY), ("past", [FINANCE], TODAY - timedelta(1)),
                                  ("same", [FINANCE, HEAD], TODAY + timedelta(1))):  # fmt: skip
            with pytest.raises(entering.ChainRefused) as refused:
                proposed(world, steps=steps, day=day)
            assert refused.value.reason == wrong
        with pytest.raises(entering.ChainRefused):
            proposed(world, code=entering.KIND)  # who decides about chains is no chain's matter


@pytest.mark.usefixtures("told")
def test_the_database_wants_the_approval_of_a_chain_as_it_was_approved(world: World) -> None:
    later = {
        "code": chains.TWO_PEOPLE,
        "name": "x",
        "steps": [FINANCE],
        "from_date": TODAY,
        "decided_by": "x",
    }
    own = {**later, "code": KIND, "object_kind": KIND}
    with act_in(world.qinghe):
        chains.install(by=world.su)
        approval = proposed(world)
        for row in (later, own, {**own, "approval": approval}):
            with pytest.raises(IntegrityError, match="approv"), transaction.atomic():
                Chain.objects.create(**row)
        services.decide(by=world.cai, approval=approval, verdict="yes")
        with pytest.raises(IntegrityError), transaction.atomic():
            Chain.objects.create(**{**own, "approval": approval, "from_date": TODAY + timedelta(1)})


@pytest.mark.usefixtures("told")
def test_a_chain_is_proposed_on_its_page_and_what_was_typed_stays(world: World) -> None:
    with act_in(world.qinghe):
        chains.install(by=world.su)
    address, su = f"/a/qinghe/approvals/chains/{KIND}/", world.client("su")
    typed = {
        "name": "资金审批", "from_date": "2099-01-01", "decided_by": "管委会〔2026〕9号",
        "step-TOTAL_FORMS": "8", "step-INITIAL_FORMS": "0", "step-0-name": "财务复核", "step-0-role": "",
        "step-1-name": "院长办公会", "step-1-outside": "on",
    }  # fmt: skip
    refused = su.post(address, typed)
    assert refused.status_code == 400 and 'value="财务复核"' in refused.content.decode()
    assert "请选择由谁审批" in refused.content.decode()
    sent = su.post(address, {**typed, "step-0-role": "finance", "step-0-rule": "one"})
    assert sent.status_code == 302
    page = world.client("cai").get(sent.headers["Location"]).content.decode()
    assert "财务复核" in page and "管委会〔2026〕9号" in page
    assert world.client("luo").post(address, typed).status_code == 403
    with act_in(world.qinghe):
        services.decide(by=world.cai, approval=entering.waiting(KIND), verdict="yes")
    assert "2099-01-01" in su.get(address).content.decode()
    assert su.get("/a/qinghe/approvals/chains/").status_code == 200
    assert su.get(f"/a/qinghe/approvals/chains/{entering.KIND}/").status_code == 404
