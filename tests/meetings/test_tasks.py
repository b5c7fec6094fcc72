"""Tasks: due by the calendar, answered with evidence, checked by another, escalating when late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection

from alliance.models.base import Stale
from performance.meetings import forms
from performance.meetings.models import Body, Task
from performance.meetings.refusals import TaskRefused
from performance.meetings.services import tasks
from tests.meetings.scene import NOW, again, committee, inside
from tests.meetings.scene import waits as waiting
from tests.world import World, member

A = "/a/qinghe"


def given(world: World, body: Body | None = None, **more: object) -> Task:
    with inside(world):
        return tasks.give(
            by=world.luo, about=body or world.lead, title="对超耗科室一对一帮扶", body=body, now=NOW,
            **{"owner": world.lin, "due_on": date(2026, 11, 20), **more},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "due_on", "due", "escalates"),
    [
        # Over the Spring Festival (15 to 23 February 2026): the 18th moves to the 24th.
        (datetime(2026, 2, 9, 2, tzinfo=UTC), date(2026, 2, 18), date(2026, 2, 24), "2026-02-27 00:00+08:00"),
        # The make-up Saturday of 14 February is worked.
        (datetime(2026, 2, 9, 2, tzinfo=UTC), date(2026, 2, 14), date(2026, 2, 14), "2026-02-26 00:00+08:00"),
        # Over the end of 2026: ten working days from 24 December without New Year's day.
        (datetime(2026, 12, 24, 2, tzinfo=UTC), None, date(2027, 1, 8), "2027-01-13 00:00+08:00"),
    ],
)
def test_the_clock_counts_working_days(
    qinghe: World, now: datetime, due_on: date | None, due: date, escalates: str
) -> None:
    with inside(qinghe):
        row = tasks.give(
            by=qinghe.luo, about=qinghe.lead, title="x", owner=qinghe.lin, due_on=due_on, now=now
        )
    assert row.due_on == due and row.due_at == datetime.fromisoformat(
        f"{due + timedelta(days=1)} 00:00+08:00"
    )
    assert row.escalates_at == datetime.fromisoformat(escalates)


def test_the_owner_answers_and_another_checks(qinghe: World) -> None:
    row = given(qinghe)
    with inside(qinghe):
        with pytest.raises(PermissionDenied):
            tasks.answer(by=qinghe.wu, task=again(row), text="x", now=NOW)
        with pytest.raises(TaskRefused):
            tasks.answer(by=qinghe.lin, task=again(row), text=" ", now=NOW)
        tasks.answer(by=qinghe.lin, task=again(row), text="已约谈并调整路径", now=NOW)
        with pytest.raises(PermissionDenied):
            tasks.check(by=qinghe.lin, task=again(row), accepted=True, now=NOW)
        with pytest.raises(TaskRefused, match="why"):
            tasks.check(by=qinghe.luo, task=again(row), accepted=False, now=NOW)
        tasks.check(by=qinghe.luo, task=again(row), accepted=False, note="缺数据", now=NOW)
        assert again(row).state == "open"
        tasks.answer(by=qinghe.lin, task=again(row), text="附上数据", now=NOW)
        tasks.check(by=qinghe.luo, task=again(row), accepted=True, now=NOW)
        assert again(row).state == "done"
        with pytest.raises(Stale):
            tasks.drop(by=qinghe.luo, task=again(row), reason="x", now=NOW)


def test_who_gave_it_to_herself_does_not_check_it(qinghe: World) -> None:
    row = given(qinghe, owner=qinghe.luo)
    with inside(qinghe):
        tasks.answer(by=qinghe.luo, task=again(row), text="x", now=NOW)
        with pytest.raises(TaskRefused, match="Another person"):
            tasks.check(by=qinghe.luo, task=again(row), accepted=True, now=NOW)
        tasks.check(by=qinghe.meng, task=again(row), accepted=True, now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "update meetings_task set state = 'done'",
        "update meetings_taskanswer set checked_by_id = said_by_id, checked_at = now(), accepted = true",
        "update meetings_taskanswer set text = 'x'",
        "update meetings_task set state = 'open'",
        "update meetings_task set owner_id = null, institution_id = null",
    ],
)
def test_the_database_refuses_what_was_not_checked(qinghe: World, statement: str) -> None:
    row = given(qinghe)
    with inside(qinghe):
        tasks.answer(by=qinghe.lin, task=again(row), text="x", now=NOW)
    if "state = 'open'" in statement:
        with inside(qinghe):
            tasks.check(by=qinghe.luo, task=again(row), accepted=True, now=NOW)
    with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_late_task_stands_with_its_owner_then_with_who_gave_it(qinghe: World) -> None:
    body = committee(qinghe)
    row = given(qinghe, body)
    at = lambda text: datetime.fromisoformat(f"{text}+08:00")  # noqa: E731

    def states(name: str, now: datetime) -> list[str]:
        with inside(qinghe):
            found = waiting(again(qinghe.people[name]), now)
        return [one.state for one in found if one.url.endswith(f"/tasks/{row.pk}/")]

    assert states("lin", at("2026-11-16 09:00")) == ["info"]
    assert states("lin", at("2026-11-20 09:00")) == ["warn"]
    assert states("lin", at("2026-11-21 00:00")) == ["late"]
    assert states("shu", at("2026-11-24 23:59")) == []
    assert states("shu", at("2026-11-25 00:00")) == ["late"]  # two working days after the 20th, a Friday


def test_the_inbox_costs_the_same_for_one_task_and_thirty(qinghe: World) -> None:
    from django.test.utils import CaptureQueriesContext

    def counted() -> int:
        with inside(qinghe):
            by = again(qinghe.lin)
            with CaptureQueriesContext(connection) as found:
                waiting(by, NOW)
        return len(found)

    given(qinghe)
    one = counted()
    for _number in range(29):
        given(qinghe)
    assert counted() == one


def test_a_task_of_an_institution_is_answered_by_who_answers_there_and_seen_by_no_other(
    qinghe: World,
) -> None:
    row = given(qinghe, owner=None, institution=qinghe.lead)
    assert qinghe.client("kong").get(f"{A}/tasks/{row.pk}/").status_code == 200
    assert qinghe.client("lin").get(f"{A}/tasks/{row.pk}/").status_code == 404
    assert qinghe.client("zhao").get(f"{A}/tasks/{row.pk}/").status_code == 404
    answer = qinghe.client("kong").post(f"{A}/tasks/{row.pk}/act/answer/", {
        "text": "已完成", "files": SimpleUploadedFile("x.pdf", b"%PDF-1.4\n%%EOF", "application/pdf"),
    })  # fmt: skip
    assert answer.status_code == 302
    page = qinghe.client("luo").get(f"{A}/tasks/{row.pk}/").content.decode()
    assert "已完成" in page and "x.pdf" in page
    with inside(qinghe):
        file = row.answers.get().files.get().file_id
    assert qinghe.client("luo").get(f"{A}/tasks/{row.pk}/files/{file}/").status_code == 200
    assert qinghe.client("zhao").get(f"{A}/tasks/{row.pk}/files/{file}/").status_code == 404
    answer = qinghe.client("kong").post(f"{A}/tasks/{row.pk}/act/accept/", {"reason": ""})
    assert answer.status_code == 403
    assert qinghe.client("luo").post(f"{A}/tasks/{row.pk}/act/accept/", {"reason": ""}).status_code == 302


def test_an_answer_without_words_comes_back_filled(qinghe: World) -> None:
    row = given(qinghe)
    answer = qinghe.client("lin").post(f"{A}/tasks/{row.pk}/act/answer/", {"text": ""})
    assert answer.status_code == 400
    assert qinghe.client("luo").get(f"{A}/tasks/?state=open&late=late").status_code == 200


def test_who_is_offered_for_a_task_is_nobody_of_a_village_room(qinghe: World) -> None:
    with inside(qinghe):
        member("cun", "村医", qinghe.liulin, "clinician")
        offered = forms.GiveForm(by=qinghe.luo).fields["owner"]
        names = " ".join(label for _value, label in offered.choices)
        assert "林静" in names and "罗晓岚" in names and "村医" not in names
