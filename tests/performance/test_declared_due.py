"""What is due: by scheme, watched indicators and span; missing, delivered, confirmed, reminded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from performance.declared import due, services
from performance.declared.refusals import DeclaredRefused
from performance.declared.waiting import waiting
from performance.models import DeclaredValue
from tests.performance.declared_scene import NOW, OCTOBER, QUARTER, confirmed, entered, entry, scheme_with
from tests.performance.scene import inside
from tests.world import World, place

LATE = datetime(2026, 11, 9, 2, tzinfo=UTC)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """Qinghe, whose scheme counts the contract rate instead of the case-mix index."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scheme_with(world, "contract_rate")
        yield world


def standing(month: Month) -> dict[tuple[str, str], str]:
    """What is owed of a month, and where it stands."""
    return {(one.institution.code, one.fact): one.standing for one in due.owed(month)}


def test_owed_is_what_the_scheme_of_the_institution_asks_with_the_month_it_ends_in(house: World) -> None:
    columns = {code for code, _fact in standing(OCTOBER.first)}
    assert {fact for _code, fact in standing(OCTOBER.first)} == {"contracted", "resident_population"}
    assert "QH11V1" not in columns and columns <= {"QH01", "QH02", "QH11"}
    services.watch(
        by=house.luo, indicator="contract_renewal", kinds=["township"], first=OCTOBER.first, now=NOW
    )
    with pytest.raises(DeclaredRefused, match="watched already"):
        services.watch(by=house.luo, indicator="contract_renewal", kinds=[], first=OCTOBER.first, now=NOW)
    with pytest.raises(DeclaredRefused, match="no indicator with a number"):
        services.watch(by=house.luo, indicator="cmi", kinds=[], first=OCTOBER.first, now=NOW)
    assert ("QH11", "contracts_due") not in standing(OCTOBER.first)  # the quarter ends in December
    december = standing(Month(2026, 12))
    assert december["QH11", "contracts_due"] == "missing" and ("QH01", "contracts_due") not in december
    assert ("QH11", "contracts_due") not in standing(QUARTER.last)  # watched from October on


def test_missing_entered_delivered_confirmed(house: World) -> None:
    one, two = entry(house.lead, "contracted", 0), entry(house.lead, "resident_population", 900)
    (row,) = entered(house, one)
    confirmed(house, two)
    assert standing(OCTOBER.first)["QH01", "contracted"] == "entered"
    (of_lead, *others) = sorted(due.by_place(due.owed(OCTOBER.first)), key=lambda one: one.institution.code)
    assert (of_lead.missing, of_lead.counts["confirmed"], others[0].missing) == (1, 1, 2)
    row = services.submit(by=house.lin, row=row, now=NOW)
    assert standing(OCTOBER.first)["QH01", "contracted"] == "submitted"
    services.confirm(by=house.luo, row=row, now=NOW)
    entered(house, entry(house.lead, "contracted", 5, note="更正"))
    assert standing(OCTOBER.first)["QH01", "contracted"] == "confirmed"  # while a correction waits


@pytest.mark.urls("config.alliance_urls")
def test_who_delivers_and_who_confirms_hears_of_it(house: World) -> None:
    (todo,) = waiting(house.lin, NOW)
    assert (todo.state, todo.count, todo.url.endswith("/due/2026-10/QH01/")) == ("warn", 2, True)
    assert waiting(house.lin, LATE)[0].state == "late"
    rows = entered(house, entry(house.lead, "contracted", 4), entry(house.lead, "resident_population", 9))
    services.submit_all(by=house.lin, rows=rows, now=NOW)
    assert waiting(house.lin, NOW) == [] and waiting(house.wu, NOW) == []
    assert waiting(house.luo, NOW)[0].count == waiting(house.kong, NOW)[0].count == 2


def test_thirty_institutions_cost_no_more_queries_than_one(house: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            due.by_place(due.owed(OCTOBER.first))
        return len(caught)

    before = cost()
    places = [place(f"QH4{number}", f"乡{number}卫生院", "primary", "township") for number in range(30)]
    confirmed(house, *(entry(one, "contracted", 5) for one in places), by="luo", second="meng")
    assert cost() == before


def test_the_pages_name_what_is_missing_and_print_the_reminder(world: World) -> None:
    with inside(world):
        scheme_with(world, "contract_rate")
        rows = entered(world, entry(world.lead, "contracted", 0), entry(world.lead, "resident_population", 9))
        services.submit_all(by=world.lin, rows=rows, now=NOW)
    with time_machine.travel(LATE, tick=False):
        office, steward = world.client("luo"), world.client("han")
        month = "/a/qinghe/declared/due/2026-10/"
        assert office.get("/a/qinghe/declared/due/").url.endswith("/declared/due/2026-10/")
        page = office.get(month).content.decode()
        assert "石桥镇" in page and "逾期" in page and "清河县人民医院" in page
        assert office.get("/a/qinghe/declared/due/2099-12/").status_code == 404
        assert "/1999-12/" not in office.get("/a/qinghe/declared/due/2000-01/").content.decode()
        last = office.get("/a/qinghe/declared/due/2027-11/").content.decode()
        assert "/2027-10/" in last and "/2027-12/" not in last
        own = steward.get(month).content.decode()
        assert "石桥镇" in own and "清河县人民医院" not in own
        assert steward.get(f"{month}QH01/").status_code == 404
        line = steward.get(f"{month}QH11/").content.decode()
        assert "indicator=contract_rate" in line and "缺报" in line
        paper = office.get(f"{month}QH11/reminder/").content.decode()
        assert "催报单" in paper and "常住" in paper and 'class="sheet"' in paper
        file = docx.Document(io.BytesIO(office.get(f"{month}QH11/reminder/?as=docx").content))
        assert file.paragraphs[0].text.endswith("催报单") and any(
            "常住" in row.cells[0].text for row in file.tables[0].rows
        )
        assert office.get(f"{month}QH01/reminder/").content.decode().count("<tr>") == 0
        assert office.post(f"{month}QH01/confirm/").status_code == 302
        page = office.post(
            "/a/qinghe/declared/watched/",
            {"indicator": "contract_renewal", "kinds": ["township"], "first": "2026-10"}, follow=True,
        ).content.decode()  # fmt: skip
        assert "乡镇卫生院" in page
        # What the cross-check finds is the office's to deliver: in its own list, in no institution's.
        assert "绩效办填报的数据" not in office.get(month).content.decode()
        watched = {"indicator": "data_error", "kinds": ["township"], "first": "2026-10"}
        assert office.post("/a/qinghe/declared/watched/", watched).status_code == 302
        page = office.get(month).content.decode()
        assert "绩效办填报的数据" in page and "indicator=data_error" in page
        assert "绩效办填报的数据" not in steward.get(month).content.decode()
        assert "data_error" not in steward.get(f"{month}QH11/").content.decode()
    with inside(world):
        assert set(DeclaredValue.objects.values_list("state", flat=True)) == {"confirmed"}
