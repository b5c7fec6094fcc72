"""Complaints in a month: records first, a declaration where there are none, every figure open to its rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.models import Department, Institution
from complaints.models import Complaint
from complaints.services import box, handling, merging, person
from performance import collect
from performance.collect.complaints import COMPLAINT, KEYS
from performance.collect.declared import DECLARED
from performance.levels import facts as level_facts
from performance.levels import subjects
from performance.models import IndicatorValue, Level
from tests.complaints import scene as complaining
from tests.performance import declared_scene as declaring
from tests.performance.scene import compute, inside, prepare
from tests.world import World

OCTOBER = Month(2026, 10)
NOON = complaining.at("2026-10-14 12:00")


@pytest.fixture
def told(world: World) -> World:
    """October at the county hospital: in time, late, unanswered, withdrawn, a duplicate, a sealed report."""
    with inside(world):
        complaining.people(world)
        first = complaining.answered(world, NOON)
        late = complaining.assigned(world, NOON)
        handling.answer(by=world.kong, complaint=late, text="晚了", now=NOON + timedelta(hours=25))
        open_one = complaining.phoned(world, NOON + timedelta(hours=1), subject="等得久")
        assert open_one.first_answered_at is None
        person.withdraw(by=None, complaint=complaining.filed(world.lead, NOON), now=NOON + timedelta(hours=2))
        again = complaining.assigned(world, NOON + timedelta(hours=2))
        merging.merge(
            by=world.luo,
            complaint=again,
            number=first.number,
            reason="同一事",
            now=NOON + timedelta(hours=3),
        )
        box.file(institution=world.lead, text="密", mark="r", now=NOON)
        complaining.filed(world.liulin, NOON)  # a village room of Shiqiao
    return world


def found(*keys: str, month: Month = OCTOBER) -> dict[tuple[str, str], Any]:
    places = list(Institution.objects.filter(is_active=True).select_related("parent"))
    facts = collect.facts_of({month: frozenset(keys or KEYS)}, places)
    return {(one.institution, one.key): (one.value, one.evidence_kind) for one in facts}


def declare(world: World, place: Institution) -> None:
    numbers = {"complaints": 9, "complaints_due": 9, "complaints_in_time": 8}
    declaring.confirmed(
        world,
        *(declaring.entry(place, key, value) for key, value in numbers.items()),
        by="luo",
        second="meng",
    )


def test_records_count_before_what_is_declared_which_stands_where_there_are_none(told: World) -> None:
    with inside(told):
        declare(told, told.lead)
        declare(told, told.tcm)
        assert found() == {
            ("QH01", "complaints_due"): (3, COMPLAINT), ("QH02", "complaints_due"): (9, DECLARED),
            ("QH11", "complaints_due"): (1, COMPLAINT),
            ("QH01", "complaints"): (4, COMPLAINT), ("QH01", "complaints_in_time"): (1, COMPLAINT),
            ("QH02", "complaints"): (9, DECLARED), ("QH02", "complaints_in_time"): (8, DECLARED),
            ("QH11", "complaints"): (1, COMPLAINT), ("QH11", "complaints_in_time"): (0, COMPLAINT),
        }  # fmt: skip
        # In the month before nobody took complaints here: nothing is known. After it a month without is zero.
        assert found(month=OCTOBER.previous()) == {}
        assert found(month=OCTOBER.next())["QH01", "complaints"] == (0, COMPLAINT)


def test_what_is_not_counted_says_why_and_the_box_is_in_no_list(told: World) -> None:
    source = collect.source_of(COMPLAINT)
    assert source.sifted is not None
    with inside(told):
        counted, left = source.sifted(OCTOBER, "complaints_in_time")
        words = sorted(left["QH01"].values())
        numbers = dict(Complaint.objects.values_list("pk", "number"))
        (first,) = counted["QH01"]
        assert len(words) == 4 and sum(numbers[first] in one for one in words) == 1
        all_counted, merged = source.sifted(OCTOBER, "complaints")
        assert len(merged["QH01"]) == 1 and len(all_counted["QH01"]) == 4
        assert set(left["QH01"]) | {first} == set(all_counted["QH01"]) | set(merged["QH01"])
        # Six of the county hospital and one of the village room; the sealed report is no complaint at all.
        assert len(numbers) == 6
        listed = {pk for rows in (*counted.values(), *all_counted.values()) for pk in rows}
        listed |= {pk for rows in (*left.values(), *merged.values()) for pk in rows}
        assert listed == set(numbers)


def test_a_department_has_those_it_was_given_and_a_known_zero(told: World) -> None:
    with inside(told):
        given = complaining.department(told.lead)
        Department.objects.create(institution=told.lead, code="09", name="外科", kind="clinical")
        whos = subjects.of(Level.DEPARTMENT)
        rows = {
            (one.pk, one.key): (one.value, one.ids)
            for one in level_facts.facts_of({OCTOBER: KEYS}, Level.DEPARTMENT, whos)
        }
        assert rows[given.pk, "complaints"][0] == 2 and rows[given.pk, "complaints_in_time"][0] == 1
        assert len(rows[given.pk, "complaints"][1]) == 2
        others = [who.pk for who in whos if who.institution_id == told.lead.pk and who.pk != given.pk]
        assert others and all(rows[pk, "complaints"] == (0, ()) for pk in others)
        silent = [who.pk for who in whos if who.institution_id == told.tcm.pk]
        assert not any((pk, "complaints") in rows for pk in silent)


def test_more_complaints_ask_no_more_queries(told: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            found()
            collect.source_of(COMPLAINT).sifted(OCTOBER, "complaints")  # type: ignore[misc]
        return len(caught)

    with inside(told):
        before = asked()
        for _n in range(5):
            complaining.answered(told, NOON)
        assert asked() == before


def test_the_page_opens_down_to_numbers_and_names_nobody(told: World, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare(told)
    with inside(told):
        declare(told, told.tcm)
        declaring.scheme_with(told, "complaint_reply")
    run = compute(told)
    with inside(told):
        rows = IndicatorValue.objects.filter(settlement=run.settlement, indicator="complaint_reply")
        values = {row.institution.code: row for row in rows.select_related("institution")}
        # One was withdrawn before its time was over: it is owed no answer.
        assert (values["QH01"].numerator, values["QH01"].denominator) == (1, 3)
        numbers = list(Complaint.objects.order_by("pk").values_list("number", "state", "institution__code"))
    luo, at = told.client("luo"), "/a/qinghe/months/2026-10/institutions/QH01"
    why = luo.get(f"{at}/why/complaint_reply/").content.decode()
    assert "按本系统登记的投诉计数" in why and f"{at}/records/2026-10/complaints_due/" in why
    declared = luo.get("/a/qinghe/months/2026-10/institutions/QH02/why/complaint_reply/").content.decode()
    assert "申报并经复核" in declared and "按本系统登记的投诉计数" not in declared
    page = luo.get(f"{at}/records/2026-10/complaints_due/").content.decode()
    shown = [
        number for number, state, place in numbers if place == "QH01" and state not in ("merged", "withdrawn")
    ]
    assert len(shown) == 3 and all(number in page for number in shown)
    assert "龚国良" not in page and "心电图" not in page and "密" not in page.split("<main", 1)[-1]
    rest = luo.get(f"{at}/records/2026-10/complaints_due/?view=rest").content.decode()
    (merged,) = [number for number, state, _place in numbers if state == "merged"]
    assert merged in rest and "为同一事项" in rest and "时限未到即撤回" in rest
    # The second wall: another institution's member reads neither figure nor list.
    assert told.client("zhao").get(f"{at}/records/2026-10/complaints_due/").status_code == 404
    assert told.client("tan").get(f"{at}/records/2026-10/complaints_due/").status_code == 404
