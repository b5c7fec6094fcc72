"""Places outside the alliance: who refers there records what they said, and is reminded of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from alliance.models import Membership
from alliance.tenancy.scope import act_in
from referrals import services, waiting
from referrals.models import Referral
from referrals.services import ReferralRefused, board, emergency, moves
from tests.referrals.scene import NOW, SOON, content, logged, minutes, patient, prepare
from tests.world import World, member

PROVINCE = "省人民医院"


@pytest.fixture
def ready(world: World) -> Iterator[World]:
    with act_in(world.qinghe):
        prepare(world)
    yield world


def village(world: World) -> Membership:
    """The family doctor of a village room, where nobody else works."""
    world.people["bai"] = member("bai", "白守宁", world.liulin, "family_doctor")
    return world.people["bai"]


def sent_outside(world: World, by: Membership, **change: Any) -> Referral:
    body = replace(content(world.lead, **change), target_institution=None, outside_name=PROVINCE)
    return services.log_referral(by=by, person=patient(by), content=body, now=NOW)


def test_who_may_refer_records_what_the_place_outside_said(qinghe: World) -> None:
    bai = village(qinghe)
    row = sent_outside(qinghe, bai)
    assert [step.name for step in row.steps_for(bai)] == ["accept", "ask", "decline", "cancel"]
    row = services.accept(by=bai, referral=row, now=SOON)
    row = services.arrive(by=bai, referral=row, now=minutes(90))
    assert services.complete(by=bai, referral=row, now=minutes(120), reply="已手术").state == "completed"
    with pytest.raises(PermissionDenied):  # nobody presses the steps of the clock, here neither
        moves.take("expire", by=bai, referral=row, now=minutes(130))


def test_it_waits_for_its_sender_and_is_late_at_the_senders_door(qinghe: World) -> None:
    row = sent_outside(qinghe, qinghe.zhao)
    assert waiting.count(qinghe.zhao, SOON)["ahead"] == 1
    assert waiting.count(qinghe.lin, SOON)["ahead"] == 0
    assert board.doors(qinghe.luo, NOW + timedelta(days=1)) == [(qinghe.shiqiao.pk, "answer", 1)]
    services.accept(by=qinghe.zhao, referral=row, now=SOON)
    assert waiting.count(qinghe.zhao, SOON)["expected"] == 1


def test_a_down_referral_reaches_the_family_doctor_of_a_village_room(qinghe: World) -> None:
    bai = village(qinghe)
    row = logged(qinghe, by="lin", target="liulin", direction="down", reason="stable", urgency="ordinary")
    assert [step.name for step in row.steps_for(bai)] == ["accept", "ask", "decline"]
    row = services.accept(by=bai, referral=row, now=SOON)
    assert services.arrive(by=bai, referral=row, now=minutes(60)).followup_due_at is not None


def test_an_emergency_is_diverted_to_a_hospital_outside_that_has_said_yes(qinghe: World) -> None:
    call = emergency.Call(suspected="stroke", target=qinghe.lead, who="男，约 65 岁")
    row = emergency.send(by=qinghe.zhao, call=call, now=NOW)
    both: dict[str, Any] = {"to": qinghe.tcm, "outside_name": PROVINCE}
    for wrong in (both, {"outside_name": " "}):
        with pytest.raises(ReferralRefused) as caught:
            emergency.divert(by=qinghe.lin, referral=row, now=SOON, agreed_by="值班总值", **wrong)
        assert caught.value.reason == "divert_target"
    new = emergency.divert(
        by=qinghe.lin, referral=row, now=minutes(3), outside_name=PROVINCE, agreed_by="值班总值"
    )
    assert (new.target_name, new.target_institution, new.state) == (PROVINCE, None, "accepted")
    assert (new.answered_at, new.agreed_by, new.form_due_at) == (minutes(3), "值班总值", row.form_due_at)
    assert Referral.objects.get(pk=row.pk).state == "diverted"
    assert emergency.escalate(minutes(30)) == 0  # answered: nobody is called out of bed for it
    assert "arrive" in [step.name for step in new.steps_for(qinghe.zhao)]


def test_an_emergency_goes_outside_by_the_page_and_its_form_is_completed(ready: World) -> None:
    zhao = ready.client("zhao")
    typed = {"suspected": "chest_pain", "target": "o", "outside_name": ""}
    assert zhao.post("/a/qinghe/referrals/emergency/", typed).status_code == 400
    answer = zhao.post("/a/qinghe/referrals/emergency/", typed | {"outside_name": PROVINCE})
    assert answer.status_code == 302
    form = {
        "version": 1, "diagnosis_name": "急性心肌梗死", "diagnosis_code": "I21.900", "reason": "critical",
        "summary": "胸痛 40 分钟。", "name": "龚建良", "sex": "1", "birth_date": "1959-03-12",
    }  # fmt: skip
    assert zhao.post(f"{answer['Location']}form/", form).status_code == 302
    with act_in(ready.qinghe):
        row = Referral.objects.get()
        assert (row.target_name, row.diagnosis_code, row.form_completed_at is None) == (
            PROVINCE, "I21.900", False,
        )  # fmt: skip


def test_the_sender_finds_where_a_diverted_emergency_went(ready: World) -> None:
    with act_in(ready.qinghe):
        call = emergency.Call(suspected="stroke", target=ready.lead)
        row = emergency.send(by=ready.zhao, call=call, now=NOW)
    page = f"/a/qinghe/referrals/{row.pk}/"
    said = {"to": "", "outside_name": PROVINCE, "agreed_by": "值班总值"}
    lin = ready.client("lin")
    assert ready.client("zhao").post(f"{page}divert/", said).status_code == 403
    assert lin.post(f"{page}divert/", said | {"agreed_by": ""}).status_code == 400
    assert lin.post(f"{page}divert/", said).status_code == 302
    with act_in(ready.qinghe):
        new = Referral.objects.get(previous=row)
    lin.get(page)  # the sentence after the step names it once
    assert new.number in ready.client("zhao").get(page).content.decode()
    assert new.number not in lin.get(page).content.decode()  # no side of it: no dead link
