"""Coding quality: records with an error over records, per institution, department and coder; the 5 % rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from alliance.lib.period import Month
from grouping.queues import found, quality, services
from grouping.queues.quality import Quality
from tests.grouping.files import front_page
from tests.grouping.scene import HOME, browser, check, inside, pages, queries, store, text
from tests.grouping.test_queues import NOW, coder, ids_now
from tests.world import World

OCTOBER = Month(2026, 10)
PAGE = f"{HOME}/work-queue/quality/?month=2026-10"


def month(world: World) -> None:
    """Twenty records of the lead hospital, two with errors, one corrected; one of the other hospital."""
    rows = pages(world, 20)
    rows[0] |= {"C03C": ""}
    rows[1] |= {"C06x01C": "X99.999", "C07x01N": "某病", "C08x01C": "1", "B20": "44"}
    store(world, rows)
    rows[0] |= {"C03C": "J18.900"}
    store(world, rows)
    store(world, [front_page(world.tcm.organisation, "T1")], by=world.tan)


def rates(world: World, by: str = "institution") -> list[Quality]:
    with inside(world):
        return quality.of_month(OCTOBER, by, institution_id=None, now=NOW)


def test_a_record_counts_once_also_when_it_was_corrected(scene: World) -> None:
    month(scene)
    lead, tcm = rates(scene)
    assert (lead.records, lead.errors, lead.error_rate) == (20, 2, Fraction(1, 10))
    assert (tcm.records, tcm.errors, tcm.error_rate) == (1, 0, Fraction(0))
    with inside(scene):
        fields = dict(quality.fields(OCTOBER, institution_id=None))
    assert fields["C03C"] == 1 and fields["B20"] == 1


def test_what_was_no_error_or_came_with_a_file_put_aside_does_not_count(scene: World) -> None:
    month(scene)
    with inside(scene):
        services.accept(by=coder(scene), items=ids_now(), text="不属错误", now=NOW)
    assert [one.errors for one in rates(scene)] == [1, 0]  # the one that was corrected before
    wrong = pages(scene, 21)
    wrong[20] |= {"C03C": "Q99.999"}
    file = check(scene, wrong)
    with inside(scene):
        found.in_file(file)
    assert rates(scene)[0].errors == 2
    with inside(scene):
        found.withdrawn(file)
    assert rates(scene)[0].errors == 1


def test_answers_in_time(scene: World) -> None:
    month(scene)
    with inside(scene):
        wanted = ids_now()
        services.ask(by=coder(scene), items=wanted, text="主诊是什么？", now=NOW)
        services.answer(by=scene.lin, items=wanted[:2], text="肺炎", now=NOW)
    lead = rates(scene)[0]
    assert lead.due == lead.in_time > 0 and lead.answered_rate == 1
    assert rates(scene)[1].answered_rate is None


@pytest.mark.parametrize(("errors", "over"), [(50, False), (51, True), (0, False)])
def test_five_percent_is_no_notice_and_a_little_more_is(errors: int, over: bool) -> None:
    assert Quality(1, 1000, errors, 0, 0, 0, 0).over(Decimal(5)) is over
    assert not Quality(1, 0, 0, 0, 0, 0, 0).over(Decimal(5))


def test_the_page_shows_n_and_leads_to_the_rows(scene: World) -> None:
    month(scene)
    page = text(browser(scene, "luo").get(PAGE))
    assert "10.0%" in page and "2 of 21 records" in page and "Above 5.0% a notice" in page
    rows = text(
        browser(scene, "luo").get(f"{HOME}/work-queue/?view=all&institution={scene.lead.pk}&month=2026-10")
    )
    assert "R00000/1" in rows and "R00001/1" in rows
    rooms = text(browser(scene, "luo").get(f"{PAGE}&by=department"))
    assert "内科" in rooms


def test_an_institution_sees_its_own_and_coders_names_are_for_the_office(scene: World) -> None:
    month(scene)
    own = text(browser(scene, "tan").get(PAGE))
    assert "0.0%" in own and "10.0%" not in own and "By coder" not in own
    assert browser(scene, "tan").get(f"{PAGE}&by=coder").status_code == 403
    office = browser(scene, "luo").get(f"{PAGE}&by=coder")
    assert office.status_code == 200 and "not named" in text(office)


def test_it_costs_the_same_for_more_records(scene: World) -> None:
    client = browser(scene, "luo")
    month(scene)
    address = "work-queue/quality/?month=2026-10"
    queries(client, address)
    few = queries(client, address)
    rows = pages(scene, 60)
    for row in rows[30:]:
        row["C03C"] = "Q99.999"
    store(scene, rows)
    assert queries(client, address) == few
