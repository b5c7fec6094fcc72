"""Ineffective referrals, rates with their explanation, captured down-referrals, transfers owed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import override_settings
from django.utils.translation import override

from alliance.lib.period import Month
from alliance.models import Membership
from grouping.models import Case
from grouping.readmission import facts as readmission
from referrals import countables, facts, services
from referrals.models import CapturedDown, RateExplanation, Referral
from referrals.services import ReferralRefused, captured, counts, ineffective, rates
from referrals.transfers import DOWN_TRANSFER, FEE_RETURN, transfer_facts
from tests.grouping.conftest import scene  # noqa: F401  (the fixture)
from tests.grouping.files import front_page
from tests.grouping.scene import inside, store
from tests.referrals.scene import NOW, logged, number_of, prepare
from tests.world import World

NOVEMBER = Month(2026, 11)
DELIVERED = date(2026, 11, 18)
LATER = datetime(2027, 1, 15, tzinfo=UTC)
DOWN: dict[str, Any] = {
    "by": "lin", "target": "shiqiao", "direction": "down", "reason": "stable", "urgency": "ordinary",
}  # fmt: skip


def came(world: World, at: datetime = NOW, *, treated: bool = True, **change: Any) -> Referral:
    """A referral logged, accepted and arrived within the hour, completed a day later."""
    referral = logged(world, now=at, **change)
    receiver: Membership = world.zhao if referral.direction == "down" else world.lin
    hour = timedelta(hours=1)
    referral = services.accept(by=receiver, referral=referral, now=at + hour / 4)
    referral = services.arrive(by=receiver, referral=referral, now=at + hour)
    return services.complete(
        by=receiver, referral=referral, now=at + 24 * hour, reply="好转", treated=treated
    )


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "2026-13", "x"])
def test_a_month_nobody_serves_is_said_on_the_page(scene: World, month: str) -> None:  # noqa: F811
    assert scene.client("luo").get(f"/a/qinghe/referrals/rates/?month={month}").status_code == 200


def test_down_and_up_again_within_the_days_flags_both_and_names_the_other(qinghe: World) -> None:
    down = came(qinghe, **DOWN)
    up = came(qinghe, NOW + timedelta(days=14), diagnosis_code="I50.901")
    found = ineffective.findings(NOVEMBER, now=LATER)
    assert {pk: (one.rule, one.other, one.days) for pk, one in found.items()} == {
        down.pk: ("bounced", up.pk, 14), up.pk: ("bounced", down.pk, 14),
    }  # fmt: skip


@pytest.mark.parametrize(("days", "code"), [(15, "I50.900"), (3, "J18.900")])
def test_later_or_another_disease_is_no_ping_pong(qinghe: World, days: int, code: str) -> None:
    came(qinghe, **DOWN)
    came(qinghe, NOW + timedelta(days=days), diagnosis_code=code)
    assert ineffective.findings(NOVEMBER, now=LATER) == {}


def test_up_treated_and_down_again_is_the_way_it_should_be(qinghe: World) -> None:
    came(qinghe)
    came(qinghe, NOW + timedelta(days=5), **DOWN)
    assert ineffective.findings(NOVEMBER, now=LATER) == {}


def test_who_came_and_was_not_treated_is_ineffective_once_that_is_certain(qinghe: World) -> None:
    row = came(qinghe, treated=False)
    waiting = logged(qinghe, serial=2)
    waiting = services.accept(by=qinghe.lin, referral=waiting, now=NOW)
    waiting = services.arrive(by=qinghe.lin, referral=waiting, now=NOW)
    soon = ineffective.findings(NOVEMBER, now=NOW + timedelta(days=3))
    assert {pk: one.rule for pk, one in soon.items()} == {row.pk: "untreated"}
    assert set(ineffective.findings(NOVEMBER, now=LATER)) == {row.pk, waiting.pk}


def test_ineffective_ones_are_no_part_of_the_rate(qinghe: World) -> None:
    came(qinghe, treated=False)
    came(qinghe, serial=2)
    whole = {one.variant.code: one for one in rates.of_month(NOVEMBER, now=LATER)[0].figures}
    assert (whole["V1"].numerator, whole["V1"].exact) == (1, None)  # no discharge: not assessed
    assert (whole["effective"].numerator, whole["effective"].denominator) == (1, 2)
    assert (whole["success"].numerator, whole["success"].denominator) == (2, 2)
    flagged = ineffective.findings(NOVEMBER, now=LATER)
    assert counts.effective_by_month([NOVEMBER], flagged=flagged) == {NOVEMBER: 1}


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_facts_rates_and_confirmation_leave_out_the_same_ones(qinghe: World) -> None:
    """One judgement for the month that is paid and for the rates (S3-49)."""
    untreated = came(qinghe, treated=False)
    came(qinghe, serial=2)
    down = came(qinghe, serial=3, **DOWN)
    came(qinghe, NOW + timedelta(days=3), serial=3)
    flagged = facts.ineffective(NOVEMBER, now=LATER)
    found = {
        one.institution: {name: len(ids) for name, ids in facts.judged(one.ids, flagged).items()}
        for one in facts.referral_facts(NOVEMBER, now=LATER)
    }
    assert found["QH11"] == {
        "up_effective_sent": 1, "up_effective_received": 0, "down_effective_sent": 0,
        "down_effective_received": 0, "ping_pong_referrals": 2,
    }  # fmt: skip
    assert found["QH01"] == {
        "up_effective_sent": 0, "up_effective_received": 1, "down_effective_sent": 0,
        "down_effective_received": 0, "ping_pong_referrals": 1,
    }  # fmt: skip
    sent = counts.sent(NOVEMBER, now=LATER, flagged=flagged)
    for place, one in (("QH11", qinghe.shiqiao), ("QH01", qinghe.lead)):
        rates_of = sent[one.pk]
        assert (rates_of["up_effective"], rates_of["down_effective"]) == (
            found[place]["up_effective_sent"], found[place]["down_effective_sent"],
        )  # fmt: skip
    # Both sides confirm that the patient came, and read that it counts in no rate.
    with override("zh-hans"):
        said = {one.pk: one.text for one in countables.records([untreated.pk, down.pk], qinghe.lin)}
    assert "到达后未诊治" in said[untreated.pk] and "下转后 3 天以同一诊断又上转" in said[down.pk]


WHO = {"A11": "龚建良", "A20": number_of(1), "A13": "1959-03-12", "A12C": "1", "A14": "67"}


def moved_home(world: World) -> list[dict[str, str]]:
    """N46: a stroke treated at the lead hospital, in the township's rehabilitation within the hour."""
    first = front_page(
        world.lead.organisation, "L1", B12="2026-11-08 09:00:00", B15="2026-11-12 09:00:00", B34C="2",
        B35=world.shiqiao.name, **WHO,
    )  # fmt: skip
    second = front_page(
        world.shiqiao.organisation, "S1", B12="2026-11-12 09:50:00", B15="2026-11-16 10:00:00", **WHO
    )
    return [first, second]


