"""A meeting: planned, filled, invited, held, decided by votes or paper, minuted, signed by two, kept."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import docx
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.utils import translation

from alliance.approvals import facts as approval_facts
from alliance.approvals import services as approvals
from alliance.approvals.errors import Absent, NotYours, SamePerson
from alliance.lib.period import Month
from alliance.models.base import Stale
from alliance.services import parameters
from performance.meetings import minutes, planning, show_bodies
from performance.meetings.models import AgendaItem, Meeting, Minutes, Resolution, Task
from performance.meetings.refusals import MeetingRefused
from performance.meetings.services import agenda, meetings, minuting, resolving, tasks
from tests.meetings.scene import BEGINS, NOW, OCTOBER, again, committee, held, inside, planned
from tests.meetings.scene import waits as waiting
from tests.performance.scene import compute
from tests.world import World

A = "/a/qinghe"
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def resolved(world: World, meeting: Meeting, **more: object) -> Resolution:
    with inside(world):
        row = resolving.write(by=world.shu, meeting=again(meeting), text="抗菌药物分级管理", now=NOW, **more)
        return resolving.put(by=world.shu, resolution=row, now=NOW)


def voted(world: World, row: Resolution, **verdicts: str) -> Resolution:
    for name, verdict in verdicts.items():
        with inside(world):
            world.people[name].__dict__.pop("_seats", None)
            approvals.decide(
                by=world.people[name], approval=again(row).approval, verdict=verdict, note="说明"
            )
    with inside(world):
        return again(row)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("month", "day", "due"),
    [
        (Month(2026, 1), 18, date(2026, 2, 24)),  # the Spring Festival of 2026: 15 to 23 February
        (Month(2026, 1), 14, date(2026, 2, 14)),  # a Saturday that is worked
        (Month(2026, 11), 12, date(2026, 12, 14)),  # a Saturday
        (Month(2026, 12), 1, date(2027, 1, 4)),  # New Year; the plan of 2027 is not published: fixed days
    ],
)
def test_a_meeting_is_due_on_a_working_day(qinghe: World, month: Month, day: int, due: date) -> None:
    body = committee(qinghe, due_day=day)
    with inside(qinghe):
        assert planning.due_on(body, month) == due


def test_a_quarterly_body_meets_about_the_last_month_of_a_quarter(qinghe: World) -> None:
    body = committee(qinghe, rhythm="quarterly", due_day=20)
    with inside(qinghe):
        assert planning.due_on(body, Month(2026, 8)) is None
        assert planning.due_on(body, Month(2026, 9)) == date(2026, 10, 20)
        assert planning.awaited(body, date(2026, 11, 12)) == Month(2026, 9)


def test_a_body_that_has_not_met_is_late_in_the_inbox_of_its_secretary(qinghe: World) -> None:
    body = committee(qinghe)
    with inside(qinghe):
        # Founded in November: it owes the meeting about November from December on.
        before = [one for one in waiting(qinghe.shu, NOW) if "质控" in one.what or "会议" in one.what]
        later = NOW + timedelta(days=33)  # 15 December; due on the 14th, as the 12th is a Saturday
        late = [one for one in waiting(qinghe.shu, later) if one.url.endswith(f"/bodies/{body.pk}/")]
    assert before == [] and [one.state for one in late] == ["late"]


def test_a_late_consultation_waits_for_the_secretary_and_any_of_its_months_counts(qinghe: World) -> None:
    """S4-23: the working group consults with the insurer each quarter, by the 20th of the month after."""
    body = committee(qinghe, code="working", kind="working", rhythm="need", due_day=None)
    april = datetime(2027, 4, 20, 2, tzinfo=UTC)
    with inside(qinghe):
        quiet = [one for one in waiting(qinghe.shu, NOW) if one.url.endswith(f"/bodies/{body.pk}/")]
        [owed] = [one for one in waiting(qinghe.shu, april) if one.url.endswith(f"/bodies/{body.pk}/")]
        [late] = planning.missing([body], april + timedelta(days=1))
        assert (quiet, owed.state, late.due) == ([], "warn", date(2027, 4, 20))
        states = [one.state for one in waiting(qinghe.shu, april + timedelta(days=1)) if "协商" in one.what]
        assert states == ["late"]
        # A consultation about November keeps the fourth quarter of 2026, held late or not.
        row = meetings.plan(
            by=qinghe.shu, body=body, month=Month(2026, 11), title="协商", begins_at=april, place="医保局",
            kind=Meeting.Kind.CONSULTATION, now=NOW,
        )  # fmt: skip
        row = meetings.invite(by=qinghe.shu, meeting=again(row), now=NOW)
        meetings.hold(by=qinghe.shu, meeting=again(row), presence={}, now=april)
        first, second = planning.duties([body], april, 4)
        assert (first.month, first.held, second.month, second.held) == (
            Month(2027, 3), None, Month(2026, 12), april.date(),
        )  # fmt: skip
        states = [str(show_bodies.Kept(one, date(2027, 4, 21)).state) for one in (first, second)]
        assert "逾期未开" in states[0] and "逾期召开" in states[1]
    page = qinghe.client("shu", HTTP_ACCEPT_LANGUAGE="zh-hans").get(f"{A}/bodies/{body.pk}/")
    assert page.status_code == 200


def test_how_often_the_insurer_is_consulted_is_decided_and_dated(qinghe: World) -> None:
    body = committee(qinghe, kind="office")
    with inside(qinghe):
        assert planning.due_on(body, Month(2026, 12), Meeting.Kind.CONSULTATION) is None
        parameters.decide(
            by=qinghe.su, key=planning.CONSULTATION, value={"body": "office", "months": 1, "day": 8},
            from_date=date(2026, 12, 1), decided_by="工作组", source="会议纪要",
        )  # fmt: skip
        due = planning.due_on(body, Month(2026, 11), Meeting.Kind.CONSULTATION)
        assert due == date(2026, 12, 8)
        assert planning.due_on(body, Month(2026, 10), Meeting.Kind.CONSULTATION) is None


def test_who_does_not_lead_the_body_runs_no_meeting(qinghe: World) -> None:
    body = committee(qinghe)
    row = planned(qinghe, body)
    with inside(qinghe):
        with pytest.raises(PermissionDenied):
            meetings.plan(
                by=qinghe.yu, body=body, month=OCTOBER, title="x", begins_at=BEGINS, place="x", now=NOW
            )
        with pytest.raises(PermissionDenied):
            meetings.invite(by=qinghe.yu, meeting=again(row), now=NOW)
        with pytest.raises(PermissionDenied):
            agenda.fill(by=qinghe.yu, meeting=again(row), now=NOW)
    assert qinghe.client("wu").get(f"{A}/meetings/{row.pk}/").status_code == 404


def test_a_vote_carries_a_resolution_into_a_task(qinghe: World) -> None:
    meeting = held(qinghe, committee(qinghe))
    row = resolved(qinghe, meeting, institution=qinghe.lead, due_on=date(2026, 11, 21))
    with inside(qinghe), pytest.raises(NotYours):
        approvals.decide(by=qinghe.luo, approval=again(row).approval, verdict="yes")  # has no seat
    row = voted(qinghe, row, he="yes", yu="yes")
    assert row.state == "put"
    row = voted(qinghe, row, mao="yes")
    assert row.state == "carried"
    with inside(qinghe):
        task = Task.objects.get()
        assert task.institution == qinghe.lead and task.title == "抗菌药物分级管理"
        assert task.due_on == date(2026, 11, 23)  # the 21st is a Saturday
    # That it moved is said where it was entered and where it stands.
    client = qinghe.client("mao", HTTP_ACCEPT_LANGUAGE="en")
    said = client.get(f"{A}/meetings/{meeting.pk}/").content.decode()
    assert "11-21 (a day off, moved to 11-23)" in said
    with inside(qinghe):
        assert "11-21 (" in minutes.fill(again(meeting), NOW).parts[-1].table.cells[0][-1][1]
    more = {"text": "每周通报", "institution": qinghe.lead.pk, "due_on": "2026-11-22"}
    secretary = qinghe.client("shu", HTTP_ACCEPT_LANGUAGE="en")
    answer = secretary.post(f"{A}/meetings/{meeting.pk}/resolutions/", more, follow=True)
    assert "11-22 is a day off, moved to 11-23." in answer.content.decode()
    office = qinghe.client("luo", HTTP_ACCEPT_LANGUAGE="en")
    assert "11-23 (decided for 11-21, a day off)" in office.get(f"{A}/tasks/{task.pk}/").content.decode()


def test_a_recused_member_leaves_the_count(qinghe: World) -> None:
    row = resolved(qinghe, held(qinghe, committee(qinghe)))
    row = voted(qinghe, row, mao="recused", he="yes", yu="yes")
    assert row.state == "carried"  # two of three
    with inside(qinghe):
        assert Task.objects.count() == 0  # nobody was named to do anything


def test_two_against_of_four_lose_it(qinghe: World) -> None:
    row = voted(qinghe, resolved(qinghe, held(qinghe, committee(qinghe))), mao="no", yu="no")
    assert row.state == "lost"


def test_a_document_decides_when_another_person_has_checked_it(qinghe: World) -> None:
    row = resolved(qinghe, held(qinghe, committee(qinghe)), owner=qinghe.lin, due_on=date(2026, 11, 20))
    with inside(qinghe):
        paper = approvals.enter_outside(
            by=qinghe.luo, approval=again(row).approval, verdict="yes", decided_on=date(2026, 11, 12),
            document="质控〔2026〕9号",
        )  # fmt: skip
        with pytest.raises(SamePerson):
            approvals.check_outside(by=qinghe.luo, outside=paper, correct=True)
        approvals.check_outside(by=qinghe.meng, outside=paper, correct=True)
        assert again(row).state == "carried" and Task.objects.get().owner == qinghe.lin


def test_without_a_quorum_nothing_is_decided(qinghe: World) -> None:
    meeting = held(qinghe, committee(qinghe), absent=("yu", "mao"))
    with inside(qinghe):
        row = resolving.write(by=qinghe.shu, meeting=again(meeting), text="x", now=NOW)
        with pytest.raises(MeetingRefused, match="2 of 4"):
            resolving.put(by=qinghe.shu, resolution=row, now=NOW)


def signed(world: World, meeting: Meeting) -> Meeting:
    with inside(world):
        version = minuting.write(by=world.shu, meeting=again(meeting), now=NOW)
    for name in ("shu", "he"):
        with inside(world):
            minuting.sign(by=world.people[name], meeting=again(meeting), number=version.number, now=NOW)
    with inside(world):
        return again(meeting)  # type: ignore[no-any-return]


def test_minutes_are_versions_until_chair_and_secretary_have_signed(qinghe: World) -> None:
    meeting = held(qinghe, committee(qinghe))
    with inside(qinghe):
        agenda.add(by=qinghe.shu, meeting=again(meeting), title="次均费用")
        first = minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
        minuting.sign(by=qinghe.shu, meeting=again(meeting), number=1, now=NOW)
        second = minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW, texts={0: "改过的第一部分"})
        assert (first.number, second.number) == (1, 2) and second.content()[0].text == "改过的第一部分"
        with pytest.raises(Stale):
            minuting.sign(by=qinghe.he, meeting=again(meeting), number=1, now=NOW)
        with pytest.raises(MeetingRefused):
            minuting.sign(by=qinghe.yu, meeting=again(meeting), number=2, now=NOW)
        minuting.sign(by=qinghe.shu, meeting=again(meeting), number=2, now=NOW)
        with pytest.raises(MeetingRefused):
            minuting.sign(by=qinghe.shu, meeting=again(meeting), number=2, now=NOW)
        minuting.sign(by=qinghe.he, meeting=again(meeting), number=2, now=NOW)
        assert again(meeting).state == "signed"


def test_signed_minutes_are_corrected_by_a_version_of_their_own(qinghe: World) -> None:
    """更正纪要: the first stays readable, is marked, and stands until both have signed the corrigendum."""
    meeting = held(qinghe, committee(qinghe))
    voted(qinghe, resolved(qinghe, meeting), he="yes", yu="yes", mao="yes")
    with inside(qinghe), pytest.raises(MeetingRefused, match="not signed"):
        minuting.correct(by=qinghe.shu, meeting=again(meeting), texts={0: "x"}, reason="错字", now=NOW)
    signed(qinghe, meeting)
    url = f"{A}/meetings/{meeting.pk}/"
    writer = qinghe.client("luo", HTTP_ACCEPT_LANGUAGE="zh-hans")
    form = writer.get(f"{url}minutes/").content.decode()
    with inside(qinghe):
        first = Minutes.objects.get()
        said = {f"text_{place}": part.text for place, part in enumerate(first.content())}
        with pytest.raises(PermissionDenied):
            minuting.correct(by=qinghe.yu, meeting=again(meeting), texts={}, reason="错字", now=NOW)
    assert said["text_0"].splitlines()[0] in form
    same = writer.post(f"{url}minutes/", {**said, "reason": "到会人数写错"})
    assert same.status_code == 400 and "第 1 版" in same.content.decode()
    assert writer.post(f"{url}minutes/", {**said, "text_0": "到会五人", "reason": ""}).status_code == 400
    answer = writer.post(f"{url}minutes/", {**said, "text_0": "到会五人", "reason": "到会人数写错"})
    assert answer.status_code == 302
    assert "替代" not in writer.get(f"{url}minutes/1/print/").content.decode()
    with inside(qinghe):
        assert minuting.standing(again(meeting)).number == 1
        for name in ("shu", "he"):
            here = f"/meetings/{meeting.pk}/"
            todo = [one for one in waiting(again(qinghe.people[name]), NOW) if one.url.endswith(here)]
            assert [one.what for one in todo] == ["更正纪要：质控例会"]
            minuting.sign(by=qinghe.people[name], meeting=again(meeting), number=2, now=NOW)
        with pytest.raises(MeetingRefused):
            minuting.sign(by=qinghe.shu, meeting=again(meeting), number=2, now=NOW)
        second = minuting.standing(again(meeting))
        assert second.number == 2 and second.content()[-1].table == first.content()[-1].table
        assert again(meeting).state == "signed" and first.digest != second.digest
    old, new = (writer.get(f"{url}minutes/{n}/print/").content.decode() for n in (1, 2))
    assert "已由第 2 版" in old and "到会人数写错" in old and first.digest in old
    assert "更正第 1 版" in new and "到会五人" in new and second.digest in new and first.digest[:16] in new
    assert "已由第 2 版替代" in writer.get(url).content.decode()


SIGN_BOTH = (
    "update meetings_minutes n set chair_id = s.id, chair_at = now() from alliance_membership s "
    "where s.id <> n.written_by_id and n.number = (select max(number) from meetings_minutes) "
)
CORRIGENDUM = (
    "insert into meetings_minutes (alliance_id, meeting_id, number, title, line, parts, written_by_id, "
    "written_at, corrects_id, reason, chair_id, chair_at) select alliance_id, meeting_id, 9, title, line, "
    "parts, written_by_id, written_at, id, 'x', {chair}, {at} from meetings_minutes where number = {number}"
)


@pytest.mark.parametrize(
    "statement",
    [
        CORRIGENDUM.format(number=1, chair="null", at="null"),  # what is replaced already
        CORRIGENDUM.format(number=2, chair="written_by_id", at="now()"),  # signed before it can be read
        "update meetings_minutes set reason = 'x' where number = 2",
        "update meetings_minutes set parts = '[]' where number = 1",
        "delete from meetings_minutes where number = 1",
    ],
)
def test_the_database_keeps_every_signed_version(qinghe: World, statement: str) -> None:
    meeting = held(qinghe, committee(qinghe))
    signed(qinghe, meeting)
    with inside(qinghe):
        minuting.correct(by=qinghe.shu, meeting=again(meeting), texts={0: "改"}, reason="错字", now=NOW)
        for name in ("shu", "he"):
            minuting.sign(by=qinghe.people[name], meeting=again(meeting), number=2, now=NOW)
    with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_to_sign_what_says_less_than_the_meeting(qinghe: World) -> None:
    meeting = held(qinghe, committee(qinghe))
    with inside(qinghe):
        minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
    voted(qinghe, resolved(qinghe, meeting), he="yes", yu="yes", mao="yes")
    with pytest.raises(DatabaseError, match="something else"), inside(qinghe), connection.cursor() as cursor:
        cursor.execute(SIGN_BOTH)
    with inside(qinghe):
        minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
    with inside(qinghe), connection.cursor() as cursor:
        cursor.execute(SIGN_BOTH)
        assert cursor.rowcount == 1


def test_minutes_that_say_less_than_the_meeting_are_renewed_before_signing(qinghe: World) -> None:
    meeting = held(qinghe, committee(qinghe))
    row = resolved(qinghe, meeting)
    voted(qinghe, row, he="yes")
    with inside(qinghe):
        minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
        with pytest.raises(MeetingRefused, match="in vote"):
            minuting.sign(by=qinghe.shu, meeting=again(meeting), number=1, now=NOW)
        for name in ("yu", "mao"):
            approvals.decide(by=qinghe.people[name], approval=again(row).approval, verdict="yes")
        with pytest.raises(MeetingRefused, match="Renew"):
            minuting.sign(by=qinghe.shu, meeting=again(meeting), number=1, now=NOW)
        with translation.override("zh-hans"):
            minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
        for name in ("shu", "he"):
            minuting.sign(by=qinghe.people[name], meeting=again(meeting), number=2, now=NOW)
        assert again(meeting).state == "signed"


def test_an_undecided_resolution_keeps_the_minutes_open(qinghe: World) -> None:
    meeting = held(qinghe, committee(qinghe))
    resolved(qinghe, meeting)
    with inside(qinghe):
        minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
        with pytest.raises(MeetingRefused, match="1 left"):
            minuting.sign(by=qinghe.shu, meeting=again(meeting), number=1, now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "update meetings_agendaitem set said = 'x'",
        "delete from meetings_agendaitem",
        "update meetings_attendance set presence = 'absent'",
        "update meetings_resolution set text = 'x'",
        "delete from meetings_resolution",
        "update meetings_minutes set parts = '[]'",
        "insert into meetings_minutes (alliance_id, meeting_id, number, title, line, parts, written_by_id, "
        "written_at) select alliance_id, meeting_id, 9, title, line, parts, written_by_id, written_at "
        "from meetings_minutes limit 1",
        "update meetings_meeting set title = 'x'",
        "update meetings_meeting set state = 'held'",
        "delete from meetings_meeting",
    ],
)
def test_nothing_of_a_signed_meeting_changes(qinghe: World, statement: str) -> None:
    meeting = held(qinghe, committee(qinghe))
    with inside(qinghe):
        agenda.add(by=qinghe.shu, meeting=again(meeting), title="次均费用")
    voted(qinghe, resolved(qinghe, meeting), he="yes", yu="yes", mao="yes")
    assert signed(qinghe, meeting).state == "signed"
    with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update meetings_meeting set state = 'signed', signed_at = now()",  # nobody has signed
        "update meetings_minutes set chair_id = written_by_id, chair_at = now(), "
        "secretary_id = written_by_id, "
        "secretary_at = now()",
        "update meetings_resolution set state = 'carried'",
    ],
)
def test_the_database_refuses_a_signature_that_is_none(qinghe: World, statement: str) -> None:
    meeting = held(qinghe, committee(qinghe))
    with inside(qinghe):
        resolving.write(by=qinghe.shu, meeting=again(meeting), text="x", now=NOW)
        minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
    with pytest.raises(DatabaseError), inside(qinghe), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_month_fills_the_agenda_once(october: World) -> None:
    compute(october)
    body = committee(october)
    meeting = planned(october, body)
    with inside(october):
        tasks.give(
            by=october.luo,
            about=body,
            title="上次决议：补报名册",
            institution=october.lead,
            body=body,
            now=NOW,
        )
        number = agenda.fill(by=october.shu, meeting=again(meeting), now=NOW)
        sources = set(AgendaItem.objects.values_list("source", flat=True))
        assert number >= 3 and {"task", "late", "forecast"} <= sources
        assert agenda.fill(by=october.shu, meeting=again(meeting), now=NOW) == 0
        money = AgendaItem.objects.get(source="forecast")
        assert "27" in money.text  # 12 + 11 + 4 discharges
    page = october.client("luo").get(f"{A}/meetings/{meeting.pk}/").content.decode()
    assert "上次决议：补报名册" in page


def test_queries_of_filling_do_not_grow_with_tasks(october: World) -> None:
    compute(october)
    body = committee(october)
    meeting = planned(october, body)
    with inside(october):
        from django.test.utils import CaptureQueriesContext

        def counted(tasks_more: int) -> int:
            for number in range(tasks_more):
                tasks.give(
                    by=october.luo,
                    about=body,
                    title=f"任务{number}",
                    institution=october.lead,
                    body=body,
                    now=NOW,
                )
            AgendaItem.objects.all().delete()
            with CaptureQueriesContext(connection) as found:
                agenda.fill(by=october.shu, meeting=again(meeting), now=NOW)
            return len(found)

        counted(1)
        assert counted(0) == counted(30)


def test_pages_of_a_meeting_from_planning_to_docx(qinghe: World) -> None:
    body = committee(qinghe)
    client = qinghe.client("luo")
    answer = client.post(f"{A}/bodies/{body.pk}/plan/", {
        "kind": "regular", "month": "2026-10", "title": "", "begins_at": "2026-11-12T09:00",
        "place": "三楼",
    })  # fmt: skip
    assert answer.status_code == 400 and "三楼" in answer.content.decode()
    for before in ("2020-03-02T09:00", "2026-11-11T23:59"):
        answer = client.post(f"{A}/bodies/{body.pk}/plan/", {
            "kind": "regular", "month": "2026-10", "title": "质控例会", "begins_at": before, "place": "三楼",
        })  # fmt: skip
        said = answer.content.decode()
        assert answer.status_code == 400 and "开始时间：不能早于今天（11-12）" in said
    answer = client.post(f"{A}/bodies/{body.pk}/plan/", {
        "kind": "regular", "month": "2026-10", "title": "质控例会", "begins_at": "2026-11-12T09:00",
        "place": "三楼",
    })  # fmt: skip
    with inside(qinghe), pytest.raises(DatabaseError, match="meeting_from_today"):
        Meeting.objects.filter(title="质控例会").update(begins_at=NOW - timedelta(days=2))
    with inside(qinghe):
        row = Meeting.objects.get()
        assert row.due_on == date(2026, 11, 12)
    url = f"{A}/meetings/{row.pk}/"
    for step in ("fill", "invite"):
        assert client.post(f"{url}act/{step}/").status_code == 302
    client.post(f"{url}points/", {"title": "次均费用", "text": "上升"})
    with inside(qinghe):
        asked = {f"presence_{one.pk}": "present" for one in row.attendance.all()}
    assert client.post(f"{url}held/", asked).status_code == 302
    answer = client.post(f"{url}resolutions/", {"text": "每周通报", "due_on": "2026-11-20"})
    assert answer.status_code == 400 and "每周通报" in answer.content.decode()
    client.post(f"{url}resolutions/", {"text": "每周通报"})
    with inside(qinghe):
        one = Resolution.objects.get()
    assert client.post(f"{url}resolutions/{one.pk}/put/").status_code == 302
    voted(qinghe, one, he="yes", yu="yes", mao="yes")
    form = client.get(f"{url}minutes/").content.decode()
    assert "次均费用" in form
    assert client.post(f"{url}minutes/", {"text_0": "到会四人"}).status_code == 302
    page = client.get(f"{url}minutes/1/").content.decode()
    assert "到会四人" in page and "3 票赞成" in page
    assert client.get(f"{url}minutes/1/print/").status_code == 200
    text = "\n".join(
        one.text for one in docx.Document(io.BytesIO(client.get(f"{url}minutes/1/docx/").content)).paragraphs
    )
    assert "到会四人" in text and "次均费用" in text


def test_the_inbox_asks_members_to_vote_and_to_sign(qinghe: World) -> None:
    meeting = held(qinghe, committee(qinghe))
    row = resolved(qinghe, meeting)
    with inside(qinghe):
        waits = approval_facts.waiting_for(again(qinghe.yu))
        assert [one.pk for one in waits] == [again(row).approval_id]
        assert approval_facts.waiting_for(again(qinghe.cai)) == []
    voted(qinghe, row, he="yes", yu="yes", mao="yes")
    with inside(qinghe):
        minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
        for name in ("he", "shu"):
            assert any(
                one.url.endswith(f"/meetings/{meeting.pk}/")
                for one in waiting(again(qinghe.people[name]), NOW)
            )
        assert not any(one.url.endswith(f"/meetings/{meeting.pk}/") for one in waiting(again(qinghe.yu), NOW))


def test_only_who_came_votes_and_the_absent_are_not_waited_for(qinghe: World) -> None:
    """Signed minutes that say "absent" and "3 in favour" contradict each other: the absent decide nothing."""
    row = resolved(qinghe, held(qinghe, committee(qinghe), absent=("mao",)))
    absent = qinghe.people["mao"]
    with inside(qinghe):
        approval = again(row).approval
        for verdict in ("yes", "recused"):
            with pytest.raises(Absent):
                approvals.decide(by=absent, approval=approval, verdict=verdict, note="说明")
        assert approval not in approval_facts.waiting_for(absent)
        assert approval in approval_facts.waiting_for(qinghe.people["yu"])
    vote = f"resolutions/{row.pk}/vote/"
    url = f"{A}/meetings/{row.meeting_id}/"
    assert vote in qinghe.client("yu").get(url).content.decode()
    assert vote not in qinghe.client("mao").get(url).content.decode()
    said = qinghe.client("mao", HTTP_ACCEPT_LANGUAGE="zh-hans").post(url + vote, {"verdict": "yes"})
    assert said.status_code == 400 and "未到会，不能表决" in said.content.decode()
    with pytest.raises(DatabaseError, match="not recorded as present"), inside(qinghe):
        approval.decisions.create(step=1, membership=absent, user_id=absent.user_id, verdict="yes")
    # Three of four came; more than half of all four is needed: one against, and it can no longer be reached.
    row = voted(qinghe, row, he="yes", yu="no")
    assert row.state == "lost"


def test_who_came_is_corrected_until_signed_but_never_against_a_vote(qinghe: World) -> None:
    meeting = held(qinghe, committee(qinghe), absent=("mao",))
    row = voted(qinghe, resolved(qinghe, meeting), he="yes")
    with inside(qinghe):
        entries = {one.seat.name: one.pk for one in meeting.attendance.select_related("seat")}
        came = dict.fromkeys(entries.values(), "present")
        minuting.write(by=qinghe.shu, meeting=again(meeting), now=NOW)
        meetings.hold(by=qinghe.shu, meeting=again(meeting), presence=came, now=NOW)
        with pytest.raises(MeetingRefused, match="何善明 voted"):
            away = {**came, entries["何善明"]: "excused"}
            meetings.hold(by=qinghe.shu, meeting=again(meeting), presence=away, now=NOW)
    for change in ("update meetings_attendance set presence = 'absent'", "delete from meetings_attendance"):
        with (
            pytest.raises(DatabaseError, match="who voted was present"), inside(qinghe),
            connection.cursor() as cursor,
        ):  # fmt: skip
            cursor.execute(change)
    # Now present, the fourth may vote; minutes that called the fourth absent are renewed before signing.
    row = voted(qinghe, row, mao="yes", yu="yes")
    assert row.state == "carried"
    with inside(qinghe), pytest.raises(MeetingRefused, match="Renew"):
        minuting.sign(by=qinghe.shu, meeting=again(meeting), number=1, now=NOW)
    page = qinghe.client("luo", HTTP_ACCEPT_LANGUAGE="zh-hans").get(f"{A}/meetings/{meeting.pk}/")
    assert "更正到会情况" in page.content.decode()


def test_nothing_is_put_to_the_vote_before_who_came_is_recorded(qinghe: World) -> None:
    meeting = planned(qinghe, committee(qinghe))
    with inside(qinghe):
        row = Resolution.objects.create(
            meeting=meeting, number=1, text="x", written_by=qinghe.shu, written_at=NOW
        )
        with pytest.raises(MeetingRefused, match="who came first"):
            resolving.put(by=qinghe.shu, resolution=again(row), now=NOW)
    with pytest.raises(DatabaseError, match="before a resolution is put"), inside(qinghe):
        Resolution.objects.update(state="put", approval=1)


def test_a_sheet_to_sign_names_everybody_asked_and_who_came_for_who_may_see_the_meeting(
    qinghe: World,
) -> None:
    body = committee(qinghe)
    row = planned(qinghe, body)
    url = f"{A}/meetings/{row.pk}/sign-in/"
    client = qinghe.client("mao", HTTP_ACCEPT_LANGUAGE="en")
    asked = client.get(url).content.decode()
    assert all(name in asked for name in ("何善明", "舒雁清", "余青山", "毛向芝"))
    assert asked.index("何善明") < asked.index("舒雁清") and "present" not in asked
    assert asked.count('<td class="nowrap">') == 4  # a name of three characters stands in one line
    assert f'href="{url}"' in client.get(f"{A}/meetings/{row.pk}/").content.decode()
    assert qinghe.client("wu").get(url).status_code == 404
    with inside(qinghe):
        invited = meetings.invite(by=qinghe.shu, meeting=again(row), now=BEGINS)
        presence = {
            one.pk: "absent" if one.seat.name == "余青山" else "present" for one in invited.attendance.all()
        }
        meetings.hold(by=qinghe.shu, meeting=again(row), presence=presence, now=NOW)
    came = client.get(url).content.decode()
    assert came.count("<td>present</td>") == 3 and came.count("<td>absent</td>") == 1
    assert "3 of 4 came" in came
