"""A day a month, held within it; numbers that add up; groups without names, followed up once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from complaints.events import facts, services, show
from complaints.events.models import FocusGroup, PatientDay
from complaints.events.waiting import waiting
from tests.world import World

NOW = datetime(2026, 11, 26, 10, tzinfo=SHANGHAI)
DAY = date(2026, 11, 20)


def planned(world: World, on: date = DAY) -> PatientDay:
    """At the lead hospital."""
    return services.plan(
        by=world.kong, institution=world.lead, planned_on=on, topic="结算体验", plan="陪同办理"
    )


def held(world: World, day: PatientDay, **more: Any) -> PatientDay:
    """With numbers."""
    said = {"held_on": DAY, "minutes": "排队偏长。", "visitors": 18, "asked": 12, "settled": 9, **more}
    return services.hold(by=world.kong, day=day, now=NOW, **said)


def refused(reason: str, deed: Callable[[], Any]) -> None:
    """The service says why."""
    with pytest.raises(services.EventRefused) as error:
        deed()
    assert error.value.reason == reason


def by_the_database(deed: Callable[[], Any]) -> None:
    """Whatever the code believes."""
    with pytest.raises(DatabaseError), transaction.atomic():
        deed()


def test_one_day_a_month_within_it_and_then_for_good(qinghe: World) -> None:
    day = planned(qinghe)
    refused("planned_on", lambda: planned(qinghe, date(2026, 11, 27)))
    refused("held_on", lambda: held(qinghe, day, held_on=date(2026, 12, 1)))
    refused("settled", lambda: held(qinghe, day, settled=13))
    rows = PatientDay.objects.filter(pk=day.pk)
    whole = {"state": "held", "minutes": "x", "visitors": 1, "asked": 1, "settled": 1}
    by_the_database(lambda: rows.update(**whole, held_on=date(2026, 12, 1)))
    by_the_database(lambda: rows.update(**{**whole, "settled": None}, held_on=DAY))
    held(qinghe, day)
    by_the_database(lambda: rows.update(visitors=99))
    by_the_database(lambda: rows.delete())


def test_the_month_is_complete_or_not_by_institution(qinghe: World) -> None:
    held(qinghe, planned(qinghe))
    found = {one.code: one for one in facts.event_facts(Month(2026, 11))}
    assert (found["QH01"].held, found["QH01"].visitors, found["QH01"].settled) == (True, 18, 9)
    assert (found["QH02"].held, found["QH02"].visitors) == (False, None)  # missing is not zero
    assert "QH11V1" not in found
    page = show.calendar(qinghe.luo, 2026, NOW.date())
    assert (page["held"], page["due"]) == (1, 11 * len(found))
    own = show.calendar(qinghe.kong, 2026, NOW.date())
    assert [line["place"].code for line in own["lines"]] == ["QH01"]


def test_a_cancelled_day_makes_room_for_another(qinghe: World) -> None:
    day = planned(qinghe)
    refused("why", lambda: services.cancel(by=qinghe.kong, day=day, why=" "))
    services.cancel(by=qinghe.kong, day=day, why="台风")
    assert planned(qinghe, date(2026, 11, 27)).pk != day.pk


def grouped(world: World, **more: Any) -> FocusGroup:
    """Eight people."""
    said: dict[str, Any] = {
        "held_on": DAY, "topic": "出院带药", "findings": "说明书看不懂。", "follow_up": "改用大字说明",
        "owner": world.lin, "due_on": date(2026, 12, 1), "inpatients": 5, "families": 3, **more,
    }  # fmt: skip
    return services.interview(by=world.kong, institution=world.lead, now=NOW, **said)


def test_a_focus_group_names_nobody_and_is_followed_up_once(qinghe: World) -> None:
    refused("inpatients", lambda: grouped(qinghe, inpatients=0, families=0, staff=9))
    refused("owner", lambda: grouped(qinghe, owner=qinghe.tan))
    refused("due_on", lambda: grouped(qinghe, due_on=date(2026, 11, 1)))
    group = grouped(qinghe)
    rows = FocusGroup.objects.filter(pk=group.pk)
    by_the_database(lambda: rows.update(findings="改过"))
    by_the_database(lambda: rows.update(done_at=NOW, done_by=qinghe.lin))
    with pytest.raises(PermissionDenied):
        services.finish(by=qinghe.tan, group=group, done_text="完成", now=NOW)
    services.finish(by=qinghe.lin, group=group, done_text="已换大字版", now=NOW)
    refused("done", lambda: services.finish(by=qinghe.kong, group=group, done_text="再来", now=NOW))


def test_the_month_waits_for_its_day(qinghe: World) -> None:
    assert [one.state for one in waiting(qinghe.kong, NOW)] == ["info"]
    planned(qinghe)
    assert [one.state for one in waiting(qinghe.kong, NOW)] == ["warn"]


def test_pages(qinghe: World) -> None:
    kong = qinghe.client("kong", HTTP_ACCEPT_LANGUAGE="zh-hans")
    day, group = planned(qinghe), grouped(qinghe)
    for at in (
        "patient-days/", "patient-days/?year=2025", "patient-days/plan/", f"patient-days/{day.pk}/",
        "focus-groups/new/", f"focus-groups/{group.pk}/",
    ):  # fmt: skip
        assert kong.get(f"/a/qinghe/{at}").status_code == 200, at
    empty = kong.post(f"/a/qinghe/patient-days/{day.pk}/act/hold/?version=1", {"minutes": "排队偏长"})
    assert empty.status_code == 400 and "排队偏长" in empty.content.decode()
    yu = qinghe.client("yu")
    assert yu.get(f"/a/qinghe/patient-days/{day.pk}/").status_code == 404
    assert yu.get(f"/a/qinghe/focus-groups/{group.pk}/").status_code == 404
