"""A slot that becomes free goes to who waits; an outage moves or asks, and the chain stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import override_settings

from alliance.equipment import inbox, services
from alliance.equipment.models import Booking, Qualification, Waiting
from alliance.equipment.services import EquipmentRefused
from alliance.equipment.services.waiting import Hope
from alliance.equipment.show import device as device_page
from alliance.models.base import Stale
from alliance.services import journal
from tests.equipment.scene import NOW, at, booked, fill, item, patient, scanner, technician, waits
from tests.world import World


def test_nobody_waits_where_a_slot_is_free(qinghe: World) -> None:
    device = scanner(qinghe)
    with pytest.raises(EquipmentRefused, match="free"):
        waits(qinghe, device, "08:00", "12:00")
    with pytest.raises(EquipmentRefused) as refused:
        waits(qinghe, device, "08:00", "08:20")
    assert refused.value.reason == "window"


def test_a_cancelled_slot_goes_to_the_first_it_suits(qinghe: World) -> None:
    device = scanner(qinghe)
    made = fill(qinghe, device, "08:00", "12:00", by="lin")
    item(device, "MR-HEART", minutes=60)
    early = waits(qinghe, device, "08:00", "09:00", serial=1)
    late = waits(qinghe, device, "09:00", "12:00", serial=2)
    services.cancel(by=qinghe.lin, booking=made[4], reason="not_needed", now=NOW)  # 10:00
    got = Booking.objects.get(waited=late)
    assert (got.starts_at, got.institution, got.told_at, got.booked_by) == (
        at("10:00"), qinghe.shiqiao, None, qinghe.zhao
    )  # fmt: skip
    assert [Waiting.objects.get(pk=one.pk).state for one in (early, late)] == ["waiting", "booked"]
    told = services.tell(by=qinghe.zhao, booking=got, now=NOW)
    assert told.told_at == NOW
    with pytest.raises(Stale):
        services.tell(by=qinghe.zhao, booking=got, now=NOW)


def test_first_come_first_served(qinghe: World) -> None:
    device = scanner(qinghe)
    made = fill(qinghe, device, "08:00", "12:00", by="lin")
    first, second = (waits(qinghe, device, "08:00", "12:00", serial=serial) for serial in (1, 2))
    services.leave(by=qinghe.zhao, waiting=waits(qinghe, device, "08:00", "12:00", serial=3))
    services.cancel(by=qinghe.lin, booking=made[0], reason="patient", now=NOW)
    assert Booking.objects.get(starts_at=at("08:00"), state="booked").waited == first
    services.cancel(by=qinghe.lin, booking=made[1], reason="patient", now=NOW)
    assert Booking.objects.get(starts_at=at("08:30"), state="booked").waited == second
    assert not Waiting.objects.filter(state="waiting").exists()


def test_a_patient_waits_once_and_only_its_side_takes_it_off(qinghe: World) -> None:
    device = scanner(qinghe)
    fill(qinghe, device, "08:00", "12:00", by="lin")
    place = waits(qinghe, device, "08:00", "12:00")
    with pytest.raises(EquipmentRefused, match="already waits"):
        waits(qinghe, device, "08:30", "12:00")
    with pytest.raises(PermissionDenied):
        services.leave(by=qinghe.tan, waiting=place)
    gone = services.leave(by=qinghe.lin, waiting=place)
    with pytest.raises(EquipmentRefused):
        services.leave(by=qinghe.zhao, waiting=gone)


def test_a_slot_without_notice_stays_free(qinghe: World) -> None:
    device = scanner(qinghe)
    made = fill(qinghe, device, "08:00", "12:00", by="lin")
    waits(qinghe, device, "08:00", "12:00")
    services.cancel(by=qinghe.lin, booking=made[0], reason="patient", now=at("08:00") - timedelta(hours=1))
    assert not Booking.objects.filter(waited__isnull=False).exists()


def test_what_is_shortened_keeps_its_plan_and_frees_the_rest(qinghe: World) -> None:
    device = scanner(qinghe)
    short, long = item(device), item(device, "Z-LONG", minutes=90)
    one = booked(qinghe, device, "08:00", by="lin", item=long)
    fill(qinghe, device, "09:30", "12:00", by="lin")
    place = services.join(
        by=qinghe.zhao, now=NOW,
        hope=Hope(device, short, patient(qinghe.zhao, 77), at("08:00"), at("10:00")),
    )  # fmt: skip
    shorter = services.shorten(by=qinghe.lin, booking=one, ends_at=at("08:30"), now=NOW)
    assert (shorter.ends_at, shorter.planned_end) == (at("08:30"), at("09:30"))
    assert Booking.objects.get(waited=place).starts_at == at("08:30")
    with pytest.raises(EquipmentRefused):
        services.shorten(by=qinghe.lin, booking=shorter, ends_at=at("08:30"), now=NOW)


def test_a_missed_booking_is_entered_after_its_grace(qinghe: World) -> None:
    one = booked(qinghe, scanner(qinghe), "09:30")
    with pytest.raises(EquipmentRefused) as refused:
        services.miss(by=qinghe.kong, booking=one, now=at("09:40"))
    assert (refused.value.reason, refused.value.params) == ("too_early", {"from": "09:45"})
    with pytest.raises(PermissionDenied):
        services.miss(by=qinghe.zhao, booking=one, now=at("09:50"))
    assert services.miss(by=qinghe.kong, booking=one, now=at("09:50")).state == "missed"
    booked(qinghe, one.device, "09:30", now=NOW, serial=5)


def test_a_booking_is_moved_and_the_chain_stays(qinghe: World) -> None:
    device = scanner(qinghe)
    first = booked(qinghe, device, "09:30")
    second = services.move(by=qinghe.zhao, booking=first, starts_at=at("10:00"), now=NOW, version=1)
    third = services.move(by=qinghe.kong, booking=second, starts_at=at("09:30"), now=NOW)
    assert (third.previous, second.previous) == (second, first)
    assert [Booking.objects.get(pk=one.pk).state for one in (first, second, third)] == [
        "moved", "moved", "booked"
    ]  # fmt: skip
    with pytest.raises(Stale):
        services.move(by=qinghe.zhao, booking=first, starts_at=at("11:00"), now=NOW)
    with pytest.raises(PermissionDenied):
        services.move(by=qinghe.tan, booking=third, starts_at=at("11:00"), now=NOW)


def test_a_cancellation_says_why(qinghe: World) -> None:
    one = booked(qinghe, scanner(qinghe), "09:30")
    for reason, text in (("", ""), ("fun", ""), ("other", " ")):
        with pytest.raises(EquipmentRefused):
            services.cancel(by=qinghe.zhao, booking=one, reason=reason, text=text, now=NOW)
    gone = services.cancel(by=qinghe.zhao, booking=one, reason="other", text="转市里", now=NOW)
    assert (gone.state, gone.reason, gone.reason_text) == ("cancelled", "other", "转市里")
    assert journal.steps_of(gone).get().note == "转市里"


def test_an_outage_asks_who_booked(qinghe: World) -> None:
    device = scanner(qinghe)
    inside, outside = booked(qinghe, device, "09:30"), booked(qinghe, device, "11:00", serial=2)
    with pytest.raises(PermissionDenied):
        services.declare(
            by=qinghe.zhao, device=device, kind="fault", starts_at=at("09:00"), ends_at=at("10:00"), now=NOW
        )
    out = services.declare(
        by=qinghe.kong, device=device, kind="fault", starts_at=at("09:00"), ends_at=at("10:00"), now=NOW
    )
    assert ([one.pk for one in out.asked], out.moved) == ([inside.pk], ())
    asked = Booking.objects.get(pk=inside.pk)
    assert (asked.state, asked.outage) == ("asked", out.outage)
    assert Booking.objects.get(pk=outside.pk).state == "booked"
    with pytest.raises(EquipmentRefused, match="out of order"):
        booked(qinghe, device, "09:00", serial=3)
    again = services.move(by=qinghe.zhao, booking=asked, starts_at=at("10:00"), now=NOW)
    assert again.previous == asked


def test_an_outage_may_move_what_it_pushes_aside(qinghe: World) -> None:
    device = scanner(qinghe)
    made = fill(qinghe, device, "08:00", "12:00")
    out = services.declare(
        by=qinghe.kong, device=device, kind="maintenance", starts_at=at("08:00"), ends_at=at("09:00"),
        now=NOW, move=True,
    )  # fmt: skip
    assert [one.starts_at for one in out.moved] == [at("14:00"), at("14:30")]
    assert [one.previous_id for one in out.moved] == [made[0].pk, made[1].pk]
    assert {one.told_at for one in out.moved} == {None}
    assert not out.asked


def test_a_lifted_outage_gives_its_time_to_who_waits(qinghe: World) -> None:
    device = scanner(qinghe)
    fill(qinghe, device, "09:00", "12:00", by="lin")
    out = services.declare(
        by=qinghe.kong, device=device, kind="reserved", starts_at=at("08:00"), ends_at=at("09:00"), now=NOW
    )
    place = waits(qinghe, device, "08:00", "12:00")
    services.lift(by=qinghe.kong, outage=out.outage, now=NOW)
    assert Booking.objects.get(waited=place).starts_at == at("08:00")
    with pytest.raises(EquipmentRefused):
        services.lift(by=qinghe.kong, outage=type(out.outage).objects.get(), now=NOW)


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_a_wait_that_ran_out_is_told_and_may_begin_again(qinghe: World) -> None:
    device = scanner(qinghe)
    fill(qinghe, device, "08:00", "12:00", by="lin")
    place = waits(qinghe, device, "08:00", "12:00")
    after = at("12:30")

    def todos(name: str) -> list[int]:
        found = inbox.waiting(qinghe.people[name], after)
        return [todo.count for todo in found if todo.url.endswith(f"/equipment/{device.pk}/")]

    assert (todos("zhao"), todos("lin")) == ([1], [])
    assert device_page.queue(device, qinghe.zhao, at("11:00"))
    assert device_page.queue(device, qinghe.zhao, after) == []
    assert [one["who"] for one in device_page.run_out(device, qinghe.zhao, after)] == ["龚**"]
    tuesday = date(2026, 11, 17)
    fill_again = booked(qinghe, device, "08:00", by="lin", serial=70, day=tuesday)
    hope = Hope(device, place.item, place.person, fill_again.starts_at, fill_again.ends_at)
    again = services.join(by=qinghe.zhao, hope=hope, now=after)
    assert [Waiting.objects.get(pk=one.pk).state for one in (place, again)] == ["withdrawn", "waiting"]
    assert todos("zhao") == []


@override_settings(ROOT_URLCONF="config.alliance_urls")
def test_what_the_owner_moves_or_gives_up_is_told_to_the_patient(qinghe: World) -> None:
    device = scanner(qinghe)
    first, second = booked(qinghe, device, "09:30"), booked(qinghe, device, "10:30", serial=2)
    moved = services.move(by=qinghe.kong, booking=first, starts_at=at("11:00"), now=NOW)
    gone = services.cancel(by=qinghe.kong, booking=second, reason="other", text="机房检修", now=NOW)
    assert (moved.told_at, gone.told_at) == (None, None)

    def todos() -> list[tuple[str, int]]:
        return [(todo.state, todo.count) for todo in inbox.waiting(qinghe.zhao, NOW)]

    assert todos() == [("warn", 1), ("late", 1)]
    for one in (moved, gone):
        services.tell(by=qinghe.zhao, booking=one, now=NOW)
    assert todos() == []
    own = services.move(by=qinghe.zhao, booking=moved, starts_at=at("09:30"), now=NOW)
    assert own.told_at == NOW  # who booked speaks with the patient


def test_a_moved_booking_keeps_an_operator_who_may(qinghe: World) -> None:
    device = scanner(qinghe, operated_by="user", skill="mr")
    skilled = technician(qinghe, "mr")
    Qualification.objects.update(valid_until=date(2026, 11, 16))
    one = booked(qinghe, device, "09:30", operator=skilled)
    with pytest.raises(EquipmentRefused) as refused:
        services.move(by=qinghe.zhao, booking=one, starts_at=at("09:30", date(2026, 11, 17)), now=NOW)
    assert refused.value.reason == "operator_skill"
    assert services.move(by=qinghe.zhao, booking=one, starts_at=at("10:30"), now=NOW).operator == skilled
