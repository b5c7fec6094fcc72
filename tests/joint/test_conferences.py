"""Case conferences and research: own lines, several houses, the quarter, who reads the cases (S3-45)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.utils import DatabaseError

from alliance.joint import facts, services
from alliance.joint.models import Conference, Participant, Research
from alliance.joint.services import JointRefused
from alliance.lib.period import Month, Quarter
from alliance.models.base import Stale
from tests.joint.scene import NOW, doctor, held, meeting, study
from tests.world import World

AUTUMN, DAY = Quarter(2026, 4), date(2026, 11, 11)
HELD = services.Held(DAY, "讨论两例，明确随访方案。")


def test_a_conference_counts_when_held_by_several_with_cases(qinghe: World) -> None:
    row, ours = meeting(qinghe), doctor(qinghe.lead, "L1")
    hold: dict[str, Any] = {"by": qinghe.kong, "conference": row, "held": HELD, "now": NOW}
    services.take_part(by=qinghe.kong, conference=row, staff=ours)
    with pytest.raises(JointRefused, match="at least 2 institutions"), transaction.atomic():
        services.hold_conference(**hold)
    services.take_part(by=qinghe.bai, conference=row, staff=doctor(qinghe.shiqiao))
    with pytest.raises(JointRefused, match="at least one case"), transaction.atomic():
        services.hold_conference(**hold)
    services.bring_case(by=qinghe.bai, conference=row, question=services.Question("如何调药", record_no="A1"))
    with pytest.raises(JointRefused, match="in the future"):
        services.hold_conference(**(hold | {"held": services.Held(date(2026, 11, 13), "x")}))
    with pytest.raises(JointRefused, match="Write the minutes"):
        services.hold_conference(**(hold | {"held": services.Held(DAY, " ")}))
    with pytest.raises(PermissionDenied):
        services.hold_conference(**(hold | {"by": qinghe.bai}))
    done = services.hold_conference(**hold, version=1)
    with pytest.raises(Stale):
        services.hold_conference(**hold, version=1)
    with pytest.raises(JointRefused, match="its lists stay"):
        services.take_part(by=qinghe.bai, conference=done, staff=doctor(qinghe.shiqiao, "D9"))


def test_who_held_or_joined_none_in_the_quarter(qinghe: World) -> None:
    """The county hospital hosts, Shiqiao joins, the Chinese-medicine hospital has none; one is asked for."""
    row = held(qinghe)
    found = {one.institution: one for one in facts.conference_facts(AUTUMN)}
    assert {code: (len(one.hosted_ids), len(one.joined_ids), one.participants, one.missing)
            for code, one in found.items()} == {
        "QH01": (1, 1, 1, 0), "QH11": (0, 1, 1, 0), "QH02": (0, 0, 0, 1),
    }  # fmt: skip
    assert found["QH11"].joined_ids == (row.pk,)
    assert [one.pk for one in facts.conference_records(found["QH11"].joined_ids)] == [row.pk]
    assert all(one.missing == 1 for one in facts.conference_facts(Quarter(2026, 3)))


def test_each_institution_enters_and_voids_its_own(qinghe: World) -> None:
    row, ours = meeting(qinghe), doctor(qinghe.shiqiao)
    with pytest.raises(JointRefused, match="does not work"):
        services.take_part(by=qinghe.kong, conference=row, staff=ours)
    line = services.take_part(by=qinghe.bai, conference=row, staff=ours)
    with pytest.raises(JointRefused, match="already stands"):
        services.take_part(by=qinghe.bai, conference=row, staff=ours)
    with pytest.raises(PermissionDenied):
        services.void_line(by=qinghe.kong, line=line, why="误", now=NOW)
    for wordless in ("\0", "字" * 301):
        with pytest.raises(JointRefused):
            services.void_line(by=qinghe.bai, line=line, why=wordless, now=NOW)
    services.void_line(by=qinghe.bai, line=line, why="请\0假", now=NOW)
    with pytest.raises(Stale):
        services.void_line(by=qinghe.bai, line=line, why="再次", now=NOW)
    services.take_part(by=qinghe.bai, conference=row, staff=ours)
    with pytest.raises(JointRefused, match="record number"):
        services.bring_case(by=qinghe.bai, conference=row, question=services.Question("如何调药"))


def test_the_database_knows_no_held_conference_without_minutes(qinghe: World) -> None:
    row = meeting(qinghe)
    line = services.take_part(by=qinghe.bai, conference=row, staff=doctor(qinghe.shiqiao))
    for rows, change in (
        (Conference.objects.filter(pk=row.pk), {"state": "held", "held_on": DAY}),
        (Conference.objects.filter(pk=row.pk), {"state": "cancelled"}),
        (Participant.objects.filter(pk=line.pk), {"staff": doctor(qinghe.shiqiao, "D9")}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    done = services.cancel_conference(by=qinghe.kong, conference=row, why="改期")
    with pytest.raises(DatabaseError), transaction.atomic():
        Conference.objects.filter(pk=done.pk).update(state="held", held_on=DAY, minutes="x")


def test_research_counts_for_every_institution_while_it_runs(qinghe: World) -> None:
    row = study(qinghe)
    count = {one.institution_id: (len(one.led_ids), len(one.joined_ids)) for one in running(2026, 11)}
    assert count == {qinghe.lead.pk: (1, 1), qinghe.shiqiao.pk: (0, 1)}
    services.end_research(
        by=qinghe.kong, research=row, finished=True, ended_on=date(2026, 10, 31), result="结题", now=NOW
    )
    assert running(2026, 11) == [] and len(running(2026, 10)) == 2 and running(2025, 12) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Research.objects.filter(pk=row.pk).update(state="running", ended_on=None)


def running(year: int, month: int) -> list[facts.ResearchFact]:
    return facts.research_facts(Month(year, month))


def test_wrong_research_is_refused_by_name(qinghe: World) -> None:
    study(qinghe)
    for change, reason in (
        ({"number": "K-1"}, "number"),
        ({"number": "K-2", "partners": []}, "partners"),
        ({"number": "K-2", "partners": [qinghe.lead]}, "partners"),
        ({"number": "K-2", "last_day": date(2025, 1, 1)}, "last_day"),
        ({"number": "K-2", "leader": doctor(qinghe.shiqiao)}, "leader"),
    ):
        with pytest.raises(JointRefused) as refused:
            study(qinghe, **change)
        assert refused.value.reason == reason
