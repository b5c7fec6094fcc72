"""DRG beside DIP on the cases of a month: shares, money where prices hold, each line opens its cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from alliance.approvals import services as approvals
from alliance.lib.period import Month
from alliance.web import words
from grouping.engine.dip import combination
from grouping.engine.exact import fen
from grouping.models import Case
from grouping.services import both_ways, tariff
from tests.grouping.scene import HOME, TODAY, browser, inside, pages, queries, store, text
from tests.world import World

OCTOBER = Month(2026, 10)
PNEUMONIA, STROKE = combination("J18.900", []), combination("I63.900", [])


def some(world: World) -> None:
    """Sixteen pneumonias of 1,234.56 yuan at the lead hospital, four strokes of twice that at the TCM one."""
    store(world, pages(world, 16))
    rows = pages(world, 4, C03C="I63.900", C04N="脑梗死", A01=world.tcm.organisation, D01="2469.12",
                 D11="1269.12")  # fmt: skip
    store(world, rows, by=world.tan)


def test_the_same_cases_are_summed_by_weight_and_by_points(scene: World) -> None:
    some(scene)
    with inside(scene):
        found = both_ways.compare(OCTOBER)
        known = found.catalogue
        assert known is not None
        # M = (16 x 1,234.56 + 4 x 2,469.12) / 20 = 1,481.472; one year of data, so its weight does not matter
        assert known.mean_fen == Fraction(1_481_472, 10)
        assert known.core[PNEUMONIA].rw == Decimal("0.8333") and STROKE not in known.core
        assert known.comprehensive[STROKE.category].rw == Decimal("1.6667")
        assert found.total.cases == 20 and found.left_out == 0 and not found.last_year
        assert found.diseases[PNEUMONIA].points == 16 * Fraction(8333, 10_000)
        assert found.institutions[scene.tcm.pk].cost_fen == 4 * 246_912
        assert found.total.weight == sum((line.weight for line in found.institutions.values()), Fraction(0))
        assert found.total.unpriced == 20 and found.point_fen is None


def rate(world: World, rows: list[dict[str, str]], kind: str) -> None:
    """A sheet of the tariff, entered by one and released by another."""
    with inside(world):
        sheet = tariff.keep(
            by=world.luo, kind=kind, from_date=date(2026, 1, 1), decided_by="医保局", source="文件", rows=rows
        )
        approval = tariff.propose(by=world.luo, sheet=sheet, on=TODAY, confirmed=True)
    with inside(world):
        approvals.decide(by=world.meng, approval=approval, verdict="yes")


def test_with_a_rate_in_force_both_ways_share_out_the_same_money(scene: World) -> None:
    some(scene)
    rate(scene, [{"key": "/", "value": "1000000"}], "rate")
    rate(scene, [{"key": "QH02", "value": "0.9"}], "coefficient")
    with inside(scene):
        found = both_ways.compare(OCTOBER)
        lead, tcm = found.institutions[scene.lead.pk], found.institutions[scene.tcm.pk]
        assert lead.drg_fen == 16 * int(lead.weight / 16 * 1_000_000)
        assert tcm.drg_fen == 4 * int(tcm.weight / 4 * 900_000)
        assert tcm.points == 4 * Fraction(16_667, 10_000) * Fraction(9, 10)
        assert found.point_fen == Fraction(lead.drg_fen + tcm.drg_fen) / (lead.points + tcm.points)
    page = text(browser(scene, "luo").get(f"{HOME}/drg-and-dip/?month=2026-10"))
    assert "Both ways share out the same money" in page and words.yuan(lead.drg_fen) in page
    other = lead.points * Fraction(lead.drg_fen + tcm.drg_fen) / (lead.points + tcm.points)
    assert words.yuan(fen(other)) in page


def test_out_of_scope_and_ungrouped_cases_are_on_neither_side(scene: World) -> None:
    some(scene)
    long = {"B12": "2026-08-01 09:00:00", "B15": "2026-10-12 10:00:00", "B20": "72"}
    rows = [*pages(scene, 1, **long), *pages(scene, 1)]
    rows[0] |= {"A48": "LONG"}
    rows[1] |= {"A48": "ODD", "C03C": "J96.900", "C04N": "呼吸衰竭"}
    store(scene, rows)
    with inside(scene):
        found = both_ways.compare(OCTOBER)
        assert (found.total.cases, found.left_out) == (20, 1)  # the stay of 72 days is on neither side
        front = Case.objects.front_pages().filter(month=OCTOBER.first_day, voided_at=None).count()
        assert found.other_types and 20 + 1 + found.other_types == front


def test_the_page_compares_shares_and_says_that_no_price_holds(scene: World) -> None:
    some(scene)
    page = text(browser(scene, "luo").get(f"{HOME}/drg-and-dip/?month=2026-10"))
    assert "No rate is in force for all of these cases" in page and "There are no cases of last year" in page
    assert "I63.9" in page and "pp" in page
    listed = text(
        browser(scene, "luo").get(f"{HOME}/drg-and-dip/cases/?month=2026-10&head=I63.9&procedures=")
    )
    assert "1.6667" in listed and listed.count("I63.9") >= 4 and "J18.9" not in listed


def test_an_institution_sees_its_own_line_beside_the_total(scene: World) -> None:
    some(scene)
    page = text(browser(scene, "kong").get(f"{HOME}/drg-and-dip/?month=2026-10"))
    assert scene.lead.short_name in page and scene.tcm.short_name not in page and "I63.9" not in page
    listed = text(browser(scene, "kong").get(f"{HOME}/drg-and-dip/cases/?month=2026-10&head=I63.9"))
    assert "1.6667" not in listed


def test_the_number_of_queries_does_not_grow(scene: World) -> None:
    store(scene, pages(scene, 1))
    client = browser(scene, "luo")
    queries(client, "drg-and-dip/")
    before = queries(client, "drg-and-dip/"), queries(client, "drg-and-dip/cases/")
    store(scene, pages(scene, 30))
    assert (queries(client, "drg-and-dip/"), queries(client, "drg-and-dip/cases/")) == before