def test_n46_the_move_to_the_township_is_one_down_referral_and_nothing_else(scene: World) -> None:  # noqa: F811
    store(scene, moved_home(scene), by=scene.luo, today=DELIVERED)
    with inside(scene):
        prepare(scene)
        judged = readmission.judge([NOVEMBER], readmission.windows(NOVEMBER))
        assert [one.reason for one in judged].count("counted") == 0  # readmissions
        assert [one.split_reason for one in judged].count("flag") == 0  # split admissions
        assert [one.overlap for one in judged].count("flag") == 0  # phantom beds
        (found,) = captured.facts(NOVEMBER)
        assert (found.institution_id, len(found.open), found.count) == (scene.lead.pk, 1, 0)


def test_a_logged_referral_matches_and_an_unlogged_one_is_decided_once(scene: World) -> None:  # noqa: F811
    store(scene, moved_home(scene), by=scene.luo, today=DELIVERED)
    with inside(scene):
        prepare(scene)
        case = captured.facts(NOVEMBER)[0].open[0]
        with pytest.raises(ReferralRefused) as caught:
            captured.decide(by=scene.lin, month=NOVEMBER, case=case, verdict="none", note=" ", now=NOW)
        assert caught.value.reason == "note"
        with pytest.raises(ReferralRefused):  # another institution does not even know it
            captured.decide(by=scene.zhao, month=NOVEMBER, case=case, verdict="referral", note="", now=NOW)
        captured.decide(by=scene.lin, month=NOVEMBER, case=case, verdict="referral", note="", now=NOW)
        with pytest.raises(ReferralRefused) as caught:
            captured.decide(by=scene.luo, month=NOVEMBER, case=case, verdict="none", note="x", now=NOW)
        assert caught.value.reason == "captured_decided"
        assert CapturedDown.objects.count() == 1
        (found,) = captured.facts(NOVEMBER)
        assert (found.open, found.confirmed, found.count) == ((), (case,), 1)
        came(scene, datetime(2026, 11, 12, 1, 0, tzinfo=UTC), **DOWN)
        (found,) = captured.facts(NOVEMBER)
        assert (found.matched, found.confirmed, found.logged_only) == ((case,), (), ())


