"""The reform's effect from stored cases: figures tie to the cases, few cases are not assessed, JSON."""

from __future__ import annotations

import pytest

from alliance.lib.period import Month
from grouping.services import effects
from grouping.services.effects import Period, PeriodRefused
from tests.grouping.scene import HOME, browser, inside, pages, queries, store, text
from tests.world import World

SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
BEFORE = {"B12": "2026-09-08 09:00:00", "B15": "2026-09-13 10:00:00", "B20": "5"}
ASKED = "before_first=2026-09&before_last=2026-09&after_first=2026-10&after_last=2026-10"


def some(world: World) -> None:
    """Twelve cases in September (5 days, 1,234.56 yuan, 234.56 own), ten in October (4 days, own 100.00)."""
    rows = pages(world, 12, **BEFORE)
    for row in rows:
        row["A48"] = f"S{row['A48']}"
    store(world, rows)
    rows = pages(world, 10, D09="100.00")
    rows[0] |= {"D09": ""}
    store(world, rows)


def test_the_four_figures_of_both_periods(scene: World) -> None:
    some(scene)
    with inside(scene):
        found = effects.effect(Period(SEPTEMBER, SEPTEMBER), Period(OCTOBER, OCTOBER))
        both = found.alliance
        assert (both.before.cases, both.after.cases, both.after.stated) == (12, 10, 9)
        assert str(both.stay.change) == "-20.00" and both.cost.change == 0
        assert both.burden.before is both.burden.after is None  # nine state it, ten are needed
        assert str(both.before.burden_pct) == "19.00" and str(both.after.burden_pct) == "8.10"
        assert both.before.fund_fen == 12 * 100_000 and both.after.fund_fen == 9 * (123_456 - 10_000)
        assert found.institutions == {scene.lead.pk: both}


def test_periods_that_cannot_be_compared_are_refused(scene: World) -> None:
    for wrong in ((OCTOBER, SEPTEMBER), (Month(2020, 1), OCTOBER)):
        with pytest.raises(PeriodRefused):
            Period(*wrong)
    with inside(scene), pytest.raises(PeriodRefused) as refused:
        effects.effect(Period(SEPTEMBER, OCTOBER), Period(OCTOBER, OCTOBER))
    assert refused.value.reason == "overlap"


def test_the_page_the_json_and_a_fault(scene: World) -> None:
    some(scene)
    luo = browser(scene, "luo")
    page = text(luo.get(f"{HOME}/reform-effect/?{ASKED}"))
    assert "Stay −20.00%, cost a discharge no change" in page and "Beijing" in page and "597,000" in page
    assert text(luo.get(f"{HOME}/reform-effect/")).count("−20.00%") >= 2  # the newest month against the last
    body = luo.get(f"{HOME}/reform-effect/?{ASKED}&format=json").json()
    assert body["alliance"]["stay_days"] == {
        "before": "5.00", "after": "4.00", "change": "-20.00", "unit_of_change": "percent",
    }  # fmt: skip
    assert [one["code"] for one in body["institutions"]] == ["QH01"]
    wrong = luo.get(f"{HOME}/reform-effect/?{ASKED.replace('2026-09', '2026-10')}")
    assert wrong.status_code == 400 and "The periods overlap in October 2026" in text(wrong)


def test_an_institution_sees_its_own_line_and_the_alliance(scene: World) -> None:
    some(scene)
    store(scene, pages(scene, 10, A01=scene.tcm.organisation), by=scene.tan)
    page = text(browser(scene, "kong").get(f"{HOME}/reform-effect/?{ASKED}"))
    assert scene.lead.short_name in page and scene.tcm.short_name not in page


def test_the_number_of_queries_does_not_grow(scene: World) -> None:
    store(scene, pages(scene, 1))
    client = browser(scene, "luo")
    queries(client, "reform-effect/")
    some(scene)
    before = queries(client, f"reform-effect/?{ASKED}")
    more = pages(scene, 30, **BEFORE)
    for row in more:
        row["A48"] = f"M{row['A48']}"
    store(scene, more)
    assert queries(client, f"reform-effect/?{ASKED}") == before
