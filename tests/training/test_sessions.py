"""Sessions, attendance, sheets: each institution its own staff, hours count once the list is closed."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from alliance.lib.period import Month
from alliance.models.base import Stale
from alliance.training import facts, services
from alliance.training.models import Attendance, Session
from alliance.training.services import TrainingRefused
from tests.training.scene import BEGIN, NOW, attended, doctor, planned
from tests.world import World

NOVEMBER, UNTIL = Month(2026, 11), date(2026, 11, 30)


def test_hours_count_once_the_organiser_has_closed(qinghe: World) -> None:
    session, who = planned(qinghe), doctor(qinghe.shiqiao)
    line = attended(qinghe, session, who, 170)
    assert facts.training_facts(NOVEMBER) == []
    services.close(by=qinghe.kong, session=session, now=NOW)
    (fact,) = facts.training_facts(NOVEMBER)
    assert (fact.institution, fact.staff_id, fact.onsite_minutes, fact.online_minutes) == (
        "QH11", who.pk, 170, 0,
    )  # fmt: skip
    assert fact.ids == (line.pk,)
    assert [row.pk for row in facts.records(fact.ids)] == [line.pk]


def test_a_month_ends_at_midnight_in_shanghai(qinghe: World) -> None:
    # 31 October, 23:30 local is still 15:30 UTC of October.
    late = BEGIN.replace(month=10, day=31, hour=15, minute=30)
    session = planned(qinghe, starts_at=late, ends_at=late + timedelta(hours=2))
    attended(qinghe, session, doctor(qinghe.shiqiao), 60)
    services.close(by=qinghe.kong, session=session, now=NOW)
    assert facts.training_facts(NOVEMBER) == []
    assert len(facts.training_facts(Month(2026, 10))) == 1


def test_only_own_staff_and_only_within_the_session(qinghe: World) -> None:
    session = planned(qinghe, mode="onsite")
    who, foreign = doctor(qinghe.shiqiao), doctor(qinghe.lead, code="X1")
    for presence, reason in (
        (services.Presence(foreign, 60, "onsite"), "staff"),
        (services.Presence(who, 181, "onsite"), "minutes"),
        (services.Presence(who, 60, "online"), "way"),
        (services.Presence(who, 60, "onsite", 80), "points"),
    ):
        with pytest.raises(TrainingRefused) as refused:
            services.attend(by=qinghe.han, session=session, presence=presence, now=NOW)
        assert refused.value.reason == reason


def test_nobody_stands_twice_and_a_wrong_line_is_voided(qinghe: World) -> None:
    session, who = planned(qinghe), doctor(qinghe.shiqiao)
    wrong = attended(qinghe, session, who, 18)
    with pytest.raises(TrainingRefused, match="already stands"):
        attended(qinghe, session, who, 180)
    with pytest.raises(PermissionDenied):
        services.void(by=qinghe.kong, attendance=wrong, why="误", now=NOW)
    services.void(by=qinghe.han, attendance=wrong, why="少打一个零", now=NOW)
    with pytest.raises(Stale):
        services.void(by=qinghe.han, attendance=wrong, why="再次", now=NOW)
    attended(qinghe, session, who, 180)
    services.close(by=qinghe.kong, session=session, now=NOW)
    (fact,) = facts.training_facts(NOVEMBER)
    assert fact.onsite_minutes == 180


def test_the_database_changes_no_line(qinghe: World) -> None:
    line = attended(qinghe, planned(qinghe), doctor(qinghe.shiqiao), 60)
    for change in ({"minutes": 180}, {"staff": doctor(qinghe.shiqiao, code="D9")}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Attendance.objects.filter(pk=line.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attendance.objects.filter(pk=line.pk).delete()


def test_a_list_closes_after_the_end_with_somebody_on_it_by_the_organiser(qinghe: World) -> None:
    session = planned(qinghe)
    with pytest.raises(TrainingRefused, match="not ended"):
        services.close(by=qinghe.kong, session=session, now=BEGIN)
    with pytest.raises(TrainingRefused, match="who took part"):
        services.close(by=qinghe.kong, session=session, now=NOW)
    attended(qinghe, session, doctor(qinghe.shiqiao))
    with pytest.raises(PermissionDenied):
        services.close(by=qinghe.wu if qinghe.wu.institution_id != session.organiser_id else qinghe.tan,
                       session=session, now=NOW)  # fmt: skip
    closed = services.close(by=qinghe.kong, session=session, now=NOW)
    with pytest.raises(TrainingRefused, match="Void a wrong line"):
        attended(qinghe, closed, doctor(qinghe.shiqiao, code="D102"))
    with pytest.raises(Stale):
        services.cancel(by=qinghe.kong, session=closed, why="x")


def test_a_sheet_is_taken_whole(qinghe: World) -> None:
    session = planned(qinghe, pass_mark=60)
    doctor(qinghe.shiqiao, "D101", "沈梅")
    doctor(qinghe.shiqiao, "D102", "韩冬")
    sheet = "工号,分钟,方式,成绩\nD101,170,线上,88\nD102,180,现场,55\n".encode()
    made = services.attend_by_sheet(
        by=qinghe.han, session=session, name="x.csv", content=io.BytesIO(sheet), now=NOW
    )
    assert [(row.minutes, row.way, row.points) for row in made] == [(170, "online", 88), (180, "onsite", 55)]
    services.close(by=qinghe.kong, session=session, now=NOW)
    assert sum(fact.examined for fact in facts.training_facts(NOVEMBER)) == 2
    assert sum(fact.passed for fact in facts.training_facts(NOVEMBER)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("工号,学分\nD101,3\n", "staff number and minutes"),
        ("工号,分钟\nD101,170\nD999,60\n", "Line 3: nobody"),
        ("工号,分钟\nD101,两小时\n", "Line 2: “两小时” is no whole number"),
        ("工号,分钟,方式\nD101,60,邮寄\n", "Line 2: write on site"),
        ("工号,分钟\nD101,600\n", "Line 2: 分钟数须在 1 至 180"),
        ("工号,分钟\nD101,60\nD101,60\n", "Line 3: 沈梅 已在名单上"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_stored(qinghe: World, text: str, said: str) -> None:
    session = planned(qinghe)
    doctor(qinghe.shiqiao, "D101", "沈梅")
    with pytest.raises(TrainingRefused) as refused, transaction.atomic():
        services.attend_by_sheet(
            by=qinghe.han, session=session, name="x.csv", content=io.BytesIO(text.encode()), now=NOW
        )
    assert said in str(refused.value)
    assert not session.attendances.exists()


def test_hours_of_the_year_name_those_without_any(qinghe: World) -> None:
    session, who = planned(qinghe), doctor(qinghe.shiqiao)
    doctor(qinghe.shiqiao, "D102", "韩冬")
    doctor(qinghe.lead, "L1", "县医院医生")
    attended(qinghe, session, who, 90)
    services.close(by=qinghe.kong, session=session, now=NOW)
    rows = facts.hours_of(UNTIL)
    assert [(row.name, row.hours, row.least, row.state) for row in rows] == [
        ("韩冬", Decimal("0.0"), 40, "late"), ("沈梅", Decimal("1.5"), 40, "late"),
    ]  # fmt: skip


def test_the_database_knows_no_cancelled_session_without_a_reason(qinghe: World) -> None:
    session = planned(qinghe)
    with pytest.raises(IntegrityError, match="training_why"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(state="cancelled")
