"""Accepting, declining, arriving, completing, cancelling: each side its own moves."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from alliance.models import Journal
from alliance.models.base import Stale
from alliance.services import journal
from referrals import services
from referrals.models import Referral
from referrals.services import ReferralRefused
from tests.referrals.scene import NOW, SOON, logged, minutes
from tests.world import World


def accepted(world: World, **change: object) -> Referral:
    referral = logged(world, **change)  # type: ignore[arg-type]
    return services.accept(by=world.lin, referral=referral, now=SOON)


def test_the_receiver_accepts(qinghe: World) -> None:
    referral = accepted(qinghe)
    assert (referral.state, referral.answered_at, referral.version) == ("accepted", SOON, 2)
    step = journal.steps_of(referral).last()
    assert step is not None
    assert (step.name, step.from_state, step.to_state, step.by) == (
        "accept",
        "submitted",
        "accepted",
        qinghe.lin,
    )
    assert Journal.objects.get(verb="referral.accepted").about_id == referral.pk


def test_the_whole_way_stamps_its_times(qinghe: World) -> None:
    referral = accepted(qinghe)
    referral = services.arrive(by=qinghe.lin, referral=referral, now=minutes(60))
    referral = services.complete(
        by=qinghe.lin, referral=referral, now=minutes(600), reply="心衰好转，回社区随访。"
    )
    assert (referral.state, referral.arrived_at, referral.completed_at) == (
        "completed",
        minutes(60),
        minutes(600),
    )
    assert referral.reply == "心衰好转，回社区随访。"
    assert [step.name for step in journal.steps_of(referral)] == ["log", "accept", "arrive", "complete"]


def test_the_sender_sees_why_it_was_declined(qinghe: World) -> None:
    referral = services.decline(
        by=qinghe.lin, referral=logged(qinghe), now=SOON, reason="incomplete", text="缺心电图"
    )
    assert (referral.state, referral.decline_reason, referral.decline_text) == (
        "declined",
        "incomplete",
        "缺心电图",
    )
    assert referral.decline_words == "资料不全（请写明缺什么）"
    assert journal.steps_of(referral).last().note == "缺心电图"  # type: ignore[union-attr]


def test_declining_needs_a_reason_of_the_list_and_words_where_the_list_says_so(qinghe: World) -> None:
    referral = logged(qinghe)
    for reason, text, refusal in (
        ("", "", "decline_reason"),
        ("difficult", "", "decline_reason"),
        ("other", " ", "decline_text"),
    ):
        with pytest.raises(ReferralRefused) as caught:
            services.decline(by=qinghe.lin, referral=referral, now=SOON, reason=reason, text=text)
        assert caught.value.reason == refusal


def test_an_emergency_cannot_be_declined(qinghe: World) -> None:
    referral = logged(qinghe, urgency="critical")
    with pytest.raises(ReferralRefused) as caught:
        services.decline(by=qinghe.lin, referral=referral, now=SOON, reason="no_bed")
    assert caught.value.reason == "emergency"
    assert [step.name for step in referral.steps_for(qinghe.lin)] == ["accept", "divert"]


def test_completing_needs_a_reply_and_cancelling_a_word(qinghe: World) -> None:
    referral = accepted(qinghe)
    with pytest.raises(ReferralRefused, match="Say why"):
        services.cancel(by=qinghe.zhao, referral=referral, now=SOON, note=" ")
    here = services.arrive(by=qinghe.lin, referral=referral, now=SOON)
    with pytest.raises(ReferralRefused, match="reply"):
        services.complete(by=qinghe.lin, referral=here, now=SOON, reply="")


def test_a_patient_who_does_not_come_ends_it(qinghe: World) -> None:
    referral = services.no_show(by=qinghe.lin, referral=accepted(qinghe), now=minutes(3000))
    assert (referral.state, referral.closed_at, referral.arrived_at) == ("no_show", minutes(3000), None)


def test_the_sender_cancels_before_the_patient_arrives_and_not_after(qinghe: World) -> None:
    assert (
        services.cancel(by=qinghe.zhao, referral=accepted(qinghe), now=SOON, note="改乘高铁去省城").state
        == "cancelled"
    )
    here = services.arrive(by=qinghe.lin, referral=accepted(qinghe, serial=2), now=SOON)
    with pytest.raises(Stale):
        services.cancel(by=qinghe.zhao, referral=here, now=SOON, note="太晚了")


def test_each_side_only_makes_its_own_moves(qinghe: World) -> None:
    referral = logged(qinghe)
    with pytest.raises(PermissionDenied):
        services.accept(by=qinghe.zhao, referral=referral, now=SOON)
    with pytest.raises(PermissionDenied):
        services.cancel(by=qinghe.lin, referral=referral, now=SOON, note="不是我的")
    for outsider in ("tan", "luo", "wu"):
        with pytest.raises(PermissionDenied):
            services.accept(by=qinghe.people[outsider], referral=referral, now=SOON)
    assert Referral.objects.get().state == "submitted"


def test_the_buttons_are_the_steps_of_the_machine(qinghe: World) -> None:
    def steps(name: str, referral: Referral) -> list[str]:
        return [step.name for step in referral.steps_for(qinghe.people[name])]

    referral = logged(qinghe)
    both = ["accept", "ask", "decline"]
    assert (steps("lin", referral), steps("kong", referral)) == (both, both)
    assert (steps("zhao", referral), steps("wu", referral), steps("luo", referral)) == (["cancel"], [], [])
    referral = services.accept(by=qinghe.kong, referral=referral, now=SOON)
    assert (steps("lin", referral), steps("kong", referral), steps("zhao", referral)) == (
        ["schedule", "arrive", "no_show"],
        ["schedule"],
        ["cancel"],
    )
    referral = services.arrive(by=qinghe.lin, referral=referral, now=SOON)
    assert (steps("lin", referral), steps("zhao", referral)) == (["treat", "complete"], [])
    referral = services.complete(by=qinghe.lin, referral=referral, now=SOON, reply="好转")
    assert (steps("lin", referral), steps("zhao", referral)) == ([], ["close"])


def test_a_step_that_is_already_taken_is_stale_not_repeated(qinghe: World) -> None:
    seen = logged(qinghe)
    services.accept(by=qinghe.lin, referral=seen, now=SOON)
    with pytest.raises(Stale) as caught:
        services.accept(by=qinghe.kong, referral=seen, now=SOON)
    assert caught.value.row.state == "accepted"
    assert Journal.objects.filter(verb="referral.accepted").count() == 1


def test_who_answers_what_was_changed_meanwhile_is_told(qinghe: World) -> None:
    referral = logged(qinghe)
    Referral.objects.filter(pk=referral.pk).update(version=2)
    with pytest.raises(Stale):
        services.accept(by=qinghe.lin, referral=Referral.objects.get(), now=SOON, version=1)


def test_no_step_lies_before_the_one_before(qinghe: World) -> None:
    with pytest.raises(ReferralRefused) as caught:
        services.accept(by=qinghe.lin, referral=logged(qinghe), now=minutes(-1))
    assert caught.value.reason == "too_early"
    with pytest.raises(ReferralRefused):
        services.arrive(by=qinghe.lin, referral=accepted(qinghe, serial=2), now=NOW)