def test_stays_that_overlap_are_matched_and_shown(scene: World) -> None:  # noqa: F811
    first, second = moved_home(scene)
    first["B15"] = "2026-11-12 17:30:00"  # discharged later the same day than the township admitted
    store(scene, [first, second], by=scene.luo, today=DELIVERED)
    with inside(scene):
        prepare(scene)
        row = came(scene, datetime(2026, 11, 12, 1, 0, tzinfo=UTC), **DOWN)
        (found,) = captured.facts(NOVEMBER)
        assert (len(found.matched), found.open) == (1, ())
        (overlap,) = captured.overlaps(NOVEMBER)
        assert (overlap.number, overlap.institution_id) == (row.number, scene.lead.pk)
    page = scene.client("lin").get("/a/qinghe/referrals/captured/?month=2026-11").content.decode()
    assert "两次住院时间重叠" in page and "7 小时 40 分" in page and "龚**" in page
    foreign = scene.client("tan").get("/a/qinghe/referrals/captured/?month=2026-11").content.decode()
    assert "两次住院时间重叠" not in foreign


def test_a_logged_referral_without_a_stay_stands_in_the_queue(qinghe: World) -> None:
    row = came(qinghe, **DOWN)
    (found,) = captured.facts(NOVEMBER)
    assert found.logged_only == (row.pk,)


@pytest.mark.parametrize(("reason", "rule"), [("stable", DOWN_TRANSFER), ("long_term", FEE_RETURN)])
def test_an_episode_is_paid_once_by_its_own_rule(scene: World, reason: str, rule: str) -> None:  # noqa: F811
    store(scene, moved_home(scene), by=scene.luo, today=DELIVERED)
    with inside(scene):
        prepare(scene)
        row = came(scene, datetime(2026, 11, 12, 1, 0, tzinfo=UTC), **(DOWN | {"reason": reason}))
        stay = Case.objects.get(record_no="S1")
        Case.objects.filter(pk=stay.pk).update(
            total_fen=1_200_000, own_pay_fen=200_000, fees={"D11": 30_000, "D21": 70_000, "D23": 900_000}
        )
        (owed,) = transfer_facts(NOVEMBER)
        assert (owed.rule, owed.referral, owed.case) == (rule, row.pk, stay.pk)
        assert (owed.payer, owed.receiver) == (scene.lead.pk, scene.shiqiao.pk)
        if rule == DOWN_TRANSFER:  # worked example 7: 10,000 yuan of fund cost are 6,000 for the township
            assert (owed.base_fen, owed.fen, owed.most_fen) == (1_000_000, 600_000, 600_000)
        else:  # service items alone, 10 to 15 percent, no drugs
            assert (owed.base_fen, owed.fen, owed.most_fen) == (100_000, 10_000, 15_000)
        assert transfer_facts(NOVEMBER, ineffective_ids=frozenset({row.pk})) == []


def test_the_explanation_is_the_offices_and_only_when_required(scene: World) -> None:  # noqa: F811
    store(scene, moved_home(scene), by=scene.luo, today=DELIVERED)
    with inside(scene):
        prepare(scene)
        text = "两家卫生院停诊整修，上转集中到县医院。"
        figure = rates.of_month(NOVEMBER, now=LATER)[0].figures[0]
        assert (figure.numerator, figure.denominator, figure.required) == (0, 2, True)
        assert rates.of_months([NOVEMBER.previous(), NOVEMBER], flagged={}) == {
            NOVEMBER.previous(): None, NOVEMBER: 0,
        }  # fmt: skip
        with pytest.raises(PermissionDenied):
            rates.explain(by=scene.lin, month=NOVEMBER, text=text, now=NOW)
        with pytest.raises(ReferralRefused):
            rates.explain(by=scene.luo, month=NOVEMBER, text="短", now=LATER)
        with pytest.raises(ReferralRefused) as caught:  # a running month is judged by nobody
            rates.explain(by=scene.luo, month=NOVEMBER, text=text, now=NOW)
        assert caught.value.reason == "month_running"
        assert not rates.of_month(NOVEMBER, now=NOW)[0].figures[0].required
        rates.explain(by=scene.luo, month=NOVEMBER, text=text, now=LATER)
        assert RateExplanation.objects.get().denominator == 2
    with time_machine.travel(NOW, tick=False):
        running = scene.client("luo").get("/a/qinghe/referrals/rates/?month=2026-11").content.decode()
    assert "本月还没有结束" in running and text not in running and "需提交书面说明" not in running
    with time_machine.travel(LATER, tick=False):
        page = scene.client("luo").get("/a/qinghe/referrals/rates/?month=2026-11").content.decode()
    assert text in page and "区间 15–25%" in page
    captured_page = scene.client("lin").get("/a/qinghe/referrals/captured/?month=2026-11").content.decode()
    assert "L1<" in captured_page and "龚建良" not in captured_page
    foreign = scene.client("tan").get("/a/qinghe/referrals/captured/?month=2026-11").content.decode()
    assert "L1<" not in foreign
