"""Every number of the rates opens the very referrals it was counted from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from referrals import services
from referrals.services import counts, ineffective
from referrals.services import rates as figures
from referrals.show.records import VARIANTS
from tests.referrals.scene import NOW, logged, minutes, prepare
from tests.referrals.test_rates import DOWN, came
from tests.world import World

NOVEMBER = Month(2026, 11)
RATES = "/a/qinghe/referrals/rates/"
RECORDS = f"{RATES}records/"
LATER = NOW + timedelta(days=60)


@pytest.fixture
def ready(world: World) -> Iterator[World]:
    """Up, down, bounced, declined, open: something in every number."""
    with act_in(world.qinghe):
        prepare(world)
        came(world, serial=1)
        came(world, serial=2, **DOWN)
        came(world, NOW + timedelta(days=2), serial=2)
        came(world, serial=3, treated=False)
        came(world, NOW + timedelta(days=1), serial=4, **DOWN)
        came(world, NOW + timedelta(days=5), serial=4, **(DOWN | {"diagnosis_code": "J18.900"}))
        row = logged(world, serial=5, target="tcm")
        services.accept(by=world.tan, referral=row, now=minutes(45))
        logged(world, serial=6, now=NOW + timedelta(days=6))
    with time_machine.travel(NOW + timedelta(days=6, minutes=10), tick=False):
        yield world


def test_each_number_is_the_number_of_its_records(ready: World) -> None:
    now = NOW + timedelta(days=6, minutes=10)
    with act_in(ready.qinghe):
        flagged = ineffective.findings(NOVEMBER, now=now)
        checked = 0
        for whose in figures.of_month(NOVEMBER, now=now, flagged=flagged):
            place = whose.institution.pk if whose.institution else None
            for figure in whose.figures:
                for names, number in (
                    (figure.variant.numerator, figure.numerator),
                    (figure.variant.denominator, figure.denominator),
                    (("undecided",), whose.undecided),
                ):
                    if set(names) <= set(counts.PARTS):
                        rows = counts.behind(names, NOVEMBER, now=now, flagged=flagged, institution=place)
                        of = counts.PARTS[names[0]].of
                        assert rows.values(of).distinct().count() == number, (place, names)
                        checked += number or 0
    assert checked > 20


def test_the_page_links_every_number_and_the_list_holds_its_rows(ready: World) -> None:
    luo = ready.client("luo")
    page = luo.get(f"{RATES}?month=2026-11").content.decode()
    for variant in VARIANTS.values():
        if variant.level == "alliance":
            assert f"{RECORDS}?month=2026-11&amp;variant={variant.code}&amp;part=numerator" in page
    assert "1 份未到时限" in page or "part=undecided" in page
    listed = luo.get(f"{RECORDS}?month=2026-11&variant=punctual&part=undecided")
    assert [row.record.number for row in listed.context["table"].page.object_list] == ["ZZ261118-0001"]
    found = luo.get(f"{RECORDS}?month=2026-11&variant=V3&part=numerator&place={ready.lead.pk}")
    assert len(found.context["table"].page.object_list) == 2
    assert "每百" in found.content.decode() or "V3" in found.content.decode()
    bounced = luo.get(f"{RECORDS}?month=2026-11&variant=effective&part=ineffective")
    assert len(bounced.context["table"].page.object_list) == 3


def test_of_other_institutions_the_number_is_shown_and_not_the_patients(ready: World) -> None:
    tan = ready.client("tan")
    page = tan.get(f"{RATES}?month=2026-11").content.decode()
    assert f"place={ready.lead.pk}" not in page and f"place={ready.shiqiao.pk}" not in page
    mine = tan.get(f"{RECORDS}?month=2026-11&variant=success&part=denominator")
    assert len(mine.context["table"].page.object_list) == 1
    assert "只列本机构" in mine.content.decode()
    for wrong in (
        f"variant=V3&part=numerator&place={ready.lead.pk}", "variant=V9", "variant=V3&part=numerator",
        "variant=V1&part=denominator", "variant=V1&part=x", "variant=V2&place=x",
    ):  # fmt: skip
        assert tan.get(f"{RECORDS}?month=2026-11&{wrong}").status_code == 404, wrong


def test_pages_of_figures_cost_the_same_queries_at_any_number(ready: World) -> None:
    def cost(client: Any, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    luo = ready.client("luo")
    addresses = (
        f"{RATES}?month=2026-11", f"{RECORDS}?month=2026-11&variant=V1&part=numerator",
        "/a/qinghe/referrals/captured/?month=2026-11",
    )  # fmt: skip
    with act_in(ready.qinghe):
        came(ready, serial=9, treated=False)
    few = [cost(luo, address) for address in addresses]
    with act_in(ready.qinghe):
        for serial in range(10, 30):
            came(ready, serial=serial, treated=serial % 3 > 0, **(DOWN if serial % 2 else {}))
    assert [cost(luo, address) for address in addresses] == few
