"""What a body decided on paper: entered by one person, checked by another, then it settles the step."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from alliance.approvals import errors, facts, services
from alliance.approvals.models import Approval, OutsideDecision
from alliance.models import Institution, Membership
from alliance.tenancy.scope import act_in
from tests.approvals.matter import chain, propose, told, two_people  # noqa: F401 (fixture)
from tests.world import World

pytestmark = pytest.mark.usefixtures("told")


def party(world: World) -> Approval:
    return propose(world, world.luo, chain({"name": "党委会", "outside": True}))


def enter(world: World, approval: Approval, **extra: object) -> OutsideDecision:
    arguments = {
        "verdict": "yes",
        "decided_on": date(2026, 11, 18),
        "document": "清医共体党〔2026〕31号",
        **extra,
    }
    return services.enter_outside(by=world.luo, approval=approval, **arguments)  # type: ignore[arg-type]


def test_an_entered_decision_counts_only_after_another_person_checked_it(world: World) -> None:
    with act_in(world.qinghe):
        approval = party(world)
        paper = enter(world, approval)
        assert paper.body == "党委会"
        assert Approval.objects.get(pk=approval.pk).state == "open"
        assert facts.waiting_for(world.luo) == [] and facts.waiting_for(world.meng) == [approval]
        with pytest.raises(errors.SamePerson):
            services.check_outside(by=world.luo, outside=paper, correct=True)
        approval = services.check_outside(by=world.meng, outside=paper, correct=True)
        assert approval.state == "approved"
        assert facts.second_person(approval) == world.meng


def test_who_proposed_does_not_check_what_a_colleague_entered(world: World) -> None:
    with act_in(world.qinghe):
        approval = propose(world, world.meng, chain({"name": "党委会", "outside": True}))
        paper = enter(world, approval)
        assert approval not in facts.waiting_for(world.meng) and approval in facts.waiting_for(world.cai)
        with pytest.raises(errors.SamePerson):
            services.check_outside(by=world.meng, outside=paper, correct=True)
        with pytest.raises(IntegrityError, match="nor the proposer"), transaction.atomic():
            OutsideDecision.objects.update(checked_by=world.meng, checked_at=paper.entered_at, correct=True)
        assert services.check_outside(by=world.cai, outside=paper, correct=True).state == "approved"


def test_a_refusal_on_paper_declines(world: World) -> None:
    with act_in(world.qinghe):
        paper = enter(world, party(world), verdict="no")
        assert services.check_outside(by=world.meng, outside=paper, correct=True).state == "declined"


def test_a_wrong_entry_is_turned_back_and_entered_again(world: World) -> None:
    with act_in(world.qinghe):
        approval = party(world)
        paper = enter(world, approval)
        with pytest.raises(errors.OutsideWaits):
            enter(world, approval)
        with pytest.raises(errors.NoteMissing):
            services.check_outside(by=world.meng, outside=paper, correct=False)
        approval = services.check_outside(by=world.meng, outside=paper, correct=False, note="文号不符")
        assert approval.state == "open"
        with pytest.raises(errors.StepPassed):
            services.check_outside(by=world.meng, outside=paper, correct=True)
        services.check_outside(by=world.meng, outside=enter(world, approval, document="32号"), correct=True)
        assert Approval.objects.get().state == "approved"


def test_the_database_wants_two_people_and_keeps_what_was_checked(world: World) -> None:
    with act_in(world.qinghe):
        paper = enter(world, party(world))
        now = paper.entered_at
        with pytest.raises(IntegrityError, match="outside_two_people"), transaction.atomic():
            OutsideDecision.objects.update(checked_by=world.luo, checked_at=now, correct=True)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            OutsideDecision.objects.update(checked_by=world.meng, checked_at=now, correct=True, verdict="no")
        services.check_outside(by=world.meng, outside=paper, correct=False, note="n")
        with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
            OutsideDecision.objects.update(correct=True)


def test_papers_are_for_deciders_of_the_alliance_or_of_the_institution_concerned(world: World) -> None:
    with act_in(world.qinghe):
        Membership.objects.filter(pk=world.tan.pk).update(roles=["institution_head"])
        head = Membership.objects.select_related("institution").get(pk=world.tan.pk)
        paper = enter(world, party(world))
        for stranger in (world.lin, world.ding, head):
            with pytest.raises(errors.NotYours):
                services.check_outside(by=stranger, outside=paper, correct=True)
        services.withdraw(by=world.luo, approval=paper.approval)
        own = propose(world, world.luo, chain({"name": "院长办公会", "outside": True}), institution=world.tcm)
        assert services.check_outside(by=head, outside=enter(world, own), correct=True).state == "approved"


def test_a_step_of_votes_takes_no_paper(world: World) -> None:
    with act_in(world.qinghe), pytest.raises(errors.OutsideNotAllowed):
        enter(world, propose(world, world.luo, two_people()))


def test_paper_about_content_that_changed_since_is_refused(world: World) -> None:
    with act_in(world.qinghe):
        approval = party(world)
        paper = enter(world, approval)
        Institution.objects.filter(pk=world.lead.pk).update(name="改名医院")
        with pytest.raises(errors.ContentChanged):
            services.check_outside(by=world.meng, outside=paper, correct=True)
        with pytest.raises(errors.ContentChanged):
            enter(world, approval)
