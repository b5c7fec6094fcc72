"""Register, results, orders, decisions: what is shown, what is decided, what the database holds by itself."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from alliance.models import Journal
from alliance.models.base import Stale
from alliance.tenancy.scope import act_in
from referrals.recognition import services
from referrals.recognition.models import Item, Offer, Order, Result
from referrals.recognition.services import RecognitionRefused
from tests.recognition.scene import NOW, after, order, register, result
from tests.referrals.scene import patient, prepare
from tests.world import World, make_world


def test_a_valid_result_of_another_member_is_shown_and_recognised(qinghe: World) -> None:
    register(qinghe)
    made = result(qinghe)
    row = order(qinghe)
    assert (row.state, row.due_at, row.number) == ("open", after(hours=24), "HR261112-0001")
    assert list(row.offers.values_list("result", "rank")) == [(made.pk, 1)]
    row = services.recognise(by=qinghe.zhao, order=row, now=after(hours=1), result=made.pk)
    assert (row.state, row.result, row.decided_by, row.decided_at) == (
        "recognised", made, qinghe.zhao, after(hours=1)
    )  # fmt: skip
    entry = Journal.objects.get(verb="recognition.ordered")
    assert entry.detail["shown"] == entry.detail["of_other_members"] == [made.pk]


def test_the_family_counts_the_latest_comes_first_and_what_is_not_valid_stays_out(qinghe: World) -> None:
    register(qinghe)
    older, newer = result(qinghe, days_ago=20), result(qinghe, by="tan", item="CT002", days_ago=3)
    result(qinghe, days_ago=31)
    result(qinghe, item="LAB01", days_ago=1)
    result(qinghe, serial=2)
    gone = result(qinghe, days_ago=4)
    services.withdraw_result(by=qinghe.lin, result=gone, why="标本错误", now=NOW)
    assert [offer.result for offer in order(qinghe).offers.all()] == [newer, older]


def test_validity_ends_at_its_instant(qinghe: World) -> None:
    register(qinghe)
    result(qinghe, item="LAB01", days_ago=7)
    assert order(qinghe, item="LAB01").state == "clear"
    assert order(qinghe, item="LAB01", now=NOW - timedelta(seconds=1)).state == "open"


def test_without_a_result_the_order_is_clear_and_needs_no_decision(qinghe: World) -> None:
    register(qinghe)
    row = order(qinghe)
    assert (row.state, row.decided_by, row.offers.count()) == ("clear", None, 0)
    with pytest.raises(Stale):
        services.repeat(by=qinghe.zhao, order=row, now=after(hours=1), reason="R1")


@pytest.mark.parametrize(
    ("reason", "text", "refusal"),
    [("", "", "repeat_reason"), ("R7", "x", "repeat_reason"), ("R6", " ", "repeat_text")],
)
def test_repeating_needs_one_of_six_reasons(qinghe: World, reason: str, text: str, refusal: str) -> None:
    register(qinghe)
    result(qinghe)
    row = order(qinghe)
    with pytest.raises(RecognitionRefused) as refused:
        services.repeat(by=qinghe.zhao, order=row, now=after(hours=1), reason=reason, reason_text=text)
    assert refused.value.reason == refusal
    assert services.repeat(by=qinghe.zhao, order=row, now=after(hours=1), reason="R3").reason == "R3"


def test_late_is_past_24_hours_by_the_wall_clock(qinghe: World) -> None:
    register(qinghe)
    result(qinghe)
    row = order(qinghe)
    assert list(Order.objects.late(after(hours=24))) == []
    assert list(Order.objects.late(after(hours=24, seconds=1))) == [row]
    assert services.repeat(by=qinghe.zhao, order=row, now=after(days=3), reason="R1").state == "repeated"


def test_only_the_ordering_house_decides_and_only_what_was_shown(qinghe: World) -> None:
    register(qinghe)
    made = result(qinghe)
    row, other = order(qinghe), result(qinghe, serial=2)
    for stranger in (qinghe.lin, qinghe.tan, qinghe.luo, qinghe.han):
        with pytest.raises(PermissionDenied):
            services.recognise(by=stranger, order=row, now=after(hours=1), result=made.pk)
    with pytest.raises(RecognitionRefused, match="not shown"):
        services.recognise(by=qinghe.zhao, order=row, now=after(hours=1), result=other.pk)
    services.withdraw_result(by=qinghe.lin, result=made, why="错", now=after(hours=1))
    with pytest.raises(RecognitionRefused, match="withdrawn"):
        services.recognise(by=qinghe.zhao, order=row, now=after(hours=2), result=made.pk)


def test_a_result_of_another_house_is_not_withdrawn_and_none_twice(qinghe: World) -> None:
    register(qinghe)
    made = result(qinghe)
    with pytest.raises(PermissionDenied):
        services.withdraw_result(by=qinghe.tan, result=made, why="x", now=NOW)
    services.withdraw_result(by=qinghe.lin, result=made, why="x", now=NOW)
    with pytest.raises(RecognitionRefused, match="already withdrawn"):
        services.withdraw_result(by=qinghe.lin, result=made, why="y", now=NOW)


def test_the_same_report_twice_is_one_and_another_content_is_refused(qinghe: World) -> None:
    register(qinghe)
    assert result(qinghe) == result(qinghe)
    with pytest.raises(RecognitionRefused, match="another content"):
        result(qinghe, conclusion="未见异常")
    assert Result.objects.count() == 1


def test_a_report_is_checked(qinghe: World) -> None:
    register(qinghe)
    for change, reason in (
        ({"days_ago": -1}, "taken_later"), ({"conclusion": " "}, "conclusion"), ({"number": ""}, "number"),
        ({"reported_at": NOW - timedelta(days=6)}, "reported_before"), ({"item": "X"}, "item"),
        ({"days_ago": 400}, "item"),
        ({"days_ago": 700_000}, "taken_early"),
    ):  # fmt: skip
        with pytest.raises(RecognitionRefused) as refused:
            result(qinghe, **change)
        assert refused.value.reason == reason


def test_the_same_external_number_is_the_same_order(qinghe: World) -> None:
    register(qinghe)
    first = order(qinghe, external_number="HIS-1")
    again, made = services.place(
        by=qinghe.zhao, person=patient(qinghe.zhao), wanted=services.Wanted("CT001", external_number="HIS-1"),
        now=after(hours=1),
    )  # fmt: skip
    assert (again, made, Order.objects.count()) == (first, False, 1)


def test_a_change_of_an_item_holds_from_its_day(qinghe: World) -> None:
    register(qinghe)
    made = result(qinghe)  # 30 days
    shorter = services.NewItem("CT001", "胸部 CT 平扫", "imaging", 3, family="CHEST-CT")
    services.register(by=qinghe.su, item=shorter, from_date=date(2026, 11, 10))
    assert made.valid_until == made.taken_at + timedelta(days=30)
    later = result(qinghe, days_ago=1)
    assert later.valid_until == later.taken_at + timedelta(days=3)
    with pytest.raises(RecognitionRefused, match="already holds"):
        services.register(by=qinghe.su, item=shorter, from_date=date(2026, 11, 10))
    gone = services.NewItem("CT001", "胸部 CT 平扫", "imaging", 3, retired=True)
    services.register(by=qinghe.su, item=gone, from_date=date(2026, 11, 12))
    with pytest.raises(RecognitionRefused, match="No recognisable item"):
        order(qinghe)
    assert [item.code for item in Item.objects.in_force(date(2026, 11, 12)).order_by("code")] == [
        "CT002",
        "LAB01",
    ]
    with pytest.raises(PermissionDenied):
        services.register(by=qinghe.lin, item=shorter, from_date=date(2026, 12, 1))


def test_n49_the_database_keeps_reasons_steps_and_what_was_shown(qinghe: World) -> None:
    register(qinghe)
    made, other = result(qinghe), result(qinghe, serial=2)
    row = order(qinghe)
    for change, match in (
        ({"state": "repeated", "decided_at": NOW, "decided_by": qinghe.zhao}, "order_reason"),
        (
            {"state": "repeated", "decided_at": NOW, "decided_by": qinghe.zhao, "reason": "R6"},
            "order_reason_words",
        ),
        ({"state": "recognised", "decided_at": NOW, "decided_by": qinghe.zhao}, "order_result"),
        ({"state": "recognised", "decided_at": NOW, "decided_by": qinghe.zhao, "result": other}, "not shown"),
        ({"decided_at": NOW}, "order_decided"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=match), transaction.atomic():
            Order.objects.filter(pk=row.pk).update(**change)
    services.recognise(by=qinghe.zhao, order=row, now=after(hours=1), result=made.pk)
    with pytest.raises(IntegrityError, match="no step of"), transaction.atomic():
        Order.objects.filter(pk=row.pk).update(state="open", result=None, decided_at=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Offer.objects.filter(order=row).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Result.objects.filter(pk=made.pk).update(conclusion="改")


def test_n33_two_decide_at_once_and_one_is_told_so(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        register(world)
        made = result(world, by="zhao")
        order(world, by="lin")
    start, outcomes = threading.Barrier(2), []

    def decide(name: str) -> None:
        try:
            with transaction.atomic(), act_in(world.qinghe):
                seen = Order.objects.get()
                start.wait(10)  # both have read it as open before either writes
                if name == "recognise":
                    services.recognise(by=world.lin, order=seen, now=timezone.now(), result=made.pk)
                else:
                    services.repeat(by=world.lin, order=seen, now=timezone.now(), reason="R1")
            outcomes.append("decided")
        except Stale:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[name]) for name in ("recognise", "repeat")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["decided", "stale"]
    with transaction.atomic(), act_in(world.qinghe):
        verbs = ["recognition.recognised", "recognition.repeated"]
        assert Journal.objects.filter(verb__in=verbs).count() == 1


def test_an_order_number_of_another_patient_opens_no_order(qinghe: World) -> None:
    register(qinghe)
    first = order(qinghe, external_number="E1")
    assert order(qinghe, external_number="E1") == first
    for other in ({"serial": 2}, {"item": "LAB01"}):
        with pytest.raises(RecognitionRefused) as refused:
            order(qinghe, external_number="E1", **other)
        assert refused.value.reason == "external_number"
