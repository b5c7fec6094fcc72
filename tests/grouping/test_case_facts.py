"""Facts of cases read from the stored sums: the same numbers, no case read, each figure lists its cases."""

from __future__ import annotations

import random

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance.lib.period import Month
from grouping import facts, sql
from grouping.facts import CaseFact
from grouping.metrics import rollup
from grouping.models import Case, GroupedCase, Scheme
from tests.grouping.scene import inside, pages, store
from tests.world import World

OCTOBER = Month(2026, 10)


def varied(world: World, count: int, seed: int) -> None:
    """Cases of two institutions in every state: grouped, ambiguous, in no group, not yet grouped, dead."""
    chance = random.Random(seed)
    for place, by in ((world.lead, world.lin), (world.tcm, world.tan)):
        rows = pages(world, count, A01=place.organisation)
        for row in rows:
            row |= {"C03C": chance.choice(["J18.900", "I63.900", "I10.x00", "C78.000"])}
            row |= {"B34C": chance.choice(["1", "1", "1", "5"]), "B16C": chance.choice(["03", "04"])}
        store(world, rows, by=by)
    with inside(world):
        ids = list(Case.objects.order_by("pk").values_list("pk", flat=True))
        states = (("ambiguous", None), ("adrg_only", None), ("grouped", None), ("", None))
        for start, (status, weight) in enumerate(states, 1):
            again(ids[start::9], status, weight)
        rollup.refresh(OCTOBER)


def again(ids: list[int], status: str, weight: None) -> None:
    """The cases in a later revision, which came to another result, or (no status) to none yet."""
    Case.objects.filter(pk__in=ids).update(revision=7)
    scheme = Scheme.objects.order_by("-from_date").first()
    for pk in ids if status else ():
        GroupedCase.objects.create(
            case_id=pk, revision=7, scheme=scheme, mdc="MDCE", adrg="EX1", drg="EX19", status=status,
            weight=weight,
        )  # fmt: skip


def from_cases() -> list[CaseFact]:
    rows = sql.fetch(sql.CASE_FACTS, month=OCTOBER.first_day)
    return [CaseFact(month=OCTOBER, **row) for row in rows]


def read() -> tuple[list[CaseFact], list[str]]:
    """The facts, and the statements they took."""
    with CaptureQueriesContext(connection) as seen:
        found = facts.case_facts(OCTOBER)
    return found, [query["sql"] for query in seen]


def test_the_sums_say_what_the_cases_say_and_no_case_is_read(scene: World) -> None:
    varied(scene, 40, 8)
    with inside(scene):
        found, statements = read()
        assert found == from_cases() and len(found) == 2
        assert all(fact.ambiguous and fact.adrg_only and fact.pending and fact.deaths for fact in found)
        assert any("grouping_monthsum" in text for text in statements)
        assert not any("from grouping_case c" in text for text in statements)


def test_where_no_case_has_a_result_yet_all_are_pending_and_none_is_grouped(scene: World) -> None:
    store(scene, pages(scene, 3))
    with inside(scene):
        again(list(Case.objects.values_list("pk", flat=True)), "", None)
        rollup.refresh(OCTOBER)
        [fact], _statements = read()
        assert (fact.discharges, fact.pending, fact.ambiguous, fact.weighted_cases) == (3, 3, 0, 0)


def test_a_change_since_is_read_from_the_cases_at_once(scene: World) -> None:
    varied(scene, 12, 3)
    with inside(scene):
        before, _statements = read()
        Case.objects.filter(record_no="R00001", institution=scene.lead).update(total_fen=1, discharge_way=5)
        after, statements = read()
        assert after == from_cases() != before
        assert any("from grouping_case c" in text for text in statements)
        rollup.refresh(OCTOBER)
        assert read()[0] == after


def test_discharges_of_many_months_are_those_of_each(scene: World) -> None:
    months = [OCTOBER.previous(), OCTOBER, OCTOBER.next()]
    varied(scene, 12, 3)
    with inside(scene):
        for change in (False, True):  # from the sums, then from the cases because one of them was voided
            if change:
                Case.objects.filter(record_no="R00001", institution=scene.lead).update(
                    voided_at=timezone.now()
                )
            with CaptureQueriesContext(connection) as seen:
                found = facts.discharges(months)
            assert len(seen) == 1
            assert found == {
                month: {fact.institution_id: fact.discharges for fact in facts.case_facts(month)}
                for month in months
            }
        assert sum(found[OCTOBER].values()) > 5 and found[OCTOBER.next()] == {}


def test_time_does_not_grow_with_the_cases(scene: World) -> None:
    """The same statements over the same number of rows, whatever the number of cases."""

    def cost() -> tuple[int, int]:
        with inside(scene), connection.cursor() as cursor:
            _found, statements = read()
            rolled = next(text for text in statements if "grouping_monthsum" in text)
            cursor.execute(f"explain (analyze, format json) {rolled}")
            (plan,) = cursor.fetchone()
            return len(statements), rows_of(plan[0]["Plan"])

    store(scene, pages(scene, 5))
    few = cost()
    store(scene, pages(scene, 120))
    assert cost() == few


def rows_of(plan: dict[str, object]) -> int:
    """The most rows any scan of a plan read."""
    parts = plan.get("Plans", [])
    assert isinstance(parts, list)
    own = int(str(plan["Actual Rows"]).partition(".")[0]) if "Relation Name" in plan else 0
    return max([own, *map(rows_of, parts)])


def test_every_figure_lists_the_cases_it_counts(scene: World) -> None:
    varied(scene, 30, 5)
    with inside(scene):
        for fact in facts.case_facts(OCTOBER):
            for name in facts.BEHIND:
                rows = list(facts.behind(OCTOBER, name, fact.institution_id))
                weights = [row.weight for row in rows if name == "total_weight"]  # type: ignore[attr-defined]
                sums = {
                    "stay_days": sum(row.stay_days for row in rows),
                    "cost_fen": sum(row.total_fen for row in rows), "total_weight": sum(weights) or None,
                }  # fmt: skip
                assert getattr(fact, name) == sums.get(name, len(rows)), name
        assert {*facts.BEHIND} | {"institution_id", "code", "month"} == {*CaseFact.__dataclass_fields__}
