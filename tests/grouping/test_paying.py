"""What stays are paid: by the list, without one by the front page as an estimate; every yuan in one class."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from grouping import facts
from grouping.metrics import evidence, rollup, settlement
from grouping.metrics import facts as metrics
from grouping.metrics.facts import ALL, Scope
from grouping.models import Case, Document, GroupedCase, Pairing
from grouping.services import both_ways, pairing, paying, payment_types
from tests.grouping.scene import inside, pages, store
from tests.grouping.test_metrics_pages import priced
from tests.grouping.test_pairs import lists, page_rows
from tests.grouping.test_payment_types import LONG
from tests.grouping.test_sources import standard
from tests.world import World

OCTOBER = Month(2026, 10)
NOW = datetime(2026, 11, 4, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def weight() -> Any:
    return GroupedCase.objects.filter(status="grouped").values_list("weight", flat=True).distinct().first()


def mixed(world: World) -> None:
    """Six front pages; lists of S0 and S1 at 1,000 yuan, S2 says capitation, S3 is one of 72 days, S9 has a
    list and no front page, which a person confirms; a list of S8 waits.
    """
    rows = page_rows(world, 6)
    rows[3] |= LONG
    store(world, rows)
    made = lists(world, standard(world, 2, D01="1000.00"))
    third = [
        row | {"A48": record} for row, record in zip(standard(world, 3), ("S2", "S8", "S9"), strict=True)
    ]
    lists(world, third, made, hi_paymtd="6")
    with inside(world):
        Case.objects.filter(document=Document.SETTLEMENT_LIST, record_no__in=("S8", "S9")).update(
            raw={"hi_paymtd": "4"}
        )
        alone = Pairing.objects.get(settlement__record_no="S9")
        pairing.decide(by=world.lin, pairing=alone, page=None, reason="日间", now=NOW)


def test_every_stay_is_in_one_class_and_the_sums_are_those_of_the_facts(scene: World) -> None:
    mixed(scene)
    with inside(scene):
        priced(scene, 1_000_000)
        found = paying.paid(OCTOBER)
        fact = facts.payment_facts(OCTOBER)[0]
        cases = list(facts.payment_cases(OCTOBER))
        assert len(found) == fact.stays == len(cases) == 7 and fact.unmatched == 1
        assert sorted(one.case for one in found) == sorted(case.pk for case in cases)
        assert sum(one.cost_fen for one in found) == fact.cost_fen == sum(case.total_fen for case in cases)
        estimated = [one for one in found if one.estimated]
        assert (len(estimated), sum(one.cost_fen for one in estimated)) == (
            fact.estimated,
            fact.estimated_fen,
        )
        assert fact.estimated == 3  # S3, S4, S5
        assert Counter(one.kind for one in found)["out_of_scope"] == 2  # S2 by its list, S3 by its stay
        for one in found:
            assert (one.payment_fen is None) == (one.kind in paying.UNPAID_CLASSES)
        waits = Case.objects.get(record_no="S8")
        assert waits.pk not in {one.case for one in found}


def test_reports_of_payment_read_the_list_and_agree_with_each_other(scene: World) -> None:
    mixed(scene)
    with inside(scene):
        counted = payment_types.counts(OCTOBER)
        found = paying.paid(OCTOBER)
        assert sum(row.cases for row in counted) == len(found) == 7
        assert sum(row.total_fen for row in counted) == sum(one.cost_fen for one in found)
        both = both_ways.compare(OCTOBER)
        inside_scope = [one for one in found if one.kind != "out_of_scope"]
        assert both.total.cases + both.left_out == len(inside_scope)
        # The lists of S0 and S1 say 1,000.00 where their front pages say 1,234.56.
        assert both.total.cost_fen == sum(one.cost_fen for one in inside_scope) == 2 * 100_000 + 3 * 123_456


def test_a_matched_list_pays_when_its_front_page_is_put_aside(scene: World) -> None:
    store(scene, page_rows(scene, 1))
    lists(scene, standard(scene, 1))
    with inside(scene):
        Case.objects.front_pages().update(voided_at=NOW)
        assert [one.estimated for one in paying.paid(OCTOBER)] == [False]
        assert (
            sum(row.cases for row in payment_types.counts(OCTOBER)) == facts.payment_facts(OCTOBER)[0].stays
        )


def test_the_cap_moves_the_least_dear_high_cases_to_the_standard(scene: World) -> None:
    """40 stays: the cap is 2; of four high ones the two dearest are paid the excess, two their standard."""
    rows = pages(scene, 40)
    for number, cost in ((3, "9000.00"), (7, "9100.00"), (11, "9200.00"), (15, "8900.00")):
        rows[number] |= {"D01": cost, "D11": f"{float(cost) - 1200 + 1000 - 1000:.2f}"}
    store(scene, rows)
    with inside(scene):
        standard_fen = 123_456
        priced(scene, round(standard_fen / weight()))
        found = {one.case: one for one in paying.paid(OCTOBER)}
        records = dict(Case.objects.values_list("pk", "record_no"))
        kinds = {records[pk]: one.kind for pk, one in found.items() if one.kind.startswith("high")}
        assert kinds == {
            "R00011": "high", "R00007": "high", "R00003": "high_over_cap", "R00015": "high_over_cap",
        }  # fmt: skip
        multiple = paying.preset(OCTOBER).high[scene.lead.level]
        for pk, one in found.items():
            assert one.standard_fen is not None
            if one.kind == "high":
                extra = one.cost_fen - multiple * one.standard_fen
                assert one.payment_fen == one.standard_fen + extra, records[pk]
            elif one.kind == "high_over_cap":
                assert one.payment_fen == one.standard_fen
        rows_ = metrics.tallies([OCTOBER], "institution")
        settlement.fill(rows_, settlement.settled(OCTOBER, ALL), "institution")
        sums = rows_[scene.lead.pk, ""]
        assert (sums.priced, sums.high_cases, sums.over_cap_cases) == (40, 2, 2)
        assert sums.passed == sum(one.passed for one in found.values())
        yardstick = metrics.yardstick(OCTOBER)
        for kind, number in (("high", 2), ("over_cap", 2), ("passed", sums.passed)):
            assert evidence.cases(OCTOBER, Scope(scene.lead.pk), kind, yardstick).count() == number


def test_a_list_alone_has_a_place_in_every_level(scene: World) -> None:
    """Its department has no front page of the month: the sum over departments is still the alliance's."""
    mixed(scene)
    with inside(scene):
        priced(scene, 1_000_000)
        Case.objects.filter(record_no="S9").update(department_code="0401")
        stays = settlement.settled(OCTOBER, ALL)
        whole = {(0, ""): metrics.tallies([OCTOBER], "alliance")[0, ""]}
        rooms = metrics.tallies([OCTOBER], "department")
        settlement.fill(whole, stays, "alliance")
        settlement.fill(rooms, stays, "department")
        assert rooms[scene.lead.pk, "0401"].priced == 1
        assert sum(row.priced for row in rooms.values()) == whole[0, ""].priced == len(stays)
        assert whole[0, ""].estimated == 2


