"""A quality-control committee of Qinghe with chair, secretary and members; its meeting about October."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.test import override_settings

from alliance.lib.period import Month
from alliance.models import Membership
from performance.meetings.models import Attendance, Body, Meeting, Seat
from performance.meetings.services import bodies, meetings
from performance.meetings.waiting import waiting
from tests.performance.scene import inside
from tests.world import World, member

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)  # a Thursday morning
BEGINS = datetime(2026, 11, 12, 1, tzinfo=UTC)
DOCUMENT = "医共体〔2026〕3号"


def committee(world: World, **more: Any) -> Body:
    """Founded, with a chair (He), a secretary (Shu), two members; all four may vote."""
    with inside(world):
        for name, shown, role in (
            ("he", "何善明", "quality_committee"), ("shu", "舒雁清", "quality_committee"),
            ("yu", "余青山", "quality_committee"), ("mao", "毛向芝", "quality_committee"),
        ):  # fmt: skip
            world.people[name] = member(name, shown, None, role)
        body = bodies.found(
            by=world.luo, now=NOW,
            **{"code": "quality", "kind": "quality", "rhythm": "monthly", "due_day": 12,
            "document": DOCUMENT, **more},
        )  # fmt: skip
        for name, function in (("he", "chair"), ("shu", "secretary"), ("yu", "member"), ("mao", "member")):
            seated(world, body, world.people[name], function)
        return body


def seated(world: World, body: Body, person: Membership, function: str = "member", **more: Any) -> Seat:
    """A term from January on."""
    return bodies.seat(
        by=world.luo, body=body, membership=person, function=function, now=NOW,
        **{"post": "quality", "from_date": date(2026, 1, 1), "document": DOCUMENT, **more},
    )  # fmt: skip


def planned(world: World, body: Body, month: Month = OCTOBER) -> Meeting:
    """The secretary plans."""
    with inside(world):
        return meetings.plan(
            by=world.shu,
            body=body,
            month=month,
            title="质控例会",
            begins_at=BEGINS,
            place="三楼会议室",
            now=BEGINS,
        )


def held(world: World, body: Body, *, absent: tuple[str, ...] = ()) -> Meeting:
    """Invited, and everybody came but those named."""
    row = planned(world, body)
    with inside(world):
        row = meetings.invite(by=world.shu, meeting=again(row), now=BEGINS)
        away = {world.people[name].user_id for name in absent}
        presence = {
            one.pk: "absent" if one.seat.user_id in away else "present"
            for one in Attendance.objects.filter(meeting=row).select_related("seat")
        }
        return meetings.hold(by=world.shu, meeting=again(row), presence=presence, now=NOW)


def again(row: Any) -> Any:
    """The row as it is now, with what its service asks."""
    found = type(row).objects
    return (found.named() if hasattr(found, "named") else found).get(pk=row.pk)


def waits(membership: Membership, now: datetime) -> list[Any]:
    """What of this room stands in somebody's inbox."""
    with override_settings(ROOT_URLCONF="config.alliance_urls"):
        return waiting(membership, now)
