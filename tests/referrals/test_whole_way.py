"""The whole machine: information asked for, appointments, treatment, follow-up, closing, expiry."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings

from alliance.models.base import Stale
from alliance.services import journal, parameters, steps
from referrals import services, waiting
from referrals.models import FollowUp, Referral
from referrals.services import ReferralRefused, clocks
from tests.referrals.scene import NOW, SOON, logged, minutes
from tests.world import World


def down(world: World, **change: Any) -> Referral:
    """A down-referral from the lead hospital to the township, just logged."""
    fields: dict[str, Any] = {"direction": "down", "urgency": "ordinary", "reason": "rehabilitation"}
    return logged(world, by="lin", target="shiqiao", **(fields | change))


def home(world: World, **change: Any) -> Referral:
    """A patient who came down and has arrived."""
    referral = services.accept(by=world.zhao, referral=down(world, **change), now=SOON)
    return services.arrive(by=world.zhao, referral=referral, now=minutes(60))


def visit(**change: Any) -> services.Visit:
    fields: dict[str, Any] = {
        "seen_at": minutes(1500), "seen_by": "赵敏学", "way": "home", "rehabilitation": "done",
        "medication": "done", "complications": "not_needed", "condition": "better",
    }  # fmt: skip
    return services.Visit(**(fields | change))


def test_asking_for_information_stops_the_clock_and_sending_again_starts_it_anew(qinghe: World) -> None:
    referral = services.ask(by=qinghe.lin, referral=logged(qinghe), now=SOON, question="缺心电图")
    assert (referral.state, referral.question, referral.clock) == ("returned", "缺心电图", None)
    assert [step.name for step in referral.steps_for(qinghe.zhao)] == ["resubmit", "cancel"]
    assert list(referral.steps_for(qinghe.lin)) == []
    referral = services.resubmit(by=qinghe.zhao, referral=referral, now=minutes(50), note="已补心电图")
    assert (referral.state, referral.answer_due_at) == ("submitted", minutes(80))  # urgent: 30 minutes
    assert journal.steps_of(referral).last().note == "已补心电图"  # type: ignore[union-attr]
    assert services.accept(by=qinghe.lin, referral=referral, now=minutes(70)).is_late is False


def test_asking_needs_words_and_an_emergency_is_never_given_back(qinghe: World) -> None:
    with pytest.raises(ReferralRefused) as caught:
        services.ask(by=qinghe.lin, referral=logged(qinghe), now=SOON, question=" ")
    assert caught.value.reason == "question"
    emergency = logged(qinghe, serial=2, urgency="critical")
    with pytest.raises(ReferralRefused) as caught:
        services.ask(by=qinghe.lin, referral=emergency, now=SOON, question="缺资料")
    assert caught.value.reason == "emergency"
    with pytest.raises(IntegrityError, match="referral_emergency"), transaction.atomic():
        Referral.objects.filter(pk=emergency.pk).update(state="returned", returned_at=SOON, question="x")


def test_the_sender_completes_what_was_missing_while_it_is_given_back(qinghe: World) -> None:
    referral = services.ask(by=qinghe.lin, referral=logged(qinghe), now=SOON, question="缺心电图")
    from tests.referrals.scene import content

    changed = services.amend(
        by=qinghe.zhao, referral=referral, version=referral.version,
        content=content(qinghe.lead, summary="心电图：房颤。"),
    )  # fmt: skip
    assert (changed.state, changed.summary) == ("returned", "心电图：房颤。")


def test_an_appointment_is_given_moved_and_kept(qinghe: World) -> None:
    referral = services.accept(by=qinghe.lin, referral=logged(qinghe), now=SOON)
    with pytest.raises(ReferralRefused) as caught:
        services.schedule(by=qinghe.lin, referral=referral, now=SOON, planned_at=NOW)
    assert caught.value.reason == "planned_past"
    room = qinghe.lead.departments.get()
    with pytest.raises(ReferralRefused):
        services.schedule(
            by=qinghe.lin, referral=referral, now=SOON, planned_at=minutes(600),
            department=qinghe.tcm.departments.get(),
        )  # fmt: skip
    referral = services.schedule(
        by=qinghe.lin, referral=referral, now=SOON, planned_at=minutes(600), department=room
    )
    assert (referral.state, referral.target_department) == ("scheduled", room)
    referral = services.schedule(by=qinghe.lin, referral=referral, now=SOON, planned_at=minutes(900))
    assert (referral.state, referral.planned_at) == ("scheduled", minutes(900))
    referral = services.arrive(by=qinghe.lin, referral=referral, now=minutes(905))
    referral = services.treat(by=qinghe.lin, referral=referral, now=minutes(930))
    assert (referral.state, referral.treated_at) == ("in_treatment", minutes(930))


def test_the_sender_closes_an_up_referral_when_the_reply_is_read(qinghe: World) -> None:
    referral = services.accept(by=qinghe.lin, referral=logged(qinghe), now=SOON)
    referral = services.arrive(by=qinghe.lin, referral=referral, now=minutes(60))
    done = services.complete(by=qinghe.lin, referral=referral, now=minutes(3000), reply="好转")
    assert (done.state, done.treated_at, done.ended_on) == ("completed", minutes(3000), date(2026, 11, 14))
    # Saturday 14 November: three working days on is the end of Wednesday.
    assert (done.reply_rule, done.reply_due_at.isoformat()) == ("WD3", "2026-11-18T16:00:00+00:00")
    with pytest.raises(PermissionDenied):
        services.close(by=qinghe.lin, referral=done, now=minutes(3001))
    assert services.close(by=qinghe.zhao, referral=done, now=minutes(3001)).state == "closed"


def test_a_day_of_treatment_outside_the_stay_is_refused(qinghe: World) -> None:
    referral = services.accept(by=qinghe.lin, referral=logged(qinghe), now=SOON)
    referral = services.arrive(by=qinghe.lin, referral=referral, now=minutes(60))
    for day in (date(2026, 11, 11), date(2026, 11, 13)):
        with pytest.raises(ReferralRefused) as caught:
            services.complete(by=qinghe.lin, referral=referral, now=minutes(61), reply="好转", ended_on=day)
        assert caught.value.reason == "ended_on"


def test_who_came_and_was_not_treated_keeps_no_time_of_treatment(qinghe: World) -> None:
    referral = services.accept(by=qinghe.lin, referral=logged(qinghe), now=SOON)
    referral = services.arrive(by=qinghe.lin, referral=referral, now=minutes(60))
    done = services.complete(
        by=qinghe.lin, referral=referral, now=minutes(90), reply="轻症，回社区", treated=False
    )
    assert done.treated_at is None


def test_a_chronic_up_referral_asks_the_community_for_a_follow_up(qinghe: World) -> None:
    referral = services.accept(by=qinghe.lin, referral=logged(qinghe, reason="hypertension"), now=SOON)
    referral = services.arrive(by=qinghe.lin, referral=referral, now=minutes(60))
    done = services.complete(by=qinghe.lin, referral=referral, now=minutes(2000), reply="血压已控制")
    assert (done.state, done.followup_rule) == ("followup_due", "D14")
    assert done.followup_due_at.isoformat() == "2026-11-26T16:00:00+00:00"  # 14 days after the referral
    assert [step.name for step in done.steps_for(qinghe.zhao)] == ["follow_up"]
    assert list(done.steps_for(qinghe.lin)) == []
    closed = services.follow_up(
        by=qinghe.zhao, referral=done, now=minutes(5000), visit=visit(seen_at=minutes(4000))
    )
    assert (closed.state, closed.followed_up_at) == ("closed", minutes(5000))


@pytest.mark.parametrize(("risk", "rule"), [(False, "D7"), (True, "H72")])
def test_coming_home_starts_the_clock_of_the_first_follow_up(qinghe: World, risk: bool, rule: str) -> None:
    referral = home(qinghe, high_risk=risk)
    assert (referral.state, referral.followup_rule, referral.clock) == (
        "arrived", rule, ("followup", referral.followup_due_at),
    )  # fmt: skip
    if risk:
        assert referral.followup_due_at == minutes(60) + timedelta(hours=72)
    assert list(Referral.objects.late(minutes(60) + timedelta(days=9))) == [referral]
    assert list(Referral.objects.late(minutes(61))) == []


def test_a_stay_at_the_township_puts_the_follow_up_after_it(qinghe: World) -> None:
    referral = services.treat(by=qinghe.zhao, referral=home(qinghe), now=minutes(90))
    assert referral.followup_due_at is None
    done = services.complete(by=qinghe.zhao, referral=referral, now=minutes(14_400), reply="康复完成")
    assert (done.state, done.followup_rule) == ("followup_due", "D7")
    assert done.followup_due_at > minutes(14_400) + timedelta(days=6)


def test_a_down_referral_closes_only_with_the_first_follow_up(qinghe: World) -> None:
    referral = home(qinghe)
    with pytest.raises(IntegrityError, match="referral_followed_up"), transaction.atomic():
        Referral.objects.update(state="closed", closed_at=minutes(99))
    with pytest.raises(PermissionDenied):
        services.follow_up(by=qinghe.lin, referral=referral, now=minutes(1600), visit=visit())
    closed = services.follow_up(by=qinghe.zhao, referral=referral, now=minutes(1600), visit=visit())
    row = FollowUp.objects.get()
    assert (closed.state, row.referral, row.seen_by, row.medication) == (
        "closed", closed, "赵敏学", "done",
    )  # fmt: skip
    with pytest.raises(DatabaseError, match=r"permission denied|written once"), transaction.atomic():
        FollowUp.objects.update(note="x")


def test_a_follow_up_says_all_three_tasks_and_words_for_a_problem(qinghe: World) -> None:
    referral = home(qinghe)
    for change, reason in (
        ({"medication": ""}, "task"), ({"condition": "worse"}, "visit_note"), ({"way": "x"}, "way"),
        ({"seen_at": minutes(1700)}, "seen_at"), ({"seen_by": " "}, "seen_by"),
        ({"complications": "problem", "note": " "}, "visit_note"), ({"condition": ""}, "condition"),
    ):  # fmt: skip
        with pytest.raises(ReferralRefused) as caught:
            services.follow_up(by=qinghe.zhao, referral=referral, now=minutes(1600), visit=visit(**change))
        assert caught.value.reason == reason
    assert Referral.objects.get().state == "arrived"


def test_what_nobody_touches_expires_by_the_parameter_and_an_emergency_never(qinghe: World) -> None:
    plain, urgent = logged(qinghe), logged(qinghe, serial=2, urgency="critical")
    given = services.ask(by=qinghe.lin, referral=logged(qinghe, serial=3), now=SOON, question="缺资料")
    taken = services.accept(by=qinghe.lin, referral=logged(qinghe, serial=4), now=SOON)
    days = parameters.in_force("referral.expiry", on=date(2026, 11, 12))
    assert dict(days) == {"submitted": 7, "returned": 7, "accepted": 14, "scheduled": 7}  # type: ignore[call-overload]
    assert clocks.run(NOW + timedelta(days=6))["expired"] == 0
    assert clocks.run(NOW + timedelta(days=8))["expired"] == 2
    assert clocks.run(NOW + timedelta(days=15))["expired"] == 1
    states = {row.pk: row.state for row in Referral.objects.all()}
    assert states == {plain.pk: "expired", urgent.pk: "submitted", given.pk: "expired", taken.pk: "expired"}
    step = journal.steps_of(Referral.objects.get(pk=plain.pk)).last()
    assert step is not None and (step.name, step.by) == ("expire", None)
    assert logged(qinghe, now=NOW + timedelta(days=16)).state == "submitted"  # the way is free again


def test_nobody_presses_the_steps_of_the_clock(qinghe: World) -> None:
    assert not {"expire", "await_follow_up"} & set(services.STEPS)
    referral = logged(qinghe)
    Referral.objects.filter(pk=referral.pk).update(version=2)
    with pytest.raises(Stale), transaction.atomic():
        from referrals.services import moves

        moves.move(steps.from_here("expire", referral), by=None, referral=referral, now=SOON)


def test_papers_and_follow_ups_wait_in_the_inbox_of_their_side(qinghe: World) -> None:
    services.ask(by=qinghe.lin, referral=logged(qinghe), now=SOON, question="缺心电图")
    referral = services.treat(by=qinghe.zhao, referral=home(qinghe, serial=2), now=minutes(90))
    services.complete(by=qinghe.zhao, referral=referral, now=minutes(900), reply="康复完成")
    for name, papers, visits in (("zhao", 1, 1), ("lin", 0, 0), ("luo", 1, 1)):
        found = waiting.count(qinghe.people[name], minutes(1000))
        assert (found["papers"], found["visits"]) == (papers, visits), name


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_the_sender_is_told_of_replies_and_of_patients_without_a_place(qinghe: World) -> None:
    def told(name: str, at: int) -> list[tuple[str, int]]:
        found = waiting.waiting(qinghe.people[name], minutes(at))
        return [(todo.url.partition("state=")[2], todo.count) for todo in found if "view=sent" in todo.url]

    done = services.accept(by=qinghe.lin, referral=logged(qinghe), now=SOON)
    done = services.arrive(by=qinghe.lin, referral=done, now=minutes(60))
    done = services.complete(by=qinghe.lin, referral=done, now=minutes(90), reply="已手术")
    services.decline(by=qinghe.lin, referral=logged(qinghe, serial=2), now=SOON, reason="no_bed")
    assert told("zhao", 100) == [("completed&direction=up", 1), ("declined", 1)]
    assert told("lin", 100) == []
    services.close(by=qinghe.zhao, referral=done, now=minutes(110))
    logged(qinghe, serial=2, target="tcm", now=minutes(120))  # another place was found
    assert told("zhao", 130) == []
