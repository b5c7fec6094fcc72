"""The emergency whole (practice 8): seconds, no code, no refusal, five minutes, form within the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from alliance.models import Journal, Person
from alliance.models.base import Stale
from alliance.services import journal
from alliance.tenancy.scope import act_in
from referrals import facts, services, waiting
from referrals.facts import Month
from referrals.models import Referral
from referrals.services import ReferralRefused, emergency, reception
from referrals.tasks import run_clocks
from tests.referrals.scene import NOW, SOON, content, logged, minutes, number_of, patient, prepare
from tests.world import World, make_world


@pytest.fixture
def ready(world: World) -> Iterator[World]:
    with act_in(world.qinghe):
        prepare(world)
        centre(world)
    yield world


def centre(world: World) -> None:
    room = world.lead.departments.get()
    reception.describe(
        by=world.lin, institution=world.lead, department=room, now=NOW, offers="", daily_slots=None,
        phone="6120", is_open=True, emergencies=["stroke"], on_duty="秦以宁", present="可溶栓、可取栓",
    )  # fmt: skip


def send(world: World, now: Any = NOW, **change: Any) -> Referral:
    fields: dict[str, Any] = {"suspected": "stroke", "target": world.lead, "phone": "13800002296"}
    return emergency.send(by=world.zhao, call=emergency.Call(**(fields | change)), now=now)


def test_an_emergency_needs_no_code_no_consent_and_no_name(qinghe: World) -> None:
    row = send(qinghe, who="男，约 65 岁", onset_at=minutes(-41), last_well=True, telephoned=True)
    assert (row.person, row.diagnosis_code, row.consent, row.state) == (None, "", False, "submitted")
    assert (row.answer_rule, row.answer_due_at) == ("M5", minutes(5))
    assert (row.form_rule, row.form_due_at) == ("H24", NOW + timedelta(hours=24))
    assert (row.logged_at, row.telephoned_at, row.onset_kind) == (NOW, NOW, "last_well")
    assert (row.patient_name, row.patient_masked) == ("男，约 65 岁", "身份未明")
    assert list(emergency.centres("stroke", origin=qinghe.shiqiao)) == []


def test_a_known_number_names_the_patient_at_once_and_links_the_live_referral(qinghe: World) -> None:
    older = logged(qinghe)
    row = send(qinghe, who=number_of(1))
    assert (row.person, row.previous) == (older.person, older)
    assert Referral.objects.live().count() == 2  # the rule of one live referral does not hold here


def test_only_an_emergency_may_lack_its_patient(qinghe: World) -> None:
    row = logged(qinghe)
    with pytest.raises(IntegrityError, match="referral_person"), transaction.atomic():
        Referral.objects.filter(pk=row.pk).update(person=None)


def test_the_receiver_accepts_or_diverts_and_nothing_else(qinghe: World) -> None:
    row = send(qinghe)
    assert [step.name for step in row.steps_for(qinghe.lin)] == ["accept", "divert"]
    with pytest.raises(ReferralRefused):
        services.decline(by=qinghe.lin, referral=row, now=SOON, reason="no_bed")
    ordinary = logged(qinghe)
    with pytest.raises(Stale):
        emergency.divert(by=qinghe.lin, referral=ordinary, now=SOON, to=qinghe.tcm, agreed_by="谭一鸣")


def test_diverting_names_who_agreed_and_takes_everything_along(qinghe: World) -> None:
    row = send(qinghe, who="女，约 30 岁", onset_at=minutes(-20))
    for to, agreed, refusal in (
        (qinghe.tcm, " ", "agreed_by"), (qinghe.shiqiao, "x", "divert_target"),
        (qinghe.lead, "x", "divert_target"),
    ):  # fmt: skip
        with pytest.raises(ReferralRefused) as caught:
            emergency.divert(by=qinghe.lin, referral=row, now=SOON, to=to, agreed_by=agreed)
        assert caught.value.reason == refusal
    new = emergency.divert(
        by=qinghe.lin, referral=row, now=minutes(3), to=qinghe.tcm, agreed_by="谭一鸣", note="导管室占用"
    )
    old = Referral.objects.get(pk=row.pk)
    assert (old.state, old.answered_at, new.previous) == ("diverted", minutes(3), old)
    assert (new.state, new.target_institution, new.agreed_by) == ("submitted", qinghe.tcm, "谭一鸣")
    assert (new.answer_due_at, new.form_due_at, new.onset_at) == (minutes(8), row.form_due_at, row.onset_at)
    assert new.patient_name == "女，约 30 岁"
    said = journal.steps_of(old).last()
    assert said is not None and "谭一鸣" in said.note and "导管室占用" in said.note
    assert [step.name for step in new.steps_for(qinghe.tan)] == ["accept", "divert"]
    # The sender's form is asked for once, at the hospital that takes the patient.
    assert waiting.count(qinghe.zhao, minutes(10))["forms"] == 1
    # To divert is no acceptance and no refusal of the first hospital.
    month = {fact.institution: fact.counts for fact in facts.referral_facts(Month(2026, 11))}
    lead, tcm = month["QH01"], month["QH02"]
    assert (lead["referrals_received"], lead["referrals_accepted"], lead["referrals_declined"]) == (1, 0, 0)
    assert tcm["referrals_received"] == 1


def test_five_minutes_without_an_answer_are_escalated_once(qinghe: World) -> None:
    row = send(qinghe)
    logged(qinghe, serial=2)
    assert emergency.escalate(minutes(5)) == 0  # the last instant is in time
    assert emergency.escalate(minutes(6)) == 1
    assert emergency.escalate(minutes(7)) == 0
    assert Referral.objects.get(pk=row.pk).escalated_at == minutes(6)
    assert Journal.objects.get(verb="referral.escalated").about_id == row.pk


def test_the_clock_runs_by_itself_outside_any_request(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        centre(world)
        row = send(world)
    run_clocks()
    with transaction.atomic(), act_in(world.qinghe):
        assert Referral.objects.get(pk=row.pk).escalated_at is not None


def test_both_times_are_kept_system_and_telephone(qinghe: World) -> None:
    row = send(qinghe)
    told = emergency.telephoned(by=qinghe.zhao, referral=row, now=NOW + timedelta(seconds=25))
    assert (told.logged_at, told.telephoned_at) == (NOW, NOW + timedelta(seconds=25))
    with pytest.raises(Stale):
        emergency.telephoned(by=qinghe.zhao, referral=told, now=minutes(9))


def test_the_form_is_asked_for_until_it_is_complete_and_late_after_a_day(qinghe: World) -> None:
    row = services.accept(by=qinghe.lin, referral=send(qinghe, who="男，约 65 岁"), now=minutes(2))
    assert waiting.count(qinghe.zhao, minutes(3))["forms"] == 1
    assert list(Referral.objects.late(NOW + timedelta(hours=25))) == [row]
    for change in ({"diagnosis_code": ""}, {"summary": ""}):
        with pytest.raises(ReferralRefused):
            emergency.complete_form(
                by=qinghe.zhao, referral=row, person=None, now=minutes(60),
                content=content(qinghe.lead, urgency="critical", **change),
            )  # fmt: skip
    done = emergency.complete_form(
        by=qinghe.zhao, referral=row, person=patient(qinghe.zhao), now=minutes(60),
        content=content(qinghe.lead, urgency="critical", consent=False, diagnosis_code="I63.900"),
    )  # fmt: skip
    assert (done.person, done.diagnosis_code, done.consent) == (Person.objects.get(), "I63.900", False)
    assert (done.form_completed_at, done.state) == (minutes(60), "accepted")
    assert waiting.count(qinghe.zhao, minutes(61))["forms"] == 0
    with pytest.raises(ReferralRefused) as caught:
        emergency.complete_form(
            by=qinghe.zhao, referral=done, person=None, now=minutes(61), content=content(qinghe.lead)
        )
    assert caught.value.reason == "form_done"


def test_the_page_says_whom_to_call_and_sends_with_one_choice(ready: World) -> None:
    zhao = ready.client("zhao")
    page = zhao.get("/a/qinghe/referrals/emergency/?suspected=stroke").content.decode()
    assert 'href="tel:120"' in page and 'href="tel:6120"' in page
    assert "秦以宁" in page and "可溶栓、可取栓" in page
    calls = zhao.get(
        "/a/qinghe/referrals/emergency/?suspected=trauma",
        headers={"HX-Request": "true", "HX-Target": "calls"},
    ).content.decode()
    assert "6120" not in calls and "<html" not in calls
    refused = zhao.post("/a/qinghe/referrals/emergency/", {"who": "男，约 65 岁"})
    assert refused.status_code == 400 and "男，约 65 岁" in refused.content.decode()
    sent = zhao.post(
        "/a/qinghe/referrals/emergency/",
        {"suspected": "stroke", "target": f"i{ready.lead.pk}", "who": "男，约 65 岁", "phone": "13800002296"},
    )
    assert sent.status_code == 302
    with act_in(ready.qinghe):
        row = Referral.objects.get()
    assert (row.suspected, row.contact_phone) == ("stroke", "13800002296")
    assert 'value="13800002296"' in zhao.get("/a/qinghe/referrals/emergency/").content.decode()


def test_the_pages_of_an_unknown_patient_work_for_both_sides(ready: World) -> None:
    with act_in(ready.qinghe):
        row = send(ready, who="男，约 65 岁")
    page = f"/a/qinghe/referrals/{row.pk}/"
    assert "男，约 65 岁" in ready.client("lin").get(page).content.decode()
    shown = ready.client("lin").get("/a/qinghe/referrals/").content.decode()
    assert "身份未明" in shown and "约 65" not in shown
    assert ready.client("lin").get(f"/api/v1/referrals/{row.pk}/").json()["person"] is None
    assert ready.client("zhao").post(f"{page}telephoned/").status_code == 302
    more = {"diagnosis_name": "卒中", "reason": "critical", "version": 2, "treatment": "已吸氧"}
    assert ready.client("zhao").post(f"{page}change/", more).status_code == 302, "no code yet, and none asked"
    diverted = ready.client("lin").post(f"{page}divert/", {"to": ready.tcm.pk, "agreed_by": "谭一鸣"})
    assert diverted.status_code == 302
    with act_in(ready.qinghe):
        new = Referral.objects.latest("pk")
    form = f"/a/qinghe/referrals/{new.pk}/form/"
    assert ready.client("zhao").get(form).status_code == 200
    assert ready.client("tan").get(form).status_code == 403
    words = {
        "diagnosis_code": "I63.900", "diagnosis_name": "脑梗死", "reason": "critical",
        "summary": "右侧肢体无力。",
        "id_number": number_of(1), "name": "龚建良", "version": new.version,
    }  # fmt: skip
    assert ready.client("zhao").post(form, words | {"summary": ""}).status_code == 400
    assert ready.client("zhao").post(form, words).status_code == 302
    with act_in(ready.qinghe):
        assert Referral.objects.get(pk=new.pk).person == Person.objects.get()
