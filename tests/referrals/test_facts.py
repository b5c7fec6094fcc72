"""Facts of a month, against a small set counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from referrals import services
from referrals.facts import (
    MEASURES,
    ReferralFact,
    department_facts,
    doctor_facts,
    records,
    referral_facts,
)
from referrals.models import Referral
from tests.referrals.scene import NOW, SOON, logged, minutes, prepare
from tests.world import World

NOVEMBER = Month(2026, 11)


def of(code: str, month: Month = NOVEMBER) -> ReferralFact:
    return next(fact for fact in referral_facts(month) if fact.institution == code)


def walk(
    world: World, referral: Referral, at: datetime, *, by: str = "lin", arrive: datetime | None = None
) -> Referral:
    referral = services.accept(by=world.people[by], referral=referral, now=at)
    return services.arrive(by=world.people[by], referral=referral, now=arrive) if arrive else referral


def eight(world: World) -> dict[str, Referral]:
    """Shiqiao sends six up, the lead hospital two down; October, November and December touch."""
    month_end = datetime(2026, 11, 30, 15, 50, tzinfo=UTC)  # 23:50 of 30 November in Shanghai
    found = {
        # accepted in 5 minutes, arrived the same day
        "a": walk(world, logged(world, serial=1), minutes(5), arrive=minutes(90)),
        # accepted at the last instant of its 30 minutes: in time
        "b": walk(world, logged(world, serial=2), minutes(30)),
        # accepted one minute late, arrived
        "c": walk(world, logged(world, serial=3), minutes(31), arrive=minutes(120)),
        "d": services.decline(
            by=world.lin, referral=logged(world, serial=4), now=minutes(3), reason="no_bed"
        ),
        "e": services.cancel(by=world.zhao, referral=logged(world, serial=5), now=minutes(2), note="不去了"),
        # logged in November, arrived on 1 December in Shanghai though still 30 November in UTC
        "f": walk(
            world, logged(world, serial=6, now=month_end), month_end + timedelta(minutes=5),
            arrive=month_end + timedelta(minutes=20),
        ),
    }  # fmt: skip
    down = {"by": "lin", "target": "shiqiao", "direction": "down", "reason": "stable", "urgency": "ordinary"}
    october = datetime(2026, 10, 30, 9, 0, tzinfo=UTC)
    # logged in October, accepted in time, arrived in November
    found["g"] = walk(
        world,
        logged(world, serial=7, now=october, **down),
        october + timedelta(hours=1),
        by="zhao",
        arrive=NOW,
    )
    # ordinary, due at the midnight after Friday 13 November: accepted at exactly that midnight is late
    midnight = datetime(2026, 11, 13, 16, 0, tzinfo=UTC)
    found["h"] = walk(world, logged(world, serial=8, **down), midnight, by="zhao", arrive=midnight)
    return found


def test_the_month_of_the_sender_and_of_the_receiver_by_hand(qinghe: World) -> None:
    found = eight(qinghe)
    sender, receiver = of("QH11"), of("QH01")
    assert sender.counts == {
        "up_logged_sent": 6, "down_logged_sent": 0, "up_arrived_sent": 2, "up_arrived_received": 0,
        "down_arrived_sent": 0, "down_arrived_received": 2, "referrals_received": 1, "referrals_answered": 1,
        "referrals_undecided": 0,
        "referrals_accepted": 1, "referrals_accepted_in_time": 0, "referrals_declined": 0,
    }  # fmt: skip
    assert receiver.counts == {
        "up_logged_sent": 0, "down_logged_sent": 1, "up_arrived_sent": 0, "up_arrived_received": 2,
        "down_arrived_sent": 2, "down_arrived_received": 0, "referrals_received": 6, "referrals_answered": 5,
        "referrals_undecided": 0,
        "referrals_accepted": 4, "referrals_accepted_in_time": 3, "referrals_declined": 1,
    }  # fmt: skip
    assert set(receiver.ids["referrals_accepted_in_time"]) == {found[name].pk for name in "abf"}


def test_an_arrival_belongs_to_the_month_in_shanghai(qinghe: World) -> None:
    found = eight(qinghe)
    assert of("QH11", Month(2026, 12)).ids["up_arrived_sent"] == (found["f"].pk,)
    assert of("QH11", Month(2026, 10)).count("referrals_accepted_in_time") == 1
    assert of("QH11", Month(2026, 9)).ids == {}


def test_what_is_not_due_yet_is_neither_kept_nor_missed(qinghe: World) -> None:
    """Urgent: thirty minutes, the last instant included."""
    logged(qinghe, serial=1)
    returned = services.ask(by=qinghe.lin, referral=logged(qinghe, serial=2), now=SOON, question="缺心电图")
    walk(qinghe, logged(qinghe, serial=3), minutes(5))

    def counted(now: datetime) -> tuple[int, int, int]:
        fact = next(one for one in referral_facts(NOVEMBER, now=now) if one.institution == "QH01")
        for name in ("referrals_received", "referrals_undecided"):
            rows = records(NOVEMBER, fact.institution_id, name, now=now)
            assert tuple(row.pk for row in rows) == fact.ids.get(name, ())
        names = ("referrals_received", "referrals_undecided", "referrals_accepted_in_time")
        return fact.count(names[0]), fact.count(names[1]), fact.count(names[2])

    assert counted(minutes(30)) == (1, 2, 1)
    assert counted(minutes(31)) == (2, 1, 1)  # given back for information its clock stands still
    services.cancel(by=qinghe.zhao, referral=returned, now=minutes(40), note="不去了")
    assert counted(minutes(41)) == (3, 0, 1)


def test_every_number_has_its_very_rows(qinghe: World) -> None:
    eight(qinghe)
    for fact in referral_facts(NOVEMBER):
        for what in MEASURES:
            rows = records(NOVEMBER, fact.institution_id, what)
            assert tuple(row.pk for row in rows) == fact.ids.get(what, ())


def test_an_institution_without_referrals_has_a_row_of_zeros(qinghe: World) -> None:
    assert [fact.institution for fact in referral_facts(NOVEMBER)] == ["QH01", "QH02", "QH11", "QH11V1"]
    assert set(of("QH02").counts.values()) == {0}
    with pytest.raises(KeyError):
        of("QH02").count("no_such_measure")


def test_the_queries_do_not_grow_with_the_month(qinghe: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            referral_facts(NOVEMBER)
        return len(captured)

    logged(qinghe, serial=1)
    few = queries()
    for serial in range(2, 12):
        logged(qinghe, serial=serial)
    assert queries() == few == 2


def test_the_other_alliance_has_its_own_facts(qinghe: World) -> None:
    eight(qinghe)
    with act_in(qinghe.jiangzhou):
        prepare(qinghe)
        assert [set(fact.counts.values()) for fact in referral_facts(NOVEMBER)] == [{0}, {0}]


def test_departments_and_doctors_add_up_to_their_institution(qinghe: World) -> None:
    eight(qinghe)
    for fact in referral_facts(NOVEMBER):
        rooms = [one for one in department_facts(NOVEMBER) if one.institution_id == fact.institution_id]
        doctors = [one for one in doctor_facts(NOVEMBER) if one.institution_id == fact.institution_id]
        for what, measure in MEASURES.items():
            assert sum(one.count(what) for one in rooms) == fact.count(what), what
            own = fact.count(what) if measure.side == "origin" else 0
            assert sum(one.count(what) for one in doctors) == own, what
    assert {one.member_id for one in doctor_facts(NOVEMBER)} == {qinghe.zhao.pk, qinghe.lin.pk}
