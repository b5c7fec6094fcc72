"""A meeting is recorded with every profession it needs; the actual cost is the settled case's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.lib.workdays import SHANGHAI
from alliance.models import Staff
from grouping.billed import BillFact
from referrals.mdt import services
from referrals.mdt.models import MdtMeeting, Profession, Seat
from tests.world import World

NOW = datetime(2026, 11, 12, 10, tzinfo=SHANGHAI)


def planned(world: World) -> MdtMeeting:
    """About one stay of the lead hospital."""
    return services.plan(
        by=world.lin, institution=world.lead, record_no="ZY0001", question="营养与康复如何安排？",
        starts_at=NOW,
    )  # fmt: skip


def staff(world: World, number: int) -> Staff:
    """A colleague."""
    made: Staff = Staff.objects.create(institution=world.lead, code=f"M{number}", name=f"同事{number}")
    return made


def seated(world: World, meeting: MdtMeeting, *professions: str) -> None:
    """Each by a colleague of its own."""
    for one in professions:
        person = staff(world, Profession.values.index(one))
        services.seat(by=world.lin, meeting=meeting, staff=person, profession=one)


NEEDED = ("physician", "pharmacist", "nutritionist", "rehabilitation", "insurance")


def held(world: World, meeting: MdtMeeting) -> MdtMeeting:
    """With plan and estimate."""
    return services.hold(
        by=world.lin, meeting=meeting, held_on=NOW.date(), plan="肠内营养，早期康复。", fund_fen=800_000,
        own_fen=150_000, now=NOW,
    )  # fmt: skip


def by_the_database(deed: Callable[[], Any]) -> None:
    """Whatever the code believes."""
    with pytest.raises(DatabaseError), transaction.atomic():
        deed()


def test_every_profession_the_parameter_names_has_to_be_there(qinghe: World) -> None:
    meeting = planned(qinghe)
    seated(qinghe, meeting, *NEEDED[:-1])
    with pytest.raises(services.MdtRefused) as refused:
        held(qinghe, meeting)
    assert refused.value.reason == "missing" and services.missing(meeting, NOW.date()) == ["insurance"]
    rows = MdtMeeting.objects.filter(pk=meeting.pk)
    whole = {
        "state": "held", "held_on": NOW.date(), "plan": "x", "fund_fen": 1, "own_fen": 1,
        "required": list(NEEDED),
    }  # fmt: skip
    by_the_database(lambda: rows.update(**whole))
    seated(qinghe, meeting, "insurance")
    by_the_database(lambda: rows.update(**{**whole, "fund_fen": None}))
    done = held(qinghe, meeting)
    assert done.state == "held" and done.required == list(NEEDED)
    by_the_database(lambda: rows.update(own_fen=1))
    by_the_database(lambda: Seat.objects.filter(meeting=meeting).update(voided_at=NOW, why="x"))
    by_the_database(lambda: rows.delete())


def test_a_seat_taken_out_needs_a_reason_and_is_missing_again(qinghe: World) -> None:
    meeting = planned(qinghe)
    seated(qinghe, meeting, *NEEDED)
    seat = meeting.seats.get(profession="pharmacist")
    by_the_database(lambda: Seat.objects.filter(pk=seat.pk).update(voided_at=NOW))
    with pytest.raises(services.MdtRefused):
        services.unseat(by=qinghe.lin, seat=seat, why=" ", now=NOW)
    services.unseat(by=qinghe.lin, seat=seat, why="录错", now=NOW)
    assert services.missing(meeting, NOW.date()) == ["pharmacist"]


def test_estimate_and_actual_add_up_by_part(qinghe: World) -> None:
    meeting = planned(qinghe)
    seated(qinghe, meeting, *NEEDED)
    meeting = held(qinghe, meeting)
    assert services.actual(meeting, qinghe.lin) is None  # no case has arrived
    bill = BillFact(
        1, qinghe.lead.pk, "ZY0001", "03", "龚*", NOW, NOW, True, {}, 1_000_000, 220_000, None, None
    )
    apart = services.differences(meeting, services.Actual(bill, 1_000_000, 780_000, 220_000))
    assert apart == {"total": 50_000, "fund": -20_000, "own": 70_000}
    assert apart["fund"] + apart["own"] == apart["total"]
    assert services.differences(meeting, services.Actual(bill, 1_000_000, None, None)) == {"total": 50_000}


def test_only_the_own_house_sees_and_runs_it(qinghe: World) -> None:
    meeting = planned(qinghe)
    colleague = staff(qinghe, 7)
    for nobody in (qinghe.tan, qinghe.ding):
        with pytest.raises(PermissionDenied):
            services.seat(by=nobody, meeting=meeting, staff=colleague, profession="nurse")
    at = f"/a/qinghe/mdt/{meeting.pk}/"
    assert qinghe.client("tan").get(at).status_code == 404
    lin = qinghe.client("lin", HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert "尚缺" in lin.get(at).content.decode()
    assert lin.post(f"{at}act/hold/?version=1", {"held_on": "2026-11-12"}).status_code == 400
    seated(qinghe, meeting, *NEEDED)
    sent = {"held_on": "2026-11-12", "plan": "早期康复", "fund_fen": "8000", "own_fen": "1500.50"}
    assert lin.post(f"{at}act/hold/?version=1", sent).status_code == 302
    sheet = lin.get(f"{at}sheet/").content.decode()
    assert "1,500.50" in sheet and "医保专员" in sheet
    assert lin.get("/a/qinghe/mdt/").status_code == 200 and lin.get("/a/qinghe/mdt/plan/").status_code == 200
