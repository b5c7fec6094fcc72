"""Fees between institutions, facts with their ids, and the line consultation, referral, rehabilitation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.services import parameters
from alliance.tenancy.scope import act_in
from referrals import services as referrals
from referrals.consultations import facts, figures, line, services
from referrals.consultations.models import Consultation, Episode, Fee
from referrals.consultations.services import ConsultationRefused
from tests.consultations.scene import NOW, after, answered, asked, doctor, read
from tests.referrals.scene import content
from tests.world import World

NOVEMBER = Month(2026, 11)
ROOT = "/a/qinghe/consultations/"


def priced(world: World, kind: str = "imaging", fen: int = 8_000, **more: Any) -> None:
    fields = {"from_date": date(2026, 1, 1), "source": "价格文件"} | more
    services.set_rate(by=world.su, kind=kind, fen=fen, **fields)


def test_a_reading_for_a_township_gives_it_thirty_percent(qinghe: World) -> None:
    priced(qinghe)
    row = answered(qinghe, read(qinghe), now=after(hours=1))
    fee = Fee.objects.get()
    assert (fee.consultation, fee.fen, fee.asker_fen, fee.answerer_fen) == (row, 8_000, 2_400, 5_600)
    assert (fee.origin_institution, fee.target_institution) == (qinghe.shiqiao, qinghe.lead)
    assert fee.reason == {"method": "fixed", "primary": True, "percent": "30"}


def test_a_hospital_has_no_share_and_a_consultation_none_until_decided(qinghe: World) -> None:
    priced(qinghe)
    priced(qinghe, "consultation", 10_000)
    answered(qinghe, read(qinghe, by="tan"), now=after(hours=1))
    answered(qinghe, asked(qinghe, serial=2), now=after(hours=1))
    assert [(fee.asker_fen, fee.answerer_fen) for fee in Fee.objects.all()] == [(0, 8_000), (0, 10_000)]
    method = parameters.registered()["consult.share_method"].value
    parameters.decide(
        by=qinghe.su, key="consult.share_method", value=dict(method) | {"consultation": "factors"},
        from_date=NOW.date(), decided_by="理事会",
    )  # fmt: skip
    answered(qinghe, asked(qinghe, serial=3), now=after(hours=1))
    assert (Fee.objects.last().asker_fen, Fee.objects.last().reason["labour"]) == (3_000, "40 x 40 %")


def test_the_rate_is_that_of_the_day_and_the_own_one_goes_first(qinghe: World) -> None:
    priced(qinghe)
    priced(qinghe, fen=9_000, from_date=date(2026, 11, 13))
    priced(qinghe, fen=7_000, institution=qinghe.lead)
    answered(qinghe, read(qinghe), now=after(days=3))
    assert Fee.objects.get().fen == 7_000
    with pytest.raises(ConsultationRefused, match="already holds"):
        priced(qinghe)
    with pytest.raises(ConsultationRefused, match="more than nothing"):
        priced(qinghe, fen=0)
    with pytest.raises(PermissionDenied):
        services.set_rate(by=qinghe.lin, kind="ecg", fen=1, from_date=date(2026, 1, 1), source="x")


def test_answers_before_a_rate_are_charged_later_and_once(qinghe: World) -> None:
    answered(qinghe, read(qinghe), now=after(hours=1))
    assert not Fee.objects.exists()
    assert services.charge_missing(by=qinghe.su, month=NOVEMBER, now=after(days=2)) == 0
    priced(qinghe)
    charged = [services.charge_missing(by=qinghe.su, month=NOVEMBER, now=after(days=2)) for _ in range(2)]
    assert charged == [
        1,
        0,
    ]


def test_the_database_keeps_the_sum_and_the_fee(qinghe: World) -> None:
    priced(qinghe)
    row = answered(qinghe, read(qinghe), now=after(hours=1))
    fee = Fee.objects.get()
    fields = {f.name: getattr(fee, f.name) for f in Fee._meta.local_fields if f.name != "id"}
    other = answered(qinghe, asked(qinghe, serial=2), now=after(hours=1))
    with pytest.raises(IntegrityError, match="fee_adds_up"), transaction.atomic():
        Fee.objects.create(**(fields | {"consultation": other, "asker_fen": 2_401}))
    with pytest.raises(IntegrityError, match="fee_once"), transaction.atomic():
        Fee.objects.create(**(fields | {"consultation": row}))
    with pytest.raises(DatabaseError), transaction.atomic():
        Fee.objects.update(asker_fen=0, answerer_fen=8_000)


def test_what_institutions_owe_is_set_off_and_adds_up(qinghe: World) -> None:
    priced(qinghe, "consultation", 10_001)
    for serial in range(1, 4):
        answered(qinghe, asked(qinghe, serial=serial), now=after(hours=1))
    back = asked(qinghe, by="lin", target="tcm", serial=7)
    services.answer(by=qinghe.tan, consultation=back, now=after(hours=1), conclusion="x")
    other = asked(qinghe, by="tan", target="lead", serial=8)
    answered(qinghe, other, now=after(hours=1))
    debts = facts.fee_transfers(NOVEMBER)
    assert [(one.payer, one.payee, one.fee_fen, len(one.ids)) for one in debts] == [
        ("QH01", "QH02", 10_001, 1), ("QH02", "QH01", 10_001, 1), ("QH11", "QH01", 30_003, 3)
    ]  # fmt: skip
    assert all(one.kept_fen + one.owed_fen == one.fee_fen for one in debts)
    assert figures.nets(debts) == [("QH11", "QH01", 30_003)]


def test_facts_by_institution_department_and_doctor(qinghe: World) -> None:
    named = doctor(qinghe.lead)
    fast = answered(qinghe, read(qinghe), now=after(hours=2))
    slow = answered(qinghe, asked(qinghe, serial=2, impression="房颤"), now=after(hours=30))
    waits = asked(qinghe, serial=3)
    gone = asked(qinghe, serial=4)
    services.cancel(by=qinghe.zhao, consultation=gone, now=after(hours=1), note="x")
    taken = services.accept(by=qinghe.lin, consultation=waits, now=after(hours=1), doctor=named)
    services.record(by=qinghe.zhao, consultation=slow, basis="answer", verdict="agrees", now=after(hours=40))
    services.record(
        by=qinghe.lin, consultation=slow, basis="gold", verdict="differs", text="病理", now=after(days=3)
    )
    found = {one.institution: one for one in facts.consultation_facts(NOVEMBER)}
    lead, township = found["QH01"], found["QH11"]
    assert lead.ids["questions_received"] == (fast.pk, slow.pk, waits.pk)
    assert lead.ids["answered_in_time"] == (fast.pk,) and lead.ids["answers_judged"] == (slow.pk,)
    assert (lead.count("answers_concordant"), lead.sums[facts.WAIT]) == (0, 32 * 60)
    assert township.ids["readings_asked"] == (fast.pk,)
    assert township.ids["consultations_asked"] == (slow.pk, waits.pk)
    by_doctor = {one.pk: one for one in facts.consultation_facts(NOVEMBER, "doctor")}
    assert by_doctor[named.pk].ids["questions_received"] == (taken.pk,)
    by_room = {one.pk: one for one in facts.consultation_facts(NOVEMBER, "department")}
    assert by_room[fast.target_department_id].ids["readings_answered"] == (fast.pk,)
    behind = facts.records(NOVEMBER, "answered_in_time", "institution", qinghe.lead.pk)
    assert list(behind) == [fast]
    total = figures.lines(qinghe.luo, NOVEMBER, "institution")[1]
    assert (str(total.in_time), total.wait, total.concordance) == ("1/3", timedelta(hours=16), 0)


def test_facts_cost_the_same_queries_at_any_number(qinghe: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            facts.consultation_facts(NOVEMBER)
        return len(captured)

    asked(qinghe)
    one = queries()
    for serial in range(2, 30):
        asked(qinghe, serial=serial)
    assert queries() == one == 3


def test_an_episode_joins_consultation_referral_and_rehabilitation(qinghe: World) -> None:
    row = asked(qinghe)
    episode = services.open_episode(by=qinghe.zhao, consultation=row, now=NOW)
    second = asked(qinghe, now=after(days=1))
    assert services.open_episode(by=qinghe.lin, consultation=second, now=after(days=1)) == episode
    with pytest.raises(ConsultationRefused, match="already belongs"):
        services.open_episode(by=qinghe.zhao, consultation=row, now=NOW)
    sent = referrals.log_referral(
        by=qinghe.zhao, person=row.person, content=content(qinghe.lead), now=after(hours=3)
    )
    services.link_referral(by=qinghe.zhao, episode=episode, referral=sent, now=after(hours=3))
    stranger = asked(qinghe, serial=9)
    other = referrals.log_referral(
        by=qinghe.zhao, person=stranger.person, content=content(qinghe.lead), now=after(hours=3)
    )
    with pytest.raises(ConsultationRefused, match="another patient"):
        services.link_referral(by=qinghe.zhao, episode=episode, referral=other, now=after(hours=3))
    services.begin_rehabilitation(by=qinghe.zhao, episode=episode, plan="肺康复 4 周", now=after(days=9))
    with pytest.raises(PermissionDenied):
        services.end_rehabilitation(by=qinghe.lin, episode=episode, result="好", now=after(days=30))
    services.end_rehabilitation(by=qinghe.zhao, episode=episode, result="步行 420 m", now=after(days=30))
    episode = Episode.objects.get()
    assert (episode.state, episode.closing) == ("closed", "步行 420 m")
    assert list(Episode.objects.visible_to(qinghe.lin)) == [episode]
    assert list(Episode.objects.visible_to(qinghe.tan)) == []
    with pytest.raises(IntegrityError, match="no step of"), transaction.atomic():
        Episode.objects.update(state="open", closed_at=None, closing="")


def test_the_pages_of_fees_figures_and_the_line(ready: World) -> None:
    with act_in(ready.qinghe), time_machine.travel(after(hours=2), tick=False):
        priced(ready)
        row = answered(ready, read(ready, impression="炎症"), now=after(hours=1))
        answered(ready, asked(ready, serial=2), now=after(hours=1))
    with time_machine.travel(after(hours=2), tick=False):
        cai, zhao, su = ready.client("cai"), ready.client("zhao"), ready.client("su")
        page = cai.get(f"{ROOT}fees/?month=2026-11").content.decode()
        assert "56.00" in page and "24.00" in page and "石桥镇" in page
        assert ready.client("tan").get(f"{ROOT}fees/").status_code == 403
        form = {"kind": "consultation", "yuan": "100.00", "from_date": "2026-01-01", "source": "文件"}
        assert su.post(f"{ROOT}fees/", form | {"yuan": "abc"}).status_code == 400
        assert su.post(f"{ROOT}fees/", form).status_code == 302
        assert cai.post(f"{ROOT}fees/", form).status_code == 403
        assert su.post(f"{ROOT}fees/charge/?month=2026-11").status_code == 302
        assert "156.00" in cai.get(f"{ROOT}fees/?month=2026-11").content.decode()
        found = ready.client("luo").get(f"{ROOT}figures/?month=2026-11").content.decode()
        assert "100.0%" in found and "1 小时 0 分" in found
        address = f"{ROOT}records/?month=2026-11&by=institution&what=readings_answered&place={ready.lead.pk}"
        assert row.number in ready.client("luo").get(address).content.decode()
        assert row.number not in ready.client("tan").get(address).content.decode()
        assert zhao.get(f"{ROOT}records/?what=x").status_code == 404
        for month in ("0001-01", "9999-12", "2026-13"):
            for page_ in ("figures", "fees", "centres", "records"):
                assert cai.get(f"{ROOT}{page_}/?month={month}").status_code == 200
            for page_ in ("figures", "duplicates", "trace"):
                address = f"/a/qinghe/recognition/{page_}/?month={month}"
                assert ready.client("ding").get(address).status_code == 200
        answer = zhao.post(f"{ROOT}{row.pk}/episode/")
        line = answer["Location"]
        page = zhao.get(line).content.decode()
        assert row.number in page and "会诊" in page and 'id="act-begin"' in page
        assert zhao.post(f"{line}begin/", {"plan": ""}).status_code == 400
        assert zhao.post(f"{line}begin/", {"plan": "肺康复"}).status_code == 302
        assert ready.client("lin").post(f"{line}end/", {"result": "好"}).status_code == 403
        assert zhao.post(f"{line}end/", {"result": "好转"}).status_code == 302
        assert "好转" in ready.client("lin").get(line).content.decode()
        assert ready.client("tan").get(line).status_code == 404
        assert zhao.post(f"{line}nothing/", {}).status_code == 404
    with act_in(ready.qinghe):
        assert Consultation.objects.count() == 2 and Fee.objects.count() == 2


def test_a_line_goes_on_outside_the_alliance_and_waits_for_its_follow_up(ready: World) -> None:
    with act_in(ready.qinghe):
        row = asked(ready)
        episode = services.open_episode(by=ready.zhao, consultation=row, now=NOW)
        body = replace(content(ready.lead), target_institution=None, outside_name="省人民医院")
        out = referrals.log_referral(by=ready.zhao, person=row.person, content=body, now=NOW)
        down = content(ready.shiqiao, direction="down", reason="stable")
        home = referrals.log_referral(by=ready.lin, person=row.person, content=down, now=NOW)
        for referral in (out, home):
            services.link_referral(by=ready.zhao, episode=episode, referral=referral, now=NOW)
        home = referrals.accept(by=ready.zhao, referral=home, now=after(hours=1))
        home = referrals.arrive(by=ready.zhao, referral=home, now=after(hours=2))
        home = referrals.complete(by=ready.zhao, referral=home, now=after(hours=3), reply="稳定")
        assert home.state == "followup_due"
    page = ready.client("zhao").get(f"/a/qinghe/episodes/{episode.pk}/").content.decode()
    assert "省人民医院" in page
    with act_in(ready.qinghe):
        names = ("consultation", "up", "down", "rehabilitation")
        found = line.stages([row], [out, home], None)
        assert dict(zip(names, (stage.state for stage in found), strict=True))["down"] == "done"


def test_a_test_of_the_laboratory_counts_in_the_mean_wait(qinghe: World) -> None:
    answered(qinghe, read(qinghe, "laboratory"), now=after(hours=3))
    answered(qinghe, asked(qinghe, serial=2), now=after(hours=1))
    assert figures.lines(qinghe.luo, NOVEMBER, "institution")[1].wait == timedelta(hours=2)
