"""Outliers of cost: by payment class where a rate holds, else by the mean; paid otherwise is no fault."""

from __future__ import annotations

import re
from typing import Any

from alliance.lib.period import Month
from alliance.services import jobs
from grouping.models import Case, Document, GroupedCase, WorkItem
from grouping.queues import found
from grouping.services import paying
from tests.grouping.scene import HOME, browser, inside, pages, store, text
from tests.grouping.test_both_ways import rate
from tests.grouping.test_metrics_pages import priced
from tests.grouping.test_pairs import lists, page_rows
from tests.grouping.test_payment_types import LONG
from tests.grouping.test_queues import items
from tests.grouping.test_sources import standard
from tests.world import World

OCTOBER = Month(2026, 10)


def with_outliers(world: World) -> None:
    """Forty pneumonias of 1,234.56; R00001 costs 4,000, R00002 9,234.56, R00003 235.56."""
    rows = pages(world, 40)
    rows[1] |= {"D01": "4000.00", "D23": "3765.44"}
    rows[2] |= {"D01": "9234.56", "D23": "9000.00"}
    rows[3] |= {"D01": "235.56", "D23": "1.00"}
    store(world, rows)


def details(world: World) -> dict[str, Any]:
    with inside(world):
        live = WorkItem.objects.live().filter(cause__in=("cost_high", "cost_low"))
        return {item.subject: (str(item.cause), item.detail.get("basis")) for item in live}


def test_without_a_rate_the_mean_of_the_group_is_the_measure(scene: World) -> None:
    with_outliers(scene)
    # The mean is about 1,478: 4,000 is 2.7 times, below the limit of 3.
    assert details(scene) == {"R00002/1": ("cost_high", "mean"), "R00003/1": ("cost_low", "mean")}


def test_with_a_rate_the_payment_class_is_the_measure_and_the_page_says_so(scene: World) -> None:
    with_outliers(scene)
    with inside(scene):
        weight = GroupedCase.objects.filter(status="grouped").values_list("weight", flat=True).first()
        level = scene.lead.level
    rate(
        scene, [{"key": "/", "value": str(round(123_456 / weight))}], "rate"
    )  # the standard is the usual cost
    assert {job.state for job in jobs.drain(scene.qinghe)} == {"done"}  # the rate's release rings the bell
    wanted = {"R00002/1": ("cost_high", "payment"), "R00003/1": ("cost_low", "payment")}
    with inside(scene):
        high = paying.preset(OCTOBER).high[level]
    if high * 123_456 < 400_000:
        wanted["R00001/1"] = ("cost_high", "payment")
    assert details(scene) == wanted
    with inside(scene):
        item = WorkItem.objects.get(subject="R00002/1")
        by_class = {one.case: one.kind for one in paying.paid(OCTOBER)}
        assert by_class[item.case_id] == item.detail["class"] == "high"
        assert item.detail["multiple"] == "7.48"
    page = text(browser(scene, "lin").get(f"{HOME}/work-queue/{item.pk}/"))
    assert "high-multiple case: 7.48 times its payment standard" in page


def test_a_case_without_a_rate_beside_priced_ones_keeps_the_mean(scene: World) -> None:
    """The rate begins in the middle of the month: earlier discharges have no standard."""
    with_outliers(scene)
    with inside(scene):
        from datetime import date

        weight = GroupedCase.objects.filter(status="grouped").values_list("weight", flat=True).first()
        Case.objects.filter(record_no="R00002").update(discharged_at="2026-10-05T02:00Z")
        priced(scene, round(123_456 / weight), since=date(2026, 10, 10))
        found.refresh(OCTOBER)
    assert details(scene)["R00002/1"] == ("cost_high", "mean")
    assert details(scene)["R00003/1"] == ("cost_low", "payment")


def test_what_is_paid_otherwise_is_no_fault_in_any_queue(scene: World) -> None:
    """In no group, dear and of 72 days: paid by bed-day, so nobody is asked about it."""
    rows = pages(scene, 14)
    rows[0] |= {"C03C": "C78.000", "C04N": "肺继发恶性肿瘤"} | LONG
    rows[1] |= {"D01": "9234.56", "D23": "9000.00"} | LONG
    rows[2] |= {"C03C": "C78.000", "C04N": "肺继发恶性肿瘤"}
    store(scene, rows)
    assert [(subject, cause) for subject, cause, _state in items(scene)] == [("R00002/1", "out_of_scope")]


def test_the_list_that_pays_is_the_record_that_is_looked_at(scene: World) -> None:
    """Page 1,234.56, list 9,234.56: the bill is dear, and the item is about the list."""
    store(scene, page_rows(scene, 12))
    rows = standard(scene, 12)
    rows[4] |= {"D01": "9234.56"}
    lists(scene, rows)
    with inside(scene):
        weight = GroupedCase.objects.filter(status="grouped").values_list("weight", flat=True).first()
        priced(scene, round(123_456 / weight))
        found.refresh(OCTOBER)
        dear = WorkItem.objects.live().get(cause="cost_high")
        assert (dear.document, dear.case.record_no) == (Document.SETTLEMENT_LIST, "S4")
        # 12 stays: the cap of 5 % is 0, so it is high beyond the cap and says so.
        assert dear.detail["class"] == "high_over_cap"
    page = text(browser(scene, "lin").get(f"{HOME}/work-queue/{dear.pk}/"))
    assert re.search(r"beyond the cap: 7\.\d\d times its payment standard", page)
