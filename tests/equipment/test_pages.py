"""Pages of equipment: calendar, booking from it, lists, steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse, set_script_prefix

from alliance.equipment import inbox, services
from alliance.equipment.models import Booking, Usage, Waiting
from alliance.models import Journal
from tests.equipment.scene import NOW, at, booked, fill, item, patient, scanner
from tests.referrals.scene import number_of
from tests.world import World


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def url(name: str, *args: object) -> str:
    set_script_prefix("/a/qinghe/")
    try:
        return reverse(name, "config.alliance_urls", args=args)
    finally:
        set_script_prefix("/")


def get(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == status
    return response.content.decode()


def form(device: Any, clock: str = "2026-11-16T09:30", **change: str) -> dict[str, str]:
    found = device.items.first() or item(device)
    body = {"starts_at": clock, "item": str(found.pk), "name": "龚建良", "id_number": number_of(1)}
    return body | change


def test_the_list_names_what_may_be_booked(qinghe: World) -> None:
    scanner(qinghe)
    scanner(qinghe, code="CT1", name="自用 CT", kind="ct", shared=False)
    assert "自用 CT" not in get(qinghe.client("zhao"), url("equipment"))
    assert "自用 CT" in get(qinghe.client("lin"), url("equipment"))


def test_the_calendar_shows_free_cells_to_book_and_blocks_without_names(qinghe: World) -> None:
    device = scanner(qinghe)
    booked(qinghe, device, "09:30", by="lin")
    booked(qinghe, device, "10:00", by="tan", serial=2)
    page = get(qinghe.client("zhao"), f"{url('device', device.pk)}?day=2026-11-16")
    assert "at=2026-11-16T09%3A00" in page and "at=2026-11-16T09%3A30" not in page
    assert "龚" not in page and "Own hospital, 1 patient" in page and "清河县中医医" in page
    assert page.count("<table") == 1 and "12:00 to 14:00 closed" in page


def test_the_booking_form_opens_at_the_chosen_time_and_books(qinghe: World) -> None:
    device, zhao = scanner(qinghe), qinghe.client("zhao")
    item(device)
    page = get(zhao, f"{url('device', device.pk)}?at=2026-11-16T09:30")
    assert 'id="book"' in page and "420.00" in page
    response = zhao.post(url("equipment-book", device.pk), form(device))
    made = Booking.objects.get()
    assert response.status_code == 302 and response.url.endswith(url("equipment-booking", made.pk))
    assert (made.starts_at, made.institution) == (at("09:30"), qinghe.shiqiao)


def test_a_time_that_is_gone_is_409_and_keeps_what_was_typed(qinghe: World) -> None:
    device = scanner(qinghe)
    booked(qinghe, device, "09:30", by="lin", serial=2)
    response = qinghe.client("zhao").post(url("equipment-book", device.pk), form(device))
    assert response.status_code == 409
    page = response.content.decode()
    assert "龚建良" in page and "刚被约走" in page
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "姓名"),
        ({"id_number": "12"}, "身份证"),
        ({"item": ""}, "检查项目"),
        ({"starts_at": "2026-11-16T12:00"}, "不开机"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(qinghe: World, change: dict[str, str], said: str) -> None:
    device = scanner(qinghe)
    response = qinghe.client("zhao").post(url("equipment-book", device.pk), form(device, **change))
    assert response.status_code == 400
    assert said in response.content.decode()


def test_teaching_takes_the_minutes_typed_and_costs_no_examination(qinghe: World) -> None:
    device, zhao = scanner(qinghe), qinghe.client("zhao")
    teaching = form(device, purpose="teaching", name="", id_number="")
    assert zhao.post(url("equipment-book", device.pk), teaching).status_code == 400
    assert zhao.post(url("equipment-book", device.pk), teaching | {"minutes": "60"}).status_code == 302
    made = Booking.objects.get()
    assert (made.minutes, made.item, made.person) == (60, None, None)


def test_safety_questions_are_confirmed_one_by_one(qinghe: World) -> None:
    device, zhao = scanner(qinghe, safety="无起搏器、金属植入物\n已告知检查时间与地点"), qinghe.client("zhao")
    response = zhao.post(url("equipment-book", device.pk), form(device, safety_0="on"))
    assert response.status_code == 400 and not Booking.objects.exists()
    zhao.post(url("equipment-book", device.pk), form(device, safety_0="on", safety_1="on"))
    assert Booking.objects.get().safety_confirmed


def test_the_page_of_a_booking_is_read_in_the_journal_and_offers_each_side_its_steps(qinghe: World) -> None:
    made = booked(qinghe, scanner(qinghe), "09:30")
    page = get(qinghe.client("zhao"), url("equipment-booking", made.pk))
    assert "龚建良" in page and "Cancel the booking" in page and "Record the use" not in page
    assert "Record the use" in get(qinghe.client("kong"), url("equipment-booking", made.pk))
    assert Journal.objects.filter(verb="patient.read", about_id=made.pk).count() == 2
    get(qinghe.client("tan"), url("equipment-booking", made.pk), 404)
    assert "龚建良" not in get(qinghe.client("luo"), url("equipment-booking", made.pk))


def test_steps_from_the_page(qinghe: World) -> None:
    device = scanner(qinghe)
    made, zhao = booked(qinghe, device, "09:30"), qinghe.client("zhao")
    act = url("equipment-booking-act", made.pk, "cancel")
    assert zhao.post(act, {"reason": "other"}).status_code == 400
    moved = zhao.post(
        url("equipment-booking-act", made.pk, "move") + "?version=1", {"starts_at": "2026-11-16T10:00"}
    )
    after = Booking.objects.get(previous=made)
    assert moved.url.endswith(url("equipment-booking", after.pk))
    assert zhao.post(act + "?version=1", {"reason": "patient"}).status_code == 409
    assert (
        zhao.post(url("equipment-booking-act", after.pk, "cancel"), {"reason": "patient"}).status_code == 302
    )
    assert zhao.post(url("equipment-booking-act", after.pk, "fly")).status_code == 404


def test_another_time_is_chosen_in_the_calendar(qinghe: World) -> None:
    made = booked(qinghe, scanner(qinghe), "09:30")
    page = get(qinghe.client("zhao"), f"{url('device', made.device_id)}?move={made.pk}&at=2026-11-16T11:00")
    assert "Move to" in page and url("equipment-booking-act", made.pk, "move") in page


def test_a_taken_time_for_a_move_is_409(qinghe: World) -> None:
    device = scanner(qinghe)
    made = booked(qinghe, device, "09:30")
    booked(qinghe, device, "10:00", serial=2)
    body = {"starts_at": "2026-11-16T10:00"}
    response = qinghe.client("zhao").post(url("equipment-booking-act", made.pk, "move"), body)
    assert response.status_code == 409 and Booking.objects.get(pk=made.pk).state == "booked"


def test_the_owner_records_a_use_and_it_counts(qinghe: World) -> None:
    made = booked(qinghe, scanner(qinghe), "09:30")
    body = {
        "started_at": "2026-11-16T09:31",
        "ended_at": "2026-11-16T09:58",
        "fee": "420.00",
        "result_ref": "R1",
    }
    with time_machine.travel(at("18:00")):
        act = url("equipment-booking-act", made.pk, "use")
        assert qinghe.client("zhao").post(act, body).status_code == 403
        assert qinghe.client("kong").post(act, body | {"fee": "4,2"}).status_code == 400
        assert qinghe.client("kong").post(act, body).status_code == 302
    use = Usage.objects.get()
    assert (use.fee_fen, use.minutes, use.state) == (42_000, 27, "confirmed")
    assert "R1" in get(qinghe.client("zhao"), url("equipment-use", use.pk))


def test_the_waiting_list_from_the_page(qinghe: World) -> None:
    device, zhao = scanner(qinghe), qinghe.client("zhao")
    body = form(device, earliest="2026-11-16T08:00", latest="2026-11-16T12:00")
    response = zhao.post(url("equipment-wait", device.pk), body)
    assert response.status_code == 400 and "有空档" in response.content.decode()
    fill(qinghe, device, "08:00", "12:00", by="lin")
    assert zhao.post(url("equipment-wait", device.pk), body).status_code == 302
    place = Waiting.objects.get()
    assert "No. 1" in get(zhao, url("device", device.pk))
    assert qinghe.client("tan").post(url("equipment-wait-leave", place.pk)).status_code == 404
    assert zhao.post(url("equipment-wait-leave", place.pk)).status_code == 302
    assert Waiting.objects.get().state == "withdrawn"


def test_an_outage_from_the_page_shows_in_the_calendar(
    qinghe: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, kong = scanner(qinghe), qinghe.client("kong")
    booked(qinghe, device, "09:30")
    body = {
        "kind": "maintenance",
        "starts_at": "2026-11-16T09:00",
        "ends_at": "2026-11-16T11:00",
        "text": "厂家工程师",
    }
    assert qinghe.client("zhao").post(url("equipment-outage", device.pk), body).status_code == 403
    assert kong.post(url("equipment-outage", device.pk), body).status_code == 302
    page = get(kong, f"{url('device', device.pk)}?day=2026-11-16")
    assert "厂家工程师" in page and "slot out" in page
    home = get(qinghe.client("zhao"), url("home"))
    assert "1 booking lost its time to an outage" in home
    monkeypatch.setattr(inbox, "MOST", 0)  # however many there are, no further is counted
    assert "0+ booking lost its time to an outage" in get(qinghe.client("zhao"), url("home"))
    out = device.outages.get()
    assert kong.post(url("equipment-outage-lift", out.pk)).status_code == 302
    assert kong.post(url("equipment-outage-lift", out.pk)).status_code == 409


def test_uses_are_confirmed_by_device_and_month(qinghe: World) -> None:
    device = scanner(qinghe)
    with time_machine.travel(at("18:00")):
        for hour in range(3):
            begin = at("08:00") + timedelta(hours=hour)
            log = services.Log(
                device, qinghe.shiqiao, begin, begin + timedelta(minutes=30), item_name="平扫", fee_fen=100
            )
            services.record(by=qinghe.kong, log=log, now=at("18:00"))
        zhao = qinghe.client("zhao")
        page = get(zhao, url("equipment-uses"))
        assert "Confirm all" in page and "3 uses stated by" in page
        assert "3 uses to confirm" in get(zhao, url("home"))
        zhao.post(f"{url('equipment-uses-confirm')}?device={device.pk}&month=2026-11")
    assert Usage.objects.counted().count() == 3


def test_one_use_is_denied_and_taken_back(qinghe: World) -> None:
    device = scanner(qinghe)
    body = {
        "institution": str(qinghe.shiqiao.pk), "item_name": "平扫", "started_at": "2026-11-12T08:00",
        "ended_at": "2026-11-12T08:30", "fee": "420",
    }  # fmt: skip
    kong, zhao = qinghe.client("kong"), qinghe.client("zhao")
    assert (
        kong.post(url("equipment-use-new", device.pk), body | {"ended_at": "2026-11-12T08:00"}).status_code
        == 400
    )
    assert kong.post(url("equipment-use-new", device.pk), body).status_code == 302
    use = Usage.objects.get()
    assert zhao.post(url("equipment-use-act", use.pk, "deny"), {"text": ""}).status_code == 400
    assert (
        zhao.post(url("equipment-use-act", use.pk, "deny") + "?version=1", {"text": "非本院"}).status_code
        == 302
    )
    assert (
        kong.post(url("equipment-use-act", use.pk, "void") + "?version=1", {"text": "x"}).status_code == 409
    )
    assert kong.post(url("equipment-use-act", use.pk, "void"), {"text": "误登"}).status_code == 302
    assert Usage.objects.get().state == "void"


def test_pages_ask_the_same_number_of_queries_for_any_number_of_rows(
    qinghe: World, django_assert_max_num_queries: Any
) -> None:
    device = scanner(qinghe, capacity=3)
    booked(qinghe, device, "08:00")
    lin, counts = qinghe.client("lin"), []
    addresses = [f"{url('device', device.pk)}?day=2026-11-16", url("equipment"), url("equipment-bookings")]
    for address in addresses:
        get(lin, address)
    for number in range(2):
        with django_assert_max_num_queries(90) as asked:
            for address in addresses:
                get(lin, address)
        counts.append(len(asked))
        if number == 0:
            fill(qinghe, device, "09:00", "12:00")
            fill(qinghe, device, "14:00", "17:00", by="tan")
            wait(qinghe, device)
    assert counts[0] == counts[1]


def wait(world: World, device: Any) -> None:
    for serial in (1, 2, 3):
        Waiting.objects.create(
            device=device, item=device.items.first(), person=patient(world.zhao, 60 + serial),
            institution=world.shiqiao, asked_by=world.zhao, earliest=at("08:00"), latest=at("12:00"),
            asked_at=NOW,
        )  # fmt: skip


def test_words_of_the_day(qinghe: World) -> None:
    device = scanner(qinghe)
    page = get(qinghe.client("zhao"), f"{url('device', device.pk)}?day=not-a-day&at=x&item=9&move=zz")
    assert "11-12" in page


def test_the_form_shows_how_the_fee_is_divided(qinghe: World) -> None:
    device = scanner(qinghe)
    item(device)
    page = get(qinghe.client("zhao"), f"{url('device', device.pk)}?at=2026-11-16T09:30")
    assert "30%" in page and "126.00" in page and "294.00" in page
    assert "126.00" not in get(qinghe.client("lin"), f"{url('device', device.pk)}?at=2026-11-16T09:30")
