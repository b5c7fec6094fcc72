"""One word for one thing: outcomes add up on every page, cost figures named by their base, one glossary."""

from __future__ import annotations

import re

from django.utils import timezone, translation

from alliance.lib.period import Month
from alliance.services import parameters
from grouping import facts
from grouping.metrics.figures import FIGURES
from grouping.queues import quality
from grouping.reports import glossary
from grouping.show import month_cases
from tests.grouping.scene import HOME, browser, inside, pages, store, text
from tests.world import World

OCTOBER = Month(2026, 10)


def of_each(world: World) -> list[dict[str, str]]:
    """Six front pages: four grouped, one ungrouped, one ambiguous."""
    rows = pages(world, 6)
    rows[0] |= {"C03C": "C78.000", "C04N": "肺继发恶性肿瘤"}
    rows[1] |= {
        "C14x01C": "81.5100",
        "C15x01N": "全髋关节置换",
        "C16x01": "2026-10-09 09:00:00",
        "C17x01": "4",
    }
    return rows


def numbers(page: str) -> dict[str, int]:
    """The saved views of the list of cases with their numbers."""
    tabs = page.split('<nav class="tabs"')[1].split("</nav>")[0]
    found = re.findall(r">([^<]*?) (\d+)</a>", tabs)
    return {name: int(number) for name, number in found}


def test_the_outcomes_of_a_month_add_up_on_every_page(scene: World) -> None:
    store(scene, of_each(scene))
    client = browser(scene, "luo")
    listed = text(client.get(f"{HOME}/cases/?month=2026-10"))
    shown = numbers(listed)
    with inside(scene):
        (fact,) = facts.case_facts(OCTOBER)
        (rates,) = quality.of_month(OCTOBER, "institution", institution_id=None, now=timezone.now())
    assert (fact.discharges, fact.grouped, fact.ungrouped, fact.ambiguous) == (6, 4, 1, 1)
    assert shown == {
        "All": 6, "ungrouped": 1, "ambiguous": 1, "ADRG only": 0, "not yet grouped": 0,
    }  # fmt: skip
    assert shown["All"] == fact.grouped + sum(number for name, number in shown.items() if name != "All")
    assert (rates.records, rates.ungrouped, rates.ambiguous) == (6, 1, 1)
    for name, records in (("ungrouped", {"R00000/1"}), ("ambiguous", {"R00001/1"}), ("adrg_only", set())):
        page = text(client.get(f"{HOME}/cases/?month=2026-10&view={name}"))
        assert set(re.findall(r">(R\d{5}/1)</a>", page)) == records
    home = text(client.get(f"{HOME}/"))
    for page in (listed, home):
        figure = page.split('<div class="k">ungrouped</div>')[1].split("</div></div>")[0]
        assert ">1</a>" in figure and "ambiguous 1" in figure


def test_who_works_on_a_record_changes_no_rate_of_outcomes(scene: World) -> None:
    from grouping.models import WorkItem

    store(scene, of_each(scene))
    with inside(scene):
        WorkItem.objects.update(state="closed")
        (rates,) = quality.of_month(OCTOBER, "institution", institution_id=None, now=timezone.now())
        assert (rates.ungrouped, rates.ambiguous) == (1, 1)


def test_numbers_of_the_month_leave_a_narrowed_list(scene: World) -> None:
    store(scene, of_each(scene))
    assert numbers(text(browser(scene, "luo").get(f"{HOME}/cases/?month=2026-10&record=R00001"))) == {}


def test_each_cost_figure_names_its_base_in_both_languages() -> None:
    bases = {
        "cases_over_3x": ("group's mean", "组均值"), "cases_below_0_4x": ("group's mean", "组均值"),
        "high_cases": ("the standard", "支付标准"), "low_cases": ("the standard", "支付标准"),
    }  # fmt: skip
    for code, (english, chinese) in bases.items():
        with translation.override("en"):
            assert english in str(FIGURES[code].label)
        with translation.override("zh-hans"):
            assert chinese in str(FIGURES[code].label)
            assert str(month_cases.OUTCOMES["ungrouped"]) == "未入组"


def test_the_glossary_has_each_word_with_its_base_and_the_limit_in_force(scene: World) -> None:
    store(scene, of_each(scene))
    client = browser(scene, "ding")
    page = text(client.get(f"{HOME}/data-dictionary/?part=words"))
    for word in glossary.WORDS.values():
        assert str(word.word).replace("'", "&#x27;") in page
    with inside(scene):
        for word in glossary.WORDS.values():
            if word.key:
                parameters.in_force(word.key, on=timezone.localdate())
        low = parameters.in_force("drg.outlier.low", on=timezone.localdate())
    assert (
        str(low) in page and "the payment standard of the case" in page and "tertiary 3, secondary 2" in page
    )
    for at in ("cases/", "metrics/?view=payment", "metrics/figure/?metric=high_cases", "work-queue/quality/"):
        assert "/data-dictionary/?part=words" in text(browser(scene, "luo").get(f"{HOME}/{at}")), at
