"""The whole form: places outside, what departments offer, papers, filing and benefit, diagnoses by search."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from alliance.services import parameters
from alliance.tenancy.scope import act_in
from referrals import services
from referrals.models import OutsidePlace, Reception, Referral, ReferralFile
from referrals.services import ReferralRefused, papers, reception
from tests.performance import scene as performance
from tests.referrals.scene import NOW, SOON, content, logged, minutes, number_of, patient, prepare
from tests.world import World, make_world

DAY = date(2026, 11, 12)
LOG = "/a/qinghe/referrals/log/?direction=up"


@pytest.fixture
def ready(world: World, tmp_path: Any) -> Iterator[World]:
    with act_in(world.qinghe):
        prepare(world)
    with override_settings(MEDIA_ROOT=tmp_path):
        yield world


def typed(world: World, **change: Any) -> dict[str, Any]:
    return {
        "id_number": number_of(1), "name": "龚建良", "diagnosis_name": "心力衰竭",
        "diagnosis_code": "I50.900", "reason": "difficult", "summary": "活动后气促 3 天。",
        "target": f"i{world.lead.pk}", "urgency": "urgent", "consent": "on",
    } | change  # fmt: skip


def describe(world: World, slots: int | None = 1, **what: Any) -> Reception:
    room = world.lead.departments.get()
    fields = {"offers": "溶栓、取栓", "daily_slots": slots, "phone": "6120", "is_open": True} | what
    return reception.describe(by=world.lin, institution=world.lead, department=room, now=NOW, **fields)


def test_a_place_outside_is_kept_by_name_and_the_sender_records_its_answers(qinghe: World) -> None:
    for number in (1, 2):
        body = replace(content(qinghe.lead), target_institution=None, outside_name="省人民医院")
        referral = services.log_referral(
            by=qinghe.zhao, person=patient(qinghe.zhao, number), content=body, now=NOW
        )
    assert OutsidePlace.objects.get().name == "省人民医院"
    assert (referral.target_name, referral.target_institution) == ("省人民医院", None)
    assert [step.name for step in referral.steps_for(qinghe.zhao)] == ["accept", "ask", "decline", "cancel"]
    assert list(referral.steps_for(qinghe.lin)) == []
    referral = services.accept(by=qinghe.zhao, referral=referral, now=SOON, note="电话同意")
    assert services.arrive(by=qinghe.zhao, referral=referral, now=minutes(90)).state == "arrived"
    with pytest.raises(ReferralRefused) as caught:
        services.log_referral(
            by=qinghe.zhao, person=patient(qinghe.zhao, 3), now=NOW,
            content=replace(content(qinghe.lead), target_institution=None),
        )  # fmt: skip
    assert caught.value.reason == "outside_name"


def test_a_referral_goes_to_one_place_only_even_by_sql(qinghe: World) -> None:
    referral = logged(qinghe)
    place = OutsidePlace.objects.create(name="省人民医院")
    for change in ({"outside": place}, {"target_institution": None}):
        with pytest.raises(IntegrityError, match="referral_one_target"), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(**change)


def test_only_the_institution_describes_its_departments(qinghe: World) -> None:
    row = describe(qinghe, slots=3)
    assert (row.daily_slots, Reception.objects.count()) == (3, 1)
    describe(qinghe, slots=4)
    assert Reception.objects.get().daily_slots == 4
    for name in ("zhao", "wu", "luo"):
        with pytest.raises(PermissionDenied):
            reception.describe(
                by=qinghe.people[name], institution=qinghe.lead, department=None, now=NOW, offers="x"
            )


def test_an_appointment_takes_one_place_of_the_day_and_gives_it_back(qinghe: World) -> None:
    room = qinghe.lead.departments.get()
    describe(qinghe, slots=1)
    first, second = (
        services.accept(by=qinghe.lin, referral=logged(qinghe, serial=serial), now=SOON) for serial in (1, 2)
    )
    first = services.schedule(
        by=qinghe.lin, referral=first, now=SOON, planned_at=minutes(60), department=room
    )
    assert reception.offers([qinghe.lead], on=DAY)[0].free == 0
    with pytest.raises(ReferralRefused) as caught:
        services.schedule(by=qinghe.lin, referral=second, now=SOON, planned_at=minutes(90), department=room)
    assert (caught.value.reason, Referral.objects.get(pk=second.pk).state) == ("no_slot", "accepted")
    # The same patient moves within the day, another day is free, and who does not come frees the place.
    first = services.schedule(by=qinghe.lin, referral=first, now=SOON, planned_at=minutes(120))
    services.no_show(by=qinghe.lin, referral=first, now=minutes(130))
    assert services.schedule(
        by=qinghe.lin, referral=second, now=SOON, planned_at=minutes(150), department=room
    ).target_department == room  # fmt: skip


def test_eight_at_once_take_one_place(own_database: str) -> None:
    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        prepare(world)
        describe(world, slots=1)
        room = world.lead.departments.get()
        rows = [
            services.accept(by=world.lin, referral=logged(world, serial=n), now=SOON) for n in range(1, 9)
        ]
    start, outcomes = threading.Barrier(8), []

    def give(row: Referral) -> None:
        try:
            with transaction.atomic(), act_in(world.qinghe):
                start.wait(10)
                services.schedule(
                    by=world.lin, referral=row, now=SOON, planned_at=minutes(60), department=room
                )
            outcomes.append("given")
        except ReferralRefused as refusal:
            outcomes.append(refusal.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["given", *["no_slot"] * 7]


def test_a_department_that_takes_no_referrals_is_not_offered(qinghe: World) -> None:
    describe(qinghe, is_open=False)
    assert reception.offers([qinghe.lead], on=DAY) == []
    assert len(reception.described(qinghe.lead)) == 1


def test_papers_are_read_by_the_two_sides_only(ready: World) -> None:
    scan = SimpleUploadedFile("心电图.pdf", b"%PDF-1.4 x", "application/pdf")
    answer = ready.client("zhao").post(LOG, typed(ready, attachment=scan))
    assert answer.status_code == 302
    with act_in(ready.qinghe):
        row = ReferralFile.objects.get()
    address = f"/a/qinghe/referrals/{row.referral_id}/files/{row.pk}/"
    for name, status in (("zhao", 200), ("lin", 200), ("tan", 404), ("luo", 404), ("qian", 404)):
        assert ready.client(name).get(address).status_code == status, name
    body = b"".join(ready.client("lin").get(address).streaming_content)
    assert body == b"%PDF-1.4 x"
    again = f"/a/qinghe/referrals/{row.referral_id}/files/"
    wrong = SimpleUploadedFile("x.pdf", b"MZ", "application/pdf")
    assert ready.client("lin").post(again, {"attachment": wrong}).status_code == 400
    more = SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n1", "image/png")
    assert ready.client("lin").post(again, {"attachment": more}).status_code == 302
    assert "心电图.pdf" in ready.client("lin").get(f"/a/qinghe/referrals/{row.referral_id}/").content.decode()


def test_the_filing_begins_open_for_an_insured_patient_going_up(qinghe: World) -> None:
    assert logged(qinghe, insurance="resident").filing == "to_file"
    assert logged(qinghe, serial=2, insurance="self").filing == "not_needed"
    referral = logged(qinghe, serial=3)
    with pytest.raises(PermissionDenied):
        papers.file_insurance(by=qinghe.lin, referral=referral, number="BA1")
    with pytest.raises(ReferralRefused):
        papers.file_insurance(by=qinghe.zhao, referral=referral, number=" ")
    filed = papers.file_insurance(by=qinghe.zhao, referral=referral, number=" BA202611120001 ")
    assert (filed.filing, filed.filing_no) == ("filed", "BA202611120001")


def test_the_benefit_goes_by_the_level_of_the_receiver(qinghe: World) -> None:
    assert papers.benefit(qinghe.lead, on=DAY) == ("起付线连续计算", Decimal(75))
    assert papers.benefit(qinghe.shiqiao, on=DAY)[1] == Decimal(85)
    assert papers.benefit(None, on=DAY)[1] is None


def test_filing_and_benefit_stand_on_the_page_and_the_address_is_sealed(ready: World) -> None:
    ready.client("zhao").post(LOG, typed(ready, address="石桥镇东街 3 号", insurance="resident"))
    with act_in(ready.qinghe):
        referral = Referral.objects.get()
        with connection.cursor() as cursor:
            cursor.execute("select address from referrals_referral where id = %s", [referral.pk])
            assert "东街".encode() not in bytes(cursor.fetchone()[0])
    page = ready.client("lin").get(f"/a/qinghe/referrals/{referral.pk}/").content.decode()
    assert ("石桥镇东街 3 号" in page, "待备案" in page, "起付线连续计算 · 75%" in page) == (True,) * 3
    office = ready.client("luo").get(f"/a/qinghe/referrals/{referral.pk}/").content.decode()
    assert "东街" not in office
    sent = ready.client("zhao").post(f"/a/qinghe/referrals/{referral.pk}/filing/", {"filing_no": "BA1"})
    assert sent.status_code == 302


@pytest.mark.parametrize("typed_text", ["J18.900", "肺炎", "fy"])
def test_diagnoses_are_found_by_code_name_and_initials(ready: World, typed_text: str) -> None:
    performance.adopt(ready)
    page = ready.client("zhao").post("/a/qinghe/referrals/diagnoses/", {"diagnosis_code": typed_text})
    assert (page.status_code, "肺炎" in page.content.decode()) == (200, True)
    assert 'data-value="J' in page.content.decode()


def test_no_place_is_chosen_beforehand_and_the_last_one_is_offered_first(ready: World) -> None:
    zhao = ready.client("zhao")
    zhao.post(LOG, typed(ready))
    page = zhao.get(LOG).content.decode()
    choice = page[page.index('name="target"') : page.index("<optgroup")]
    assert [part.split('"')[0] for part in choice.split('option value="')[1:]] == ["", f"i{ready.lead.pk}"]
    assert "同上次" in choice and '<option value="" selected' in choice
    refused = zhao.post(LOG, typed(ready, id_number=number_of(2), target=""))
    assert refused.status_code == 400 and 'id="id_target_error"' in refused.content.decode()
    assert 'type="radio" name="urgency" value="ordinary"' in page


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00", "1900-01-01T08:00", "2026-11-11T23:00", "2028-01-01T08:00", "9999-12-31T23:59"]
)
def test_an_impossible_day_of_arrival_is_refused_beside_its_field(ready: World, at: str) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = ready.client("zhao").post(LOG, typed(ready, expected_at=at))
    page = answer.content.decode()
    assert answer.status_code == 400 and 'id="id_expected_at_error"' in page
    assert "预计到达时间应在 11-12 至 2027-11-13 之间" in page and f'value="{at}"' in page


def test_a_day_of_arrival_and_an_appointment_lie_within_a_year(qinghe: World) -> None:
    day = timedelta(days=1)
    row = logged(qinghe, expected_at=NOW + 3 * day)
    with pytest.raises(ReferralRefused) as caught:
        services.amend(
            by=qinghe.zhao, referral=row, version=1, content=content(qinghe.lead, expected_at=NOW - 3 * day)
        )
    assert caught.value.reason == caught.value.field == "expected_at"
    row = services.accept(by=qinghe.lin, referral=row, now=SOON)
    for at, reason in ((NOW + 900 * day, "planned_far"), (NOW - day, "planned_past")):
        with pytest.raises(ReferralRefused) as caught:
            services.schedule(by=qinghe.lin, referral=row, now=SOON, planned_at=at)
        assert (caught.value.reason, caught.value.field) == (reason, "planned_at")


def test_how_far_ahead_is_the_committees_to_say(qinghe: World) -> None:
    row = services.accept(by=qinghe.lin, referral=logged(qinghe), now=SOON)
    parameters.decide(
        by=qinghe.su, key="referral.farthest", value=30, from_date=NOW.date(), decided_by="理事会"
    )
    with pytest.raises(ReferralRefused) as caught:
        services.schedule(by=qinghe.lin, referral=row, now=SOON, planned_at=NOW + timedelta(days=31))
    assert (caught.value.reason, caught.value.params["last"]) == ("planned_far", date(2026, 12, 12))


def test_nobody_files_a_patient_who_does_not_go(ready: World) -> None:
    with act_in(ready.qinghe):
        row = logged(ready, insurance="resident")
        gone = services.decline(by=ready.lin, referral=row, now=SOON, reason="no_bed")
        with pytest.raises(ReferralRefused) as caught:
            papers.file_insurance(by=ready.zhao, referral=gone, number="BA1")
        assert caught.value.reason == "finished"
    page = ready.client("zhao").get(f"/a/qinghe/referrals/{row.pk}/").content.decode()
    assert "无需备案：患者未转" in page and "待备案" not in page and "/filing/" not in page


def test_departments_show_what_is_free(ready: World) -> None:
    with act_in(ready.qinghe):
        describe(ready, slots=3)
    assert "今日余 3 · 溶栓、取栓" in ready.client("zhao").get(LOG).content.decode()
    lin = ready.client("lin")
    assert "0 / 3" in lin.get("/a/qinghe/referrals/reception/").content.decode()
    with act_in(ready.qinghe):
        room = ready.lead.departments.get()
    edit = f"/a/qinghe/referrals/reception/{room.pk}/"
    changed = lin.post(edit, {"offers": "CT", "daily_slots": "5", "phone": "6120", "is_open": "on"})
    assert changed.status_code == 302
    assert ready.client("zhao").get(edit).status_code == 404
    assert ready.client("wu").get(edit).status_code == 403


@time_machine.travel(NOW, tick=False)
def test_who_gives_an_appointment_sees_what_is_free_and_chooses_the_room(ready: World) -> None:
    with act_in(ready.qinghe):
        describe(ready, slots=3)
        room = ready.lead.departments.get()
        first, second = (
            services.accept(by=ready.lin, referral=logged(ready, serial=n), now=NOW) for n in (1, 2)
        )
        services.schedule(by=ready.lin, referral=first, now=NOW, planned_at=minutes(1500), department=room)
    lin, page = ready.client("lin"), f"/a/qinghe/referrals/{second.pk}/"
    assert "内科 · 空余：11-12 3, 11-13 2, 11-14 3" in lin.get(page).content.decode()
    when = {"planned_at": "2026-11-13T09:00", "department": str(room.pk)}
    with act_in(ready.qinghe):
        other = ready.shiqiao.departments.get()
    assert lin.post(f"{page}schedule/", when | {"department": str(other.pk)}).status_code == 400
    assert lin.post(f"{page}schedule/", when).status_code == 302
    with act_in(ready.qinghe):
        assert Referral.objects.get(pk=second.pk).target_department == room
