"""The data-check meeting: its error rate ticks the step; above the limit notice and task follow."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine
from django.test import override_settings

from alliance.lib.period import Month
from performance.declared.services import samples
from performance.life import standing
from performance.meetings import checking, show_checking
from performance.meetings.models import Attendance, Meeting, Task
from performance.meetings.services import meetings
from performance.models import DeclaredNotice, MonthStep
from tests.meetings.scene import again, committee, inside, seated
from tests.performance.declared_scene import confirmed, entry
from tests.world import World

MONTH = Month(2026, 10)
NOW = datetime(2026, 11, 9, 2, tzinfo=UTC)
A = "/a/qinghe"


def step(world: World) -> standing.Standing:
    with inside(world):
        return next(one for one in standing.standings(MONTH, NOW) if one.planned.step == MonthStep.MEETING)


def meeting(world: World) -> Meeting:
    """The office's data-check meeting, with who keeps the bodies as secretary."""
    body = committee(world, code="office", kind="office", due_day=8)
    with inside(world):
        seated(world, body, world.luo)
        return meetings.plan(
            by=world.luo, body=body, month=MONTH, title="数据校核会", begins_at=NOW, place="三楼", now=NOW,
            kind=Meeting.Kind.DATA_CHECK,
        )  # fmt: skip


def hold(world: World, row: Meeting) -> None:
    with inside(world):
        meetings.invite(by=world.luo, meeting=again(row), now=NOW)
        presence = {one.pk: "present" for one in Attendance.objects.filter(meeting=row)}
        meetings.hold(by=world.luo, meeting=again(row), presence=presence, now=NOW)


def sampled(world: World, wrong: int) -> None:
    """Two values of Shiqiao, drawn whole; so many of them found to be wrong."""
    with inside(world):
        confirmed(
            world, entry(world.shiqiao, "contracted", 120), entry(world.shiqiao, "resident_population", 900),
            by="han", second="luo",
        )  # fmt: skip
        drawn = samples.draw(by=world.luo, month=MONTH, now=NOW)
        for number, one in enumerate(drawn.checks.select_related("value", "sample")):
            found = one.value.value + (1 if number < wrong else 0)
            samples.find(by=world.meng, check=one, found=found, remark="见登记", now=NOW)


@time_machine.travel(NOW, tick=False)
def test_held_without_its_error_rate_it_ticks_nothing(qinghe: World) -> None:
    row = meeting(qinghe)
    hold(qinghe, row)
    assert step(qinghe).state != standing.DONE
    sampled(qinghe, wrong=0)
    done = step(qinghe)
    assert (done.state, done.done_at) == (standing.DONE, NOW)
    with inside(qinghe):
        assert checking.whole(checking.rates(checking.sample_of(MONTH))) == 0
        assert not DeclaredNotice.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_the_step_links_to_the_meeting_and_above_the_limit_notice_and_task_follow(qinghe: World) -> None:
    with inside(qinghe), override_settings(ROOT_URLCONF="config.alliance_urls"):
        assert show_checking.opens(MONTH, qinghe.luo) == ""  # no office is founded yet
    row = meeting(qinghe)
    sampled(qinghe, wrong=1)
    hold(qinghe, row)
    luo = qinghe.client("luo")
    calendar = luo.get(f"{A}/months/2026-10/calendar/")
    assert calendar.status_code == 200 and f"{A}/meetings/{row.pk}/" in calendar.content.decode()
    page = luo.get(f"{A}/meetings/{row.pk}/", HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    with inside(qinghe):
        notice = DeclaredNotice.objects.get()
    assert "50" in page and f"{A}/declared/notices/{notice.pk}/" in page
    give = f"{A}/tasks/about/performance.declarednotice/{notice.pk}/"
    assert give in page
    form = luo.get(give)
    assert form.status_code == 200 and f'value="{qinghe.shiqiao.pk}" selected' in form.content.decode()
    sent = luo.post(give, {"title": "限期整改", "institution": qinghe.shiqiao.pk, "due_on": "2026-11-20"})
    assert sent.status_code == 302
    with inside(qinghe):
        task = Task.objects.get()
    assert (task.about_kind, task.about_id) == ("performance.declarednotice", notice.pk)
    # Both ways: the meeting names the task, the task its notice.
    assert f"{A}/tasks/{task.pk}/" in luo.get(f"{A}/meetings/{row.pk}/").content.decode()
    assert f"{A}/declared/notices/{notice.pk}/" in luo.get(f"{A}/tasks/{task.pk}/").content.decode()
