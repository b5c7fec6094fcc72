"""An entry of a source account far from the last one, or of a decision that fed already, is pointed out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import translation

from alliance.models import Parameter
from alliance.services.files import Upload
from performance.models import FundEntry, PayFund
from performance.pay import show_sources
from performance.pay.services import entering
from tests.performance import pay_access
from tests.performance.pay_scene import NOW
from tests.performance.scene import inside
from tests.world import World

SOURCES = "/a/qinghe/pay/sources/"


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """A source account fed with 10,000.00 yuan, confirmed."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        fund = pay_access.fund(world.luo, "f1", "结余留用")
        entering.confirm_fund(by=world.cai, row=fed(world, fund, 1_000_000, "理事会〔2026〕1号"), now=NOW)
        yield world


def fed(world: World, fund: PayFund, fen: int, document: str) -> FundEntry:
    scan = Upload("x.pdf", [b"%PDF-1.4"], "application/pdf", 99)
    return entering.enter_fund(
        by=world.luo, fund=fund, day=date(2026, 11, 2), fen=fen, document=document, body="理事会", scan=scan,
        now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fen", "said"), [(3_000_000, ""), (3_000_001, "3 times"), (333_334, ""), (333_333, "0.33 times"),
                      (100_000_000, "100 times the last entry, 10,000.00 yuan of 理事会〔2026〕1号")],
)  # fmt: skip
def test_a_size_far_from_the_last_confirmed_entry_is_pointed_out_and_not_refused(
    house: World, fen: int, said: str
) -> None:
    fund = PayFund.objects.get()
    waiting = fed(house, fund, 9_999_999_900, "理事会〔2026〕8号")  # one that waits is no measure
    entering.set_aside(by=house.luo, row=waiting, why="录错", now=NOW)
    row = fed(house, fund, fen, "理事会〔2026〕2号")
    with translation.override("en"):
        found = show_sources.doubts(row)
    assert (said in found[0]) if said else found == []
    assert entering.confirm_fund(by=house.cai, row=row, now=NOW).journal_id


def test_a_decision_that_fed_an_account_already_is_pointed_out(house: World) -> None:
    other = pay_access.fund(house.luo, "f2", "财政补助")
    with translation.override("en"):
        found = show_sources.doubts(fed(house, other, 7, "理事会〔2026〕1号"))
        assert found == ["理事会〔2026〕1号 has fed 结余留用 with 10,000.00 yuan already. "
                         "Is this another part of it?"]  # fmt: skip
        assert show_sources.doubts(fed(house, other, 7, "理事会〔2026〕3号")) == []


def test_from_how_many_times_on_is_dated_data(house: World) -> None:
    row = fed(house, PayFund.objects.get(), 3_000_001, "理事会〔2026〕2号")
    assert show_sources.doubts(row)
    Parameter.objects.create(
        key="pay.entry_times", level="", from_date=date(2026, 1, 1), value="12", decided_by="理事会",
        source="理事会〔2026〕4号",
    )  # fmt: skip
    assert show_sources.doubts(row) == []


@time_machine.travel(NOW, tick=False)
def test_both_people_read_it_on_the_page(house: World) -> None:
    typed = {
        "fund": PayFund.objects.get().pk, "day": "2026-11-02", "fen": "1,000,000.00",
        "document": "理事会〔2026〕2号", "body": "理事会",
        "files": SimpleUploadedFile("x.pdf", b"%PDF-1.4\n", "application/pdf"),
    }  # fmt: skip
    said = "为上一笔（理事会〔2026〕1号，10,000.00 元）的 100 倍"
    answer = house.client("luo").post(f"{SOURCES}enter/entry/", typed, follow=True)
    assert answer.status_code == 200 and answer.content.decode().count(said) == 2  # as message, in the list
    second = house.client("cai")
    assert said in second.get(SOURCES).content.decode()
    row = FundEntry.objects.latest("pk")
    assert second.post(f"{SOURCES}confirm/entry/{row.pk}/").status_code == 302
    assert said not in second.get(SOURCES).content.decode()
