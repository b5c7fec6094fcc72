"""One word for one thing: outcomes add up on every page, cost figures named by their base, one glossary."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone, translation

from alliance.lib.period import Month
from alliance.services import parameters
from grouping import facts
from grouping.engine.problems import REASONS
from grouping.engine.remedies import REMEDIES
from grouping.metrics import mix
from grouping.metrics.figures import FIGURES
from grouping.queues import quality
from grouping.readers.messages import MESSAGES
from grouping.reports import glossary
from grouping.reports.dictionary_views import PARAMETERS, PLACE
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


def test_no_sentence_of_the_dictionary_has_a_hole(scene: World) -> None:
    """Where a sentence names a value of the file, the dictionary names what stands there."""
    for language, name in (("en", "[value]"), ("zh-hans", "[值]")):
        client = scene.client("lin", HTTP_ACCEPT_LANGUAGE=language)
        for part in ("front_page", "errors", "problems"):
            page = text(client.get(f"{HOME}/data-dictionary/?part={part}"))
            assert "“”" not in page and "“…”" not in page and "%(" not in page, (language, part)
            assert name in page or part == "problems"


def test_every_place_of_a_sentence_has_a_name_in_both_languages() -> None:
    sentences = [text for message in MESSAGES.values() for text in (message.en, message.zh)]
    places = {
        name for text in [*sentences, *REASONS.values(), *REMEDIES.values()] for name in PLACE.findall(text)
    }
    assert places <= set(PARAMETERS)
    with translation.override("zh-hans"):
        codes = {"adrg", "mdc", "drg"}
        assert [name for name in sorted(places - codes) if str(PARAMETERS[name]).isascii()] == []


def test_the_picture_of_the_groups_says_how_many_it_shows_of_all(scene: World) -> None:
    ratio = [Decimal(2 if number > 70 else 1) for number in range(219)]
    lines = [
        mix.Line(f"G{n:03}", "", "", 300 - n, None, 100_000, Decimal(5), ratio[n], None, "", 0)
        for n in range(219)
    ]  # fmt: skip
    with translation.override("en"):
        drawn = mix.chart(lines, Fraction(3, 2))
        few = mix.chart(lines[:9], Fraction(3, 2))
    assert drawn is not None and few is not None
    assert drawn.title == "148 of 219 groups cost more than 1.5 times the benchmark"
    assert "Drawn: 60 of 219 groups, those with the most cases; the list below has all." in drawn.sentence
    assert "All 9 groups are drawn." in few.sentence
