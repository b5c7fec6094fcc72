"""The roster of a month is frozen once its pay is computed; later lines come by a named correction of two."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance.models import RosterRow, Staff
from performance.models import RosterChange
from performance.pay.services import computing, pots
from performance.roster import services
from performance.roster.refusals import RosterRefused
from tests.performance import pay_scene
from tests.performance.pay_scene import doctors
from tests.performance.scene import OCTOBER, inside
from tests.world import World

AT = "/a/qinghe/pay/roster/2026-10/"


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        pay_scene.grounded(world)
        yield world


def line(house: World) -> RosterRow:
    """Of the first doctor of the lead hospital."""
    found: RosterRow = RosterRow.objects.get(staff=next(iter(pots.points_of(doctors(house)))))
    return found


def entered(house: World, row: RosterRow, **change: Any) -> RosterChange:
    wanted = {**services.values(services.said(row)), **change}
    return services.enter(
        by=house.luo, month=OCTOBER, staff=row.staff, institution=row.institution, department=row.department,
        line=wanted, reason="漏记请假", now=timezone.now(),
    )  # fmt: skip


def test_it_is_frozen_by_the_database_once_a_pool_is_proposed(house: World) -> None:
    """Practice 4: D1."""
    row = RosterRow.objects.order_by("pk")[0]
    with pytest.raises(RosterRefused, match="is not frozen"):
        entered(house, row, days=9)
    RosterRow.objects.filter(pk=row.pk).update(days=17)  # until then it is changed as always
    pay_scene.posted_bonus(house)
    assert services.frozen(OCTOBER) and not services.frozen(OCTOBER.next())
    other = Staff.objects.create(institution=house.lead, code="new", name="新", kind="nurse")
    fresh = {"month": OCTOBER.first_day, "staff": other, "institution": house.lead, "post_coefficient": 1,
             "days": 1, "employment": "contract"}  # fmt: skip
    for deed in (
        lambda: RosterRow.objects.filter(pk=row.pk).update(days=9),
        lambda: RosterRow.objects.filter(pk=row.pk).update(month=OCTOBER.next().first_day),
        lambda: RosterRow.objects.filter(pk=row.pk).delete(),
        lambda: RosterRow.objects.create(**fresh),
    ):
        with pytest.raises(DatabaseError, match="roster is frozen"), transaction.atomic():
            deed()
    RosterRow.objects.create(**{**fresh, "month": OCTOBER.next().first_day})


def test_a_correction_takes_two_people_and_earlier_pools_keep_theirs(house: World) -> None:
    pay_scene.posted_bonus(house)
    row = line(house)
    before = computing.ground(OCTOBER).people.crews[house.lead.pk]
    for wrong, said in (
        ({"days": row.days}, "says this already"),
        ({"share": Decimal("1.1")}, "more than 1"),
    ):
        with pytest.raises(RosterRefused, match=said):
            entered(house, row, **wrong)
    change = entered(house, row, days=Decimal(9), leave_days=Decimal(9))
    with pytest.raises(RosterRefused, match="waits for its second person"):
        entered(house, row, days=Decimal(8))
    with pytest.raises(RosterRefused, match="two different people"):
        services.confirm(by=house.luo, row=change, now=timezone.now())
    with pytest.raises(PermissionDenied):
        services.confirm(by=house.kong, row=change, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterChange.objects.filter(pk=change.pk).update(
            confirmed_by=house.luo, confirmed_at=timezone.now(), number=1
        )
    done = services.confirm(by=house.cai, row=change, now=timezone.now())
    row.refresh_from_db()
    assert (done.number, row.days, row.leave_days) == (1, 9, 9)
    with pytest.raises(DatabaseError, match="roster is frozen"), transaction.atomic():
        RosterRow.objects.filter(pk=row.pk).update(days=10)  # the correction has been used
    assert computing.ground(OCTOBER).people.crews[house.lead.pk] != before
    assert computing.ground(OCTOBER, 0).people.crews[house.lead.pk] == before
    with pytest.raises(DatabaseError), transaction.atomic():
        RosterChange.objects.filter(pk=change.pk).update(reason="别的")


def test_a_line_forgotten_and_one_too_many(house: World) -> None:
    pay_scene.posted_bonus(house)
    row = line(house)
    gone = services.enter(
        by=house.luo, month=OCTOBER, staff=row.staff, institution=row.institution, department=row.department,
        line=None, reason="已调离", now=timezone.now(),
    )  # fmt: skip
    other = Staff.objects.create(institution=house.lead, code="new", name="新", kind="nurse")
    added = services.enter(
        by=house.luo, month=OCTOBER, staff=other, institution=house.lead, department=row.department,
        line=services.values(services.said(row)), reason="漏报", now=timezone.now(),
    )  # fmt: skip
    for change in (gone, added):
        services.confirm(by=house.cai, row=change, now=timezone.now())
    assert not RosterRow.objects.filter(pk=row.pk).exists()
    assert RosterRow.objects.get(staff=other).days == row.days
    assert {one.staff_id for one, _post in computing.posts(OCTOBER, 0)} >= {row.staff_id}
    assert other.pk not in {one.staff_id for one, _post in computing.posts(OCTOBER, 0)}
    assert other.pk in {one.staff_id for one, _post in computing.posts(OCTOBER, 1 + 1)}


def test_it_works_through_the_pages_and_nothing_typed_is_lost(house: World) -> None:
    pay_scene.posted_bonus(house)
    row = line(house)
    office, second = house.client("luo"), house.client("cai")
    typed = {
        "institution": house.lead.pk, "staff": "nobody", "department": row.department.code if row.department
        else "", "post_coefficient": "1.2", "share": "1", "days": "9", "leave_days": "9",
        "employment": "contract", "reason": "漏记请假",
    }  # fmt: skip
    refused = office.post(AT, typed)
    assert refused.status_code == 400 and "漏记请假" in refused.content.decode()
    assert office.post(AT, {**typed, "staff": row.staff.code}).status_code == 302
    change = RosterChange.objects.get()
    page = second.get(AT).content.decode()
    assert "漏记请假" in page and "已冻结" in page
    assert second.post(f"/a/qinghe/pay/roster/changes/{change.pk}/confirm/").status_code == 302
    row.refresh_from_db()
    assert row.days == 9
    assert house.client("kong").get(AT).status_code in (403, 404)


def test_the_page_shows_who_worked_where_by_institution_and_name(house: World) -> None:
    client = house.client("luo")
    row = RosterRow.objects.filter(institution=house.lead, department__isnull=False).order_by("pk")[0]
    page = client.get(AT).content.decode()
    assert row.staff.name in page and row.staff.code in page and row.department is not None
    assert row.department.name in page
    elsewhere = client.get(f"{AT}?institution={house.shiqiao.pk}").content.decode()
    assert f'<th scope="row">{row.staff.name}' not in elsewhere
    for asked in (row.staff.code, row.staff.name, row.department.name):
        assert row.staff.name in client.get(AT, {"q": asked}).content.decode()
    assert "没有" in client.get(AT, {"q": "查无此人"}).content.decode()
    assert "还没有人员名册" in client.get("/a/qinghe/pay/roster/2025-01/").content.decode()


def test_more_lines_cost_no_more_queries(house: World) -> None:
    client = house.client("luo")
    client.get(AT)  # what is read once a process
    with CaptureQueriesContext(connection) as few:
        client.get(AT)
    for number in range(12):
        other = Staff.objects.create(institution=house.lead, code=f"n{number}", name="新", kind="nurse")
        RosterRow.objects.create(
            month=OCTOBER.first_day, staff=other, institution=house.lead, post_coefficient=1, days=1,
            employment="contract",
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(AT)
    assert len(many) == len(few)
