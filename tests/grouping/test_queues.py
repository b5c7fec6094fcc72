"""Work queues: found once by record and cause, asked, answered, waiting, closed by the corrected file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from alliance.lib.period import Month
from alliance.models import Journal, Membership, Transition
from alliance.services import jobs
from grouping import sql as cases_sql
from grouping.delivered import sql as delivered
from grouping.models import CaseQuestion, WorkItem
from grouping.queues import found, services, sql
from grouping.queues.services import QueueRefused
from grouping.services import publishing
from tests.grouping.files import front_page
from tests.grouping.scene import check, inside, pages, store
from tests.world import World, member

NOW = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)  # a Thursday


def bad(world: World) -> list[dict[str, str]]:
    """Six rows: without a principal diagnosis, unknown codes, a clinical code, sex against ID, two good."""
    rows = pages(world, 6)
    rows[0] |= {"C03C": "", "C04N": ""}
    rows[1] |= {"C03C": "Q99.999"}
    rows[2] |= {"C06x01C": "X99.999", "C07x01N": "某病", "C08x01C": "1", "B20": "44"}
    rows[3] |= {"C03C": clinical(world), "C04N": "某病"}
    return rows


def clinical(world: World) -> str:
    from grouping.services import schemes

    with inside(world):
        package = schemes.package(schemes.in_force(NOW.date()))
    return next(code for code in package.maps.diagnoses if code not in package.diagnosis_names)


def coder(world: World) -> Membership:
    """A coder of the lead hospital."""
    if "he" not in world.people:
        with inside(world):
            world.people["he"] = member("he", "何编", world.lead, "coder")
    return world.people["he"]


def items(world: World, **conditions: Any) -> list[tuple[str, str, str]]:
    with inside(world):
        rows = WorkItem.objects.filter(**conditions).order_by("subject", "cause")
        return [(item.subject, str(item.cause), item.state) for item in rows]


def ids(world: World, **conditions: Any) -> list[int]:
    with inside(world):
        return list(WorkItem.objects.filter(**conditions).order_by("pk").values_list("pk", flat=True))


def test_bad_rows_of_a_stored_file_are_items_by_cause(scene: World) -> None:
    store(scene, bad(scene))
    assert items(scene) == [
        ("R00000/1", "no_principal", "open"), ("R00001/1", "unknown_code", "open"),
        ("R00002/1", "times", "open"), ("R00002/1", "unknown_code", "open"),
        ("R00003/1", "clinical_code", "open"),
    ]  # fmt: skip
    with inside(scene):
        item = WorkItem.objects.get(subject="R00001/1")
        assert (item.institution, item.month.isoformat(), item.line) == (scene.lead, "2026-10-01", 3)
        assert [row["code"] for row in item.detail["rows"]] == ["unknown_diagnosis"]
        assert item.internal_from.isoformat() == "2026-11-20T16:00:00+00:00"


def test_the_same_findings_in_a_later_file_are_the_same_items(scene: World) -> None:
    store(scene, bad(scene))
    before = ids(scene)
    later = bad(scene)
    later[5] |= {"D01": "1234.57"}
    file = store(scene, later)
    assert ids(scene) == before
    with inside(scene):
        assert set(WorkItem.objects.values_list("file", flat=True)) == {file.pk}
        assert found.in_file(file) == 0


def test_a_corrected_file_closes_what_it_corrects_and_nothing_else(scene: World) -> None:
    store(scene, bad(scene))
    with inside(scene):
        services.wait(by=coder(scene), items=ids_now(), now=NOW)
    corrected = bad(scene)
    corrected[0] |= {"C03C": "J18.900", "C04N": "肺炎"}
    corrected[2] |= {"B20": "4"}
    check(scene, corrected)
    assert {state for _s, _c, state in items(scene)} == {"waiting"}
    store(scene, [*corrected[:5], corrected[5] | {"D09": "234.55"}])
    assert items(scene, state="closed") == [("R00000/1", "no_principal", "closed")]
    with inside(scene):
        item = WorkItem.objects.get(state="closed")
        step = Transition.objects.filter(about_kind="grouping.workitem", about_id=item.pk).last()
        assert (step.name, step.from_state, step.to_state, step.by, step.note) == (
            "close", "waiting", "closed", None, "corrected",
        )  # fmt: skip


def ids_now() -> list[int]:
    return list(WorkItem.objects.values_list("pk", flat=True))


def test_a_cause_that_comes_back_opens_its_item_again(scene: World) -> None:
    wrong, right = bad(scene)[:1], pages(scene, 1)
    store_or_check(scene, [*wrong, pages(scene, 2)[1]])
    store(scene, right)
    assert items(scene) == [("R00000/1", "no_principal", "closed")]
    store(scene, [*wrong, pages(scene, 3)[2]])
    assert items(scene) == [("R00000/1", "no_principal", "open")]


def store_or_check(world: World, rows: list[dict[str, str]]) -> None:
    file = check(world, rows)
    with inside(world):
        publishing.publish(by=world.lin, file=file, take_good=True)
    jobs.drain(world.qinghe)


def test_a_file_put_aside_takes_its_own_findings_along(scene: World) -> None:
    file = check(scene, bad(scene))
    with inside(scene):
        found.in_file(file)  # as files were treated once when they were checked
        services.wait(by=coder(scene), items=ids_of("R00000/1"), now=NOW)
        publishing.discard(by=scene.lin, file=file)
    assert items(scene, state="waiting") == [("R00000/1", "no_principal", "waiting")]
    assert len(items(scene, state="closed")) == 4


def test_a_file_nobody_has_confirmed_brings_nothing_into_the_queue(scene: World) -> None:
    file = check(scene, bad(scene))
    assert file.rows_bad and items(scene) == []
    with inside(scene):
        publishing.discard(by=scene.lin, file=file)
    assert items(scene) == []
    store(scene, bad(scene)[:5])
    assert len(items(scene, state="open")) == 5


def test_findings_of_a_file_that_nobody_stored_leave_the_queue(scene: World) -> None:
    """As earlier versions kept them: they began when a file was checked."""
    store(scene, bad(scene)[:5])
    with inside(scene):
        WorkItem.objects.update(month=Month(2026, 10).first_day)
        assert WorkItem.objects.count() == 5 and found.refresh(Month(2026, 10))["closed"] == 0
    file = check(scene, bad(scene)[5:])
    with inside(scene):
        moved = list(WorkItem.objects.order_by("pk").values_list("pk", flat=True)[:2])
        WorkItem.objects.filter(pk__in=moved).update(file=file)
        assert found.refresh(Month(2026, 10))["closed"] == 2
        left = WorkItem.objects.filter(pk__in=moved).values_list("state", flat=True)
        assert set(left) == {"closed"} and WorkItem.objects.filter(state="open").count() == 3


def ids_of(subject: str) -> list[int]:
    return list(WorkItem.objects.filter(subject=subject).values_list("pk", flat=True))


def undone(world: World) -> list[dict[str, str]]:
    rows = pages(world, 14)
    rows[0] |= {"C03C": "C78.000", "C04N": "肺继发恶性肿瘤"}
    rows[1] |= {"D01": "9234.56", "D23": "9000.00"}
    rows[2] |= {"D01": "235.56", "D23": "1.00"}
    return rows


def test_groups_and_costs_of_a_month_are_items_that_follow_them(scene: World) -> None:
    store(scene, undone(scene))
    first = items(scene)
    assert ("R00001/1", "cost_high", "open") in first and ("R00002/1", "cost_low", "open") in first
    ungrouped = [one for one in first if one[0] == "R00000/1"]
    assert [one[1] for one in ungrouped] == ["out_of_scope"]
    corrected = undone(scene)
    corrected[0] |= {"C03C": "J18.900", "C04N": "肺炎"}
    corrected[1] |= {"D01": "1234.56", "D23": "1000.00"}
    store(scene, corrected)
    states = {(subject, cause): state for subject, cause, state in items(scene)}
    assert states["R00000/1", ungrouped[0][1]] == "closed" and states["R00001/1", "cost_high"] == "closed"
    assert states["R00002/1", "cost_low"] == "open"
    with inside(scene):
        again = found.refresh(Month(2026, 10))
    assert again["closed"] == 0 and items(scene) == items(scene)


def test_many_are_asked_at_once_and_answered_within_two_working_days(scene: World) -> None:
    store(scene, bad(scene))
    with inside(scene):
        wanted = ids_now()
        assert services.ask(by=coder(scene), items=wanted, text="主诊是什么？", now=NOW) == 5
        questions = list(CaseQuestion.objects.all())
        # Thursday; Friday and Monday are working days: due at the end of Monday.
        assert {question.due_at.isoformat() for question in questions} == {"2026-11-09T16:00:00+00:00"}
        with pytest.raises(QueueRefused):
            services.ask(by=coder(scene), items=wanted, text="再问一次", now=NOW)
        assert services.answer(by=scene.lin, items=wanted[:2], text="肺炎，已在系统改", now=NOW) == 2
        assert CaseQuestion.objects.exclude(answered_at=None).count() == 2
        assert services.wait(by=coder(scene), items=wanted, now=NOW) == 5
        verbs = Journal.objects.filter(verb__startswith="queue.").values_list("verb", "detail__items")
        assert sorted(verbs) == [("queue.answered", 2), ("queue.asked", 5), ("queue.waiting", 5)]


def test_each_side_takes_its_own_steps_and_only_on_its_own_records(scene: World) -> None:
    store(scene, bad(scene))
    with inside(scene):
        wanted = ids_now()
        for by, step in ((scene.wu, "ask"), (scene.kong, "wait"), (scene.luo, "accept")):
            with pytest.raises(PermissionDenied):
                services.STEPS[step](by=by, items=wanted, text="试试看", now=NOW)
        with pytest.raises(QueueRefused):  # another institution's coder
            services.wait(by=scene.han, items=wanted, now=NOW)
        with pytest.raises(QueueRefused):
            services.accept(by=coder(scene), items=wanted, text=" ", now=NOW)
        assert services.accept(by=coder(scene), items=wanted[:1], text="不属错误", now=NOW) == 1
        assert services.look_again(by=coder(scene), items=wanted[:1], now=NOW) == 1


@pytest.mark.parametrize(
    ("before", "after"), [("open", "answered"), ("open", "closed_"), ("waiting", "asked")]
)
def test_the_database_refuses_a_step_that_is_not_declared(scene: World, before: str, after: str) -> None:
    store(scene, bad(scene))
    with inside(scene):
        if before == "waiting":
            services.wait(by=coder(scene), items=ids_now(), now=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            WorkItem.objects.update(state=after)


def test_an_answer_is_written_once(scene: World) -> None:
    store(scene, bad(scene))
    with inside(scene):
        services.ask(by=coder(scene), items=ids_now(), text="主诊是什么？", now=NOW)
        services.answer(by=scene.lin, items=ids_now(), text="肺炎", now=NOW)
        for change in ({"answer": "别的"}, {"text": "别的"}, {"answered_at": None}):
            with pytest.raises(DatabaseError), transaction.atomic():
                CaseQuestion.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            CaseQuestion.objects.all().delete()


def test_a_row_that_names_no_record_goes_with_the_next_file_of_its_month(scene: World) -> None:
    rows = pages(scene, 2)
    rows[0] |= {"A48": ""}
    file = store(scene, rows)
    assert items(scene) == [(f"#{file.pk}/2", "value", "open")]
    store(scene, [front_page(scene.lead.organisation, "R00009"), rows[1]])
    assert items(scene)[0][2] == "closed"


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        (sql.FIND_ROWS, "grouping_case"),
        (sql.CLOSE_ROWS, "grouping_stagedcase"),
        (delivered.KEEP_OLD, "grouping_case"),
        (delivered.PREVIEW, "grouping_case"),
    ],
    ids=["found", "closed", "kept", "preview"],
)
def test_each_record_is_looked_up_by_its_key_whatever_the_planner_believes(
    scene: World, statement: str, table: str
) -> None:
    """A file is published in the transaction that stored its cases: no statistics know of them yet."""
    store(scene, bad(scene))
    file = check(scene, pages(scene, 5))
    wanted = {
        "alliance": scene.qinghe.pk, "file": file.pk, "now": file.received_at, "row_causes": found.ROWS,
        "codes": [], "causes": [], "unknown": [], "clinical": [], "clinical_code": "",
    }  # fmt: skip
    with inside(scene), connection.cursor() as cursor, cases_sql.by_key():
        many(cursor, table)
        cursor.execute(f"explain (format json) {statement}", wanted)
        (plan,) = cursor.fetchone()
    conditions = [
        node.get("Index Cond", "") for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == table
    ]
    assert conditions and all("record_no" in one and "institution_id" in one for one in conditions)


def many(cursor: Any, table: str) -> None:
    """The first row of a table 5,000 times more, under other numbers."""
    cursor.execute("select column_name from information_schema.columns where table_name = %s", [table])
    names = {name for (name,) in cursor.fetchall()} - {"id"}
    taken = {"record_no": "'M' || n", "line": "n + 100"}
    values = ", ".join(taken.get(name, name) for name in names)
    cursor.execute(
        f"insert into {table} ({', '.join(names)}) select {values} "
        f"from (select * from {table} limit 1) one, generate_series(1, 5000) n"
    )


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node of a plan and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
