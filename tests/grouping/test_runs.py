"""Runs over stored cases: each is kept, a trial changes no result that counts and is discarded as a whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError, ProgrammingError

from alliance.lib.period import Month
from alliance.models import Job
from alliance.services import jobs
from grouping.engine import interpreter
from grouping.models import Case, GroupedCase, GroupingRun, Scheme, SchemeVersion, TrialCase
from grouping.runs import sql
from grouping.services import grouping, runs, schemes, stored, versions
from grouping.sql import by_key
from tests.grouping.scene import inside, pages, store
from tests.world import World

OCTOBER = Month(2026, 10)


def shipped(world: World) -> SchemeVersion:
    found = versions.released(Scheme.objects.get().digest)
    assert found is not None
    return found


def try_scheme(world: World, first: Month = OCTOBER, last: Month = OCTOBER) -> GroupingRun:
    with inside(world):
        run = runs.begin_trial(by=world.luo, version=shipped(world), first=first, last=last)
    assert all(job.state == "done" for job in jobs.drain(world.qinghe))
    with inside(world):
        return GroupingRun.objects.get(pk=run.pk)


def results(model: type) -> list[tuple[object, ...]]:
    columns = ("case", "revision", "mdc", "adrg", "drg", "status", "weight")
    return list(model.objects.order_by("case", "revision").values_list(*columns))  # type: ignore[attr-defined]


def test_every_result_names_the_run_that_made_it(scene: World) -> None:
    store(scene, pages(scene, 7))
    with inside(scene):
        (run,) = GroupingRun.objects.all()
        assert set(GroupedCase.objects.values_list("run", flat=True)) == {run.pk}
        assert (run.kind, run.scheme, run.job.kind) == ("live", Scheme.objects.get(), "cases.group_month")
        assert run.ended_at is not None and sum(run.counts.values()) == 7 == GroupedCase.objects.count()
        assert run.digest == run.scheme.digest and run.engine


def test_a_second_run_repeats_no_result_and_takes_what_was_corrected(scene: World) -> None:
    store(scene, pages(scene, 3))
    with inside(scene):
        grouping.enqueue_month(by=scene.luo, month=OCTOBER)
    jobs.drain(scene.qinghe)
    with inside(scene):
        assert GroupedCase.objects.count() == 3 and GroupingRun.objects.count() == 1
    store(scene, pages(scene, 3, C03C="I61.000"))
    with inside(scene):
        assert GroupedCase.objects.count() == 6 and GroupingRun.objects.count() == 2
        assert Case.objects.filter(revision=2).count() == 3


def test_stored_results_are_those_of_the_interpreter(scene: World) -> None:
    store(scene, [*pages(scene, 2), *pages(scene, 4, C03C="I61.000")[2:]])
    with inside(scene):
        package = schemes.package(Scheme.objects.get())
        for case in Case.objects.all():
            row = {name: getattr(case, name) for name in CASE_FIELDS} | {"id": case.pk}
            expected = interpreter.group(package, grouping.as_case(row))
            found = GroupedCase.objects.get(case=case, revision=case.revision)
            assert (found.mdc, found.adrg, found.drg, found.status) == (
                expected.mdc, expected.adrg, expected.drg, expected.status.value
            )  # fmt: skip
            assert found.weight == expected.weight


CASE_FIELDS = (
    "sex", "age", "age_days", "weight_g", "stay_days", "icu_hours", "department_code", "discharge_way",
    "diagnoses", "procedures",
)  # fmt: skip


def test_a_trial_stands_apart_from_the_results_that_count(scene: World) -> None:
    store(scene, pages(scene, 5))
    with inside(scene):
        before = results(GroupedCase)
    run = try_scheme(scene)
    with inside(scene):
        assert results(GroupedCase) == before
        assert results(TrialCase) == before
        assert (run.kind, run.parts, run.parts_done) == ("trial", 1, 1)
        assert run.ended_at is not None and sum(run.counts.values()) == 5


def test_a_discarded_trial_leaves_no_result_and_stays_known(scene: World) -> None:
    store(scene, pages(scene, 3))
    kept, gone = try_scheme(scene), try_scheme(scene)
    with inside(scene):
        runs.discard(by=scene.luo, run=gone)
        assert set(TrialCase.objects.values_list("run", flat=True)) == {kept.pk}
        assert GroupingRun.objects.get(pk=gone.pk).discarded_at is not None
        live = GroupingRun.objects.get(kind="live")
        with pytest.raises(runs.RunRefused, match="live run is kept"):
            runs.discard(by=scene.luo, run=live)


def test_a_trial_that_is_discarded_while_it_runs_stores_nothing_more(scene: World) -> None:
    store(scene, pages(scene, 3))
    with inside(scene):
        run = runs.begin_trial(by=scene.luo, version=shipped(scene), first=OCTOBER, last=OCTOBER)
        runs.discard(by=scene.luo, run=run)
    jobs.drain(scene.qinghe)
    with inside(scene):
        assert TrialCase.objects.count() == 0
        assert GroupingRun.objects.get(pk=run.pk).ended_at is not None


def test_a_month_is_shared_by_ranges_and_read_in_pages(scene: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PART", 3)
    monkeypatch.setattr(runs, "PAGE", 2)
    store(scene, pages(scene, 8))
    run = try_scheme(scene, Month(2026, 9), OCTOBER)
    with inside(scene):
        assert (run.parts, run.parts_done) == (3, 3)
        assert TrialCase.objects.count() == 8 == sum(run.counts.values())
        chunks = Job.objects.filter(kind=runs.TRIAL).order_by("pk").values_list("chunks_done", flat=True)
        assert list(chunks) == [3, 3, 2]


def test_a_trial_of_months_without_cases_is_refused(scene: World) -> None:
    with inside(scene), pytest.raises(runs.RunRefused, match="no cases from 2026-10 to 2026-10"):
        runs.begin_trial(by=scene.luo, version=shipped(scene), first=OCTOBER, last=OCTOBER)


def test_the_database_keeps_live_runs_and_names_a_scheme_for_each(scene: World) -> None:
    store(scene, pages(scene, 1))
    with inside(scene):
        run = GroupingRun.objects.get()
        for change in ({"scheme": None}, {"discarded_at": run.begun_at}, {"last_month": date(2026, 9, 1)}):
            with pytest.raises(IntegrityError), transaction.atomic():
                GroupingRun.objects.filter(pk=run.pk).update(**change)
        with pytest.raises((IntegrityError, InternalError, ProgrammingError)), transaction.atomic():
            GroupedCase.objects.update(run=None)


def test_a_result_cannot_name_a_run_of_another_alliance(scene: World) -> None:
    from alliance.tenancy.scope import act_in

    store(scene, pages(scene, 1))
    run = try_scheme(scene)
    with pytest.raises(IntegrityError), act_in(scene.jiangzhou), transaction.atomic():
        row = TrialCase(run_id=run.pk, case_id=1, revision=1, drg="X", status="grouped")
        row.save()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        ("{}", []),
        ("{J18.900}", ["J18.900"]),
        ("{J18.900,A54.301+H13.1*}", ["J18.900", "A54.301+H13.1*"]),
        ('{"a b",c,"d,e","f\\"g","h\\\\i",""}', ["a b", "c", "d,e", 'f"g', "h\\i", ""]),
    ],
)
def test_arrays_are_read_as_postgresql_writes_them(array: str, expected: list[str]) -> None:
    assert stored.codes(array) == expected


def test_each_result_is_looked_up_by_its_key_whatever_the_planner_believes(scene: World) -> None:
    """An alliance's first months are grouped before any statistics know that it has results."""
    store(scene, pages(scene, 1))
    asked = {
        "alliance": scene.qinghe.pk, "month": OCTOBER.first_day, "since": OCTOBER.first_day, "limit": 5,
        "until": OCTOBER.next().first_day, "scheme": 1,
    }  # fmt: skip
    with inside(scene), connection.cursor() as cursor, by_key():
        cursor.execute(
            "insert into grouping_groupedcase "
            "(alliance_id, run_id, case_id, revision, mdc, adrg, drg, status, scheme_id) "
            "select alliance_id, run_id, case_id, n, mdc, adrg, drg, status, scheme_id "
            "from grouping_groupedcase, generate_series(2, 5000) n"
        )
        cursor.execute(sql.UNGROUPED.replace("copy (", "explain ").replace(") to stdout", ""), asked)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "using grouped_once on grouping_groupedcase" in plan and "Sort" not in plan
    assert "(case_id = c.id) AND (revision >= c.revision) AND (revision <= c.revision)" in plan


def test_fields_of_a_page_are_read_as_the_grouper_knows_them(scene: World) -> None:
    store(scene, pages(scene, 1))
    with inside(scene):
        Case.objects.update(
            age_days=3, weight_g=0, icu_hours=Decimal("12.50"), department_code="a|b\\\t",
            diagnoses=["x y", "z", 'q"\\', "t\tn\n"],
        )  # fmt: skip
        with sql.page(sql.PART, month=OCTOBER.first_day, after=0, last=10**9) as blocks:
            ((_ids, _revisions, (diagnoses,), _procedures, (fields,)),) = blocks
        case = Case.objects.get()
    expected = {
        "sex": case.sex, "age": case.age, "age_days": 3, "weight": None, "los": case.stay_days,
        "icu_hours": Decimal("12.5"), "discharge": case.discharge_way, "department": "a|b\\\t",
    }  # fmt: skip
    assert {name: read(fields) for name, read in stored.READERS.items()} == expected
    assert stored.codes(diagnoses) == ["x y", "z", 'q"\\', "t\tn\n"]