def test_out_of_scope_is_summed_apart_and_lists_its_cases(scene: World) -> None:
    mixed(scene)
    with inside(scene):
        rollup.refresh(OCTOBER)
        assert not rollup.state(OCTOBER).stale
        sums = metrics.tallies([OCTOBER], "alliance")[0, ""]
        assert (sums.submitted, sums.out_of_scope, sums.in_scope) == (6, 2, 4)
        assert sums.grouping_rate_pct == 100 and sums.scope_grouping_rate_pct == 100
        yardstick = metrics.yardstick(OCTOBER)
        listed = evidence.cases(OCTOBER, ALL, "out_of_scope", yardstick)
        assert set(listed.values_list("record_no", flat=True)) == {"S2", "S3"}
        inside_ = evidence.cases(OCTOBER, ALL, "in_scope_grouped", yardstick)
        assert inside_.count() == sums.in_scope_grouped == 4


def test_a_match_undone_makes_the_month_stale(scene: World) -> None:
    """The list says capitation: without it the stay is in scope again, and the sums must say so."""
    mixed(scene)
    with inside(scene):
        pairing.part(
            by=scene.lin, pairing=Pairing.objects.get(settlement__record_no="S2"), reason="不是", now=NOW
        )
        assert rollup.state(OCTOBER).stale
        rollup.refresh(OCTOBER)
        assert metrics.tallies([OCTOBER], "alliance")[0, ""].out_of_scope == 1


def test_what_a_person_parted_is_not_matched_again_by_its_numbers(scene: World) -> None:
    store(scene, page_rows(scene, 2))
    made = lists(scene, standard(scene, 2))
    with inside(scene):
        pair = Pairing.objects.get(settlement__record_no="S0")
        pairing.part(by=scene.lin, pairing=pair, reason="不是同一次", now=NOW)
    lists(scene, standard(scene, 2, D01="1000.00"), made)
    with inside(scene):
        pair.refresh_from_db()
        assert (pair.how, pair.page) == ("open", None)


def test_the_number_of_queries_does_not_grow(scene: World) -> None:
    store(scene, pages(scene, 2))

    def count() -> int:
        with inside(scene), CaptureQueriesContext(connection) as seen:
            paying.paid(OCTOBER)
        return len(seen)

    count()
    few = count()
    store(scene, pages(scene, 40))
    assert count() == few <= 12
