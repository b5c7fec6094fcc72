"""Uses: from a booking, at the device, by log; both sides stand by them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from alliance.equipment import services
from alliance.equipment.models import Booking, Usage
from alliance.equipment.services import EquipmentRefused, Log
from alliance.models.base import Stale
from tests.equipment.scene import at, booked, item, scanner
from tests.world import World

LATER = at("18:00")


def log(world: World, **change: Any) -> Log:
    device = change.pop("device", None) or scanner(world)
    fields: dict[str, Any] = {
        "institution": world.shiqiao, "started_at": at("09:00"), "ended_at": at("09:35"),
        "item_name": "头颅磁共振", "fee_fen": 42_000,
    }  # fmt: skip
    return Log(device, **(fields | change))


def test_a_booking_that_was_used_counts_at_once(qinghe: World) -> None:
    one = booked(qinghe, scanner(qinghe), "09:30")
    use = services.record_booking(
        by=qinghe.kong, booking=one, started_at=at("09:32"), ended_at=at("09:58"), now=LATER, result_ref="R1"
    )
    assert (use.state, use.institution, use.owner, use.fee_fen, use.minutes) == (
        "confirmed", qinghe.shiqiao, qinghe.lead, 42_000, 26
    )  # fmt: skip
    assert (use.month, use.collected_by, use.result_ref) == (date(2026, 11, 1), qinghe.shiqiao, "R1")
    assert Booking.objects.get().state == "used"
    with pytest.raises(Stale):
        services.record_booking(
            by=qinghe.kong,
            booking=Booking.objects.get(),
            started_at=at("09:32"),
            ended_at=at("09:58"),
            now=LATER,
        )


def test_only_the_owner_records_the_use_of_a_booking(qinghe: World) -> None:
    one = booked(qinghe, scanner(qinghe), "09:30")
    for member in ("zhao", "tan"):
        with pytest.raises(PermissionDenied):
            services.record_booking(
                by=qinghe.people[member], booking=one, started_at=at("09:32"), ended_at=at("09:58"), now=LATER
            )


def test_a_use_without_booking_waits_for_the_other_side(qinghe: World) -> None:
    use = services.record(by=qinghe.kong, log=log(qinghe), now=LATER)
    assert (use.state, use.stated_for) == ("stated", qinghe.lead)
    assert (use.awaits(qinghe.zhao), use.awaits(qinghe.kong), use.awaits(qinghe.luo)) == (True, False, False)
    with pytest.raises(EquipmentRefused, match="other side"):
        services.confirm(by=qinghe.lin, uses=[use], now=LATER)
    assert services.confirm(by=qinghe.zhao, uses=[use], now=LATER) == 1
    use = Usage.objects.get()
    assert (use.state, use.confirmed_by) == ("confirmed", qinghe.zhao)
    with pytest.raises(EquipmentRefused):
        services.confirm(by=qinghe.zhao, uses=[use], now=LATER)


def test_the_user_may_state_and_the_owner_confirm(qinghe: World) -> None:
    use = services.record(by=qinghe.zhao, log=log(qinghe), now=LATER)
    assert use.awaits(qinghe.kong)
    assert services.confirm(by=qinghe.kong, uses=[use], now=LATER) == 1


def test_ones_own_use_needs_nobody(qinghe: World) -> None:
    use = services.record(by=qinghe.kong, log=log(qinghe, institution=qinghe.lead), now=LATER)
    assert use.state == "confirmed"


def test_a_disputed_use_says_what_is_wrong_and_may_be_confirmed_later(qinghe: World) -> None:
    use = services.record(by=qinghe.kong, log=log(qinghe), now=LATER)
    with pytest.raises(EquipmentRefused):
        services.deny(by=qinghe.zhao, usage=use, text=" ")
    use = services.deny(by=qinghe.zhao, usage=use, text="不是我院患者")
    assert (use.state, use.dispute) == ("disputed", "不是我院患者")
    assert services.confirm(by=qinghe.zhao, uses=[use], now=LATER) == 1


def test_a_use_is_taken_back_with_a_reason(qinghe: World) -> None:
    use = services.record(by=qinghe.kong, log=log(qinghe, log_number="A1"), now=LATER)
    with pytest.raises(PermissionDenied):
        services.void(by=qinghe.zhao, usage=use, text="x")
    with pytest.raises(EquipmentRefused):
        services.void(by=qinghe.kong, usage=use, text="")
    assert services.void(by=qinghe.kong, usage=use, text="时间填错").state == "void"
    services.record(by=qinghe.kong, log=log(qinghe, device=use.device, log_number="A1"), now=LATER)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"started_at": at("19:00"), "ended_at": at("20:00")}, "future"),
        ({"ended_at": at("09:00")}, "span"),
        ({"started_at": at("09:00", date(2026, 11, 2))}, "too_long"),
        ({"item_name": " "}, "item"),
        ({"fee_fen": -1}, "fee"),
    ],
)
def test_what_cannot_be_is_refused(qinghe: World, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(EquipmentRefused) as refused:
        services.record(by=qinghe.kong, log=log(qinghe, **change), now=LATER)
    assert refused.value.reason == reason


def test_a_log_number_is_entered_once(qinghe: World) -> None:
    first = services.record(by=qinghe.kong, log=log(qinghe, log_number="A1"), now=LATER)
    with pytest.raises(EquipmentRefused) as refused:
        services.record(by=qinghe.kong, log=log(qinghe, device=first.device, log_number="A1"), now=LATER)
    assert refused.value.reason == "log_number"


def test_a_third_party_enters_nothing(qinghe: World) -> None:
    with pytest.raises(EquipmentRefused):
        services.record(by=qinghe.tan, log=log(qinghe), now=LATER)
    other = item(scanner(qinghe, code="CT9"), "X")
    with pytest.raises(EquipmentRefused):
        services.record(
            by=qinghe.kong, log=log(qinghe, device=scanner(qinghe, code="CT8"), item=other), now=LATER
        )


def test_who_may_only_book_takes_back_what_it_stated_itself(qinghe: World) -> None:
    own = services.record(by=qinghe.zhao, log=log(qinghe), now=LATER)
    assert services.void(by=qinghe.zhao, usage=own, text="机器填错").state == "void"
    theirs = services.record(by=qinghe.kong, log=log(qinghe, device=own.device), now=LATER)
    with pytest.raises(PermissionDenied):  # what the other side stated is denied, not taken back
        services.void(by=qinghe.zhao, usage=theirs, text="x")
