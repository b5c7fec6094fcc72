"""Deciding in the system: two persons, votes, recusal, order of steps, stale content (practice.md 4)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from alliance.approvals import errors, facts, registry, services
from alliance.approvals.models import Approval, Decision
from alliance.models import Institution, Journal, Membership, Stale, Transition
from alliance.tenancy.scope import act_in
from tests.approvals.matter import KIND, chain, council, propose, told, two_people  # noqa: F401 (fixture)
from tests.world import World

pytestmark = pytest.mark.usefixtures("told")
Told = list[tuple[str, str]]


def test_two_persons_proposer_and_another(world: World, told: Told) -> None:  # noqa: F811
    with act_in(world.qinghe):
        approval = propose(world, world.luo, two_people())
        assert approval not in facts.waiting_for(world.luo)
        assert facts.waiting_for(world.meng) == [approval]
        with pytest.raises(errors.NotYours):
            services.decide(by=world.luo, approval=approval, verdict="yes")
        decided = services.decide(by=world.meng, approval=approval, verdict="yes")
        assert decided.state == Approval.State.APPROVED
        assert facts.second_person(decided) == world.meng
        assert told == [("approved", "meng")]
        assert facts.waiting_for(world.cai) == []
        assert Transition.objects.get(about_id=approval.pk, name="approve").to_state == "approved"
        assert Journal.objects.filter(about_id=approval.pk, about_kind="approvals.approval").count() == 3


def test_a_second_membership_of_the_proposer_is_the_same_person(world: World) -> None:
    with act_in(world.qinghe):
        other_hat = Membership.objects.create(user=world.luo.user, institution=world.lead, roles=["finance"])
        approval = propose(world, world.luo, two_people())
        with pytest.raises(errors.NotYours):
            services.decide(by=other_hat, approval=approval, verdict="yes")


def test_who_holds_no_role_of_the_step_may_not_decide(world: World) -> None:
    with act_in(world.qinghe):
        approval = propose(world, world.luo, two_people())
        for outsider in (world.lin, world.ding):
            assert facts.waiting_for(outsider) == []
            with pytest.raises(errors.NotYours):
                services.decide(by=outsider, approval=approval, verdict="yes")


def test_all_of_a_council_with_one_recused(world: World, told: Told) -> None:  # noqa: F811
    with act_in(world.qinghe):
        first, second, third = council(world, 3)
        approval = propose(world, first, chain({"name": "理事会", "roles": ["council"], "rule": "all"}))
        services.decide(by=first, approval=approval, verdict="yes")
        services.decide(by=third, approval=approval, verdict="recused", note="亲属")
        assert told == []
        with pytest.raises(errors.AlreadyDecided):
            services.decide(by=third, approval=approval, verdict="yes")
        assert services.decide(by=second, approval=approval, verdict="yes").state == "approved"


def test_everybody_else_recused_leaves_nobody_and_says_so(world: World) -> None:
    with act_in(world.qinghe):
        first, second = council(world, 2)
        approval = propose(world, first, chain({"name": "理事会", "roles": ["council"], "rule": "all"}))
        services.decide(by=second, approval=approval, verdict="recused", note="亲属")
        approval = services.decide(by=first, approval=approval, verdict="yes")
        assert approval.state == "open"
        assert "nobody is left" in english(lambda: facts.state_text(approval))


def test_n_of_m_votes(world: World, told: Told) -> None:  # noqa: F811
    with act_in(world.qinghe):
        members = council(world, 5)
        steps = chain({"name": "理事会", "roles": ["council"], "rule": "n_of_m", "n": 3})
        approval = propose(world, world.luo, steps)
        for member, verdict in zip(members, ["yes", "no", "yes", "no"], strict=False):
            approval = services.decide(by=member, approval=approval, verdict=verdict, note="意见")
            assert approval.state == "open"
        assert (
            services.decide(by=members[4], approval=approval, verdict="no", note="意见").state == "declined"
        )
        assert told == [("declined", "council4")]


def test_steps_pass_in_order_and_an_old_page_decides_nothing(world: World) -> None:
    with act_in(world.qinghe):
        steps = chain(
            {"name": "绩效办", "roles": ["performance_office"], "rule": "any"},
            {"name": "财务", "roles": ["finance", "performance_office"], "rule": "any"},
        )
        approval = propose(world, world.luo, steps)
        with pytest.raises(errors.NotYours):
            services.decide(by=world.cai, approval=approval, verdict="yes")
        approval = services.decide(by=world.meng, approval=approval, verdict="yes", step=1)
        assert (approval.state, approval.step, approval.waiting_roles) == (
            "open",
            2,
            ["finance", "performance_office"],
        )
        with pytest.raises(errors.StepPassed):
            services.decide(by=world.meng, approval=approval, verdict="no", note="n", step=1)
        assert services.decide(by=world.cai, approval=approval, verdict="yes", step=2).state == "approved"
        with pytest.raises(errors.NotOpen):
            services.decide(by=world.meng, approval=approval, verdict="yes")


def test_a_decision_on_content_that_changed_since_is_refused(world: World, told: Told) -> None:  # noqa: F811
    with act_in(world.qinghe):
        approval = propose(world, world.luo, two_people())
        Institution.objects.filter(pk=world.lead.pk).update(name="改名医院")
        with pytest.raises(errors.ContentChanged) as found:
            services.decide(by=world.meng, approval=approval, verdict="yes")
        assert isinstance(found.value, Stale) and found.value.row == approval
        assert not Decision.objects.exists() and told == []
        with pytest.raises(errors.AlreadyProposed):
            propose(world, world.luo, two_people())
        services.withdraw(by=world.luo, approval=approval)
        assert propose(world, world.luo, two_people()).state == "open"


def test_proposing_an_outdated_digest_is_refused(world: World) -> None:
    with act_in(world.qinghe), pytest.raises(errors.ContentChanged):
        services.propose(by=world.luo, kind=KIND, about=world.lead, chain=two_people(), digest="0" * 64)


def test_only_the_proposer_withdraws(world: World, told: Told) -> None:  # noqa: F811
    with act_in(world.qinghe):
        approval = propose(world, world.luo, two_people())
        with pytest.raises(errors.NotYours):
            services.withdraw(by=world.meng, approval=approval)
        assert services.withdraw(by=world.luo, approval=approval, note="重算").state == "withdrawn"
        assert told == [("withdrawn", "luo")]


def test_no_and_recusal_need_a_reason(world: World) -> None:
    with act_in(world.qinghe):
        approval = propose(world, world.luo, two_people())
        for verdict in ("no", "recused"):
            with pytest.raises(errors.NoteMissing):
                services.decide(by=world.meng, approval=approval, verdict=verdict, note=" ")


def test_a_chain_nobody_could_pass_is_refused_when_proposing(world: World) -> None:
    with act_in(world.qinghe):
        council(world, 2)
        steps = chain({"name": "理事会", "roles": ["council"], "rule": "n_of_m", "n": 3})
        with pytest.raises(errors.TooFewDeciders, match="理事会"):
            propose(world, world.luo, steps)
        alone = chain({"name": "财务", "roles": ["finance"], "rule": "any"})
        with pytest.raises(errors.TooFewDeciders):
            propose(world, world.cai, alone)


def test_a_kind_nobody_registered_cannot_be_proposed(world: World) -> None:
    with act_in(world.qinghe), pytest.raises(errors.KindUnknown):
        services.propose(by=world.luo, kind="unknown", about=world.lead, chain=two_people(), digest="")


def test_what_a_handler_refuses_is_not_decided(world: World) -> None:
    def refuse(approval: Approval, by: Membership) -> None:
        raise errors.SamePerson()

    with act_in(world.qinghe):
        approval = propose(world, world.luo, two_people())
        registry.on_decided(KIND, refuse)
        with pytest.raises(errors.SamePerson), transaction.atomic():
            services.decide(by=world.meng, approval=approval, verdict="yes")
        assert Approval.objects.get().state == "open" and not Decision.objects.exists()


def test_place_only_the_lead_hospitals_head_or_the_own_institutions_people_count(world: World) -> None:
    with act_in(world.qinghe):
        world.people["head_lead"] = head_of(world.wu)
        world.people["head_tcm"] = head_of(world.tan)
        lead = chain({"name": "院长办公会", "roles": ["institution_head"], "rule": "one", "place": "lead"})
        approval = propose(world, world.luo, lead)
        assert facts.waiting_for(world.head_lead) == [approval]
        assert facts.waiting_for(world.head_tcm) == []
        services.withdraw(by=world.luo, approval=approval)
        own = chain({"name": "院长", "roles": ["institution_head"], "rule": "one", "place": "own"})
        approval = propose(world, world.luo, own, institution=world.tcm)
        assert facts.waiting_for(world.head_lead) == []
        assert facts.waiting_for(world.head_tcm) == [approval]


def head_of(membership: Membership) -> Membership:
    """Make a member the head of their institution."""
    Membership.objects.filter(pk=membership.pk).update(roles=["institution_head"])
    return Membership.objects.select_related("institution").get(pk=membership.pk)


def test_decisions_are_written_once_and_no_state_is_skipped(world: World) -> None:
    with act_in(world.qinghe):
        approval = services.decide(
            by=world.meng, approval=propose(world, world.luo, two_people()), verdict="yes"
        )
        for deed in (
            lambda: Decision.objects.update(verdict="no"),
            lambda: Decision.objects.all().delete(),
            lambda: Approval.objects.filter(pk=approval.pk).update(state="declined"),
            lambda: Approval.objects.filter(pk=approval.pk).update(state="open"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                deed()
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.create(
                kind=KIND, about_kind="x", about_id=1, subject="x", digest="", chain=approval.chain, steps=[],
                proposed_by=world.luo, state="approved",
            )  # fmt: skip


def english(text: object) -> str:
    from django.utils import translation

    with translation.override("en"):
        return str(text())  # type: ignore[operator]
