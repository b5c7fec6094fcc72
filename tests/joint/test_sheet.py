"""Persons of a project from a sheet: whole or not at all, a wrong line is named."""

from __future__ import annotations

import io

import pytest
from django.db import transaction

from alliance.joint import services
from alliance.joint.models import Enrolment, Milestone
from alliance.joint.services import JointRefused
from alliance.models import Person
from tests.joint.scene import NOW, doctor, opened
from tests.world import World

HEAD = "姓名,性别,出生日期,首诊日期,对方机构编码,本方医生工号\n"


def read(world: World, text: str) -> list[Enrolment]:
    return services.enrol_by_sheet(
        by=world.han, project=opened(world), name="x.csv", content=io.BytesIO(text.encode()), now=NOW
    )


def test_a_sheet_is_taken_whole(qinghe: World) -> None:
    doctor(qinghe.shiqiao)
    made = read(
        qinghe,
        HEAD + "周建国,男,1960-05-01,2026-10-01,QH01,D101\n李秀英,女,1958/3/2,2026/10/8,QH01,\n",
    )
    assert [(row.person.name, row.first_day.day, row.source) for row in made] == [
        ("周建国", 1, "sheet"), ("李秀英", 8, "sheet"),
    ]  # fmt: skip
    assert made[0].primary_doctor and made[0].primary_doctor.code == "D101"
    assert (made[0].hospital, made[0].primary) == (qinghe.lead, qinghe.shiqiao)
    assert Milestone.objects.count() == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("姓名,首诊日期\n周建国,2026-10-01\n", "needs the columns"),
        (HEAD, "no line below"),
        (HEAD + "周建国,男,1960-05-01,2026-10-01,QH99,\n", "Line 2: no institution"),
        (HEAD + "周建国,男,1960-05-01,2026-02-30,QH01,\n", "Line 2: “2026-02-30” is no day"),
        (HEAD + "周建国,男,1960-05-01,24/13/01,QH01,\n", "Line 2: “24/13/01” is no day"),
        (HEAD + "周建国,丁,1960-05-01,2026-10-01,QH01,\n", "Line 2: “丁” is no sex"),
        (HEAD + "周建国,男,1960-05-01,2026-10-01,QH01,X9\n", "Line 2: nobody with the staff number"),
        (HEAD + "周建国,男,1960-05-01,2026-12-01,QH01,\n", "Line 2: 首诊日期早于项目启动日"),
        (HEAD + "周建国,男,,2026-10-01,QH01,\n", "Line 2:"),
        (HEAD + "周建国,男,1960-05-01,2026-10-01,QH01,\n" * 2, "Line 3: 该患者已在本项目中"),
    ],
)
def test_n18_n19_a_wrong_line_is_named_and_nothing_is_stored(qinghe: World, text: str, said: str) -> None:
    with pytest.raises(JointRefused) as refused, transaction.atomic():
        read(qinghe, text)
    assert said in str(refused.value)
    assert not Enrolment.objects.exists() and not Person.objects.exists()
