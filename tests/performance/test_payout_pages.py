"""The pages of paying out: from an account to the posted answer; what each role sees; costs of lists."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from alliance.lib import sheets
from alliance.models import Staff
from performance.models import PayLine, PayoutAccount, PayoutLot, PayoutPayment, PayoutRow
from performance.payout.services import answering, vouchers
from performance.payout.waiting import waiting
from tests.performance import payout_scene as scene
from tests.performance.payout_scene import PAYDAY, PUBLISHED, again, answer
from tests.performance.scene import OCTOBER, inside
from tests.world import World

BASE = "/a/qinghe/payout/"


@pytest.fixture
def house(payable: World) -> World:
    return payable


@time_machine.travel(PAYDAY, tick=False)
def test_a_month_is_paid_through_the_pages(house: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        office, second, money = (house.client(name) for name in ("luo", "meng", "cai"))
        page = office.get(f"{BASE}months/2026-10/").content.decode()
        assert "生成批次" in page
        assert office.post(f"{BASE}months/2026-10/make/").status_code == 302
        again_made = office.post(f"{BASE}months/2026-10/make/")
        assert again_made.status_code == 409 and "均已编入批次或暂缓" in again_made.content.decode()
        with inside(house):
            lot = again(PayoutLot.objects.get(institution=house.lead))
            number = scene.number(lot.payments.order_by("number")[0].staff)
        at = f"{BASE}lots/{lot.pk}/"
        page = office.get(at).content.decode()
        assert number not in page and f"**** {number[-4:]}" in page and "复核批次" not in page
        assert "绩效发放表" in office.get(f"{at}print/").content.decode()
        assert number not in money.get(f"{at}preview/").content.decode()
        assert office.post(f"{at}act/export/").status_code == 403
        assert money.post(f"{at}act/export/").status_code == 400
        assert second.post(f"{at}act/check/").status_code == 302
        file = money.post(f"{at}act/export/")
        assert file.status_code == 200 and "no-store" in file["Cache-Control"]
        with inside(house):
            assert again(lot).state == "exported"
            content = answer(again(lot), {2: "退票", 3: "处理中"})
        assert office.post(f"{at}act/answer/").status_code == 400
        sent = SimpleUploadedFile("结果.csv", content)
        assert office.post(f"{at}act/answer/", {"file": sent}).status_code == 302
        with inside(house):
            row = PayoutRow.objects.open().get()
        assert "状态不明" in office.get(f"{BASE}rows/").content.decode()
        assert "[Fact(" not in office.get(f"{BASE}rows/{row.pk}/").content.decode()
        refused = office.post(f"{BASE}rows/{row.pk}/", {"action": "paid", "note": ""})
        assert refused.status_code == 400
        decided = {"action": "paid", "note": "次日入账"}
        assert office.post(f"{BASE}rows/{row.pk}/", decided).status_code == 302
        assert office.post(f"{at}act/settle/").status_code == 400  # who decided does not post
        assert money.post(f"{at}act/settle/").status_code == 302
        with inside(house):
            states = set(PayoutPayment.objects.filter(lot=lot).values_list("number", "state"))
        assert {(2, "returned"), (3, "paid")} <= states
        assert "部分退票" in office.get(BASE).content.decode()
        paper = SimpleUploadedFile("回单.pdf", b"%PDF-1.4")
        kept = office.post(f"{at}act/paper/", {"kind": "receipt", "number": "H1", "files": paper})
        assert kept.status_code == 302
        with inside(house):
            held = lot.vouchers.get()
        assert office.get(f"{BASE}papers/{held.pk}/").status_code == 403
        assert b"".join(money.get(f"{BASE}papers/{held.pk}/").streaming_content) == b"%PDF-1.4"


def test_before_the_publication_has_ended_the_page_says_when_lots_can_be_made(house: World) -> None:
    with time_machine.travel(PUBLISHED, tick=False):
        early = house.client("luo").get(f"{BASE}months/2026-10/").content.decode()
    assert "）后方可生成批次" in early and "现可生成" not in early and "/make/" not in early
    with time_machine.travel(PAYDAY, tick=False):
        page = house.client("luo").get(f"{BASE}months/2026-10/").content.decode()
    assert "现可生成" in page and "/make/" in page and "后方可生成批次" not in page


@time_machine.travel(PAYDAY, tick=False)
def test_what_each_role_sees(house: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(house):
            lead, other = scene.made(house)
        admin, doctor = house.client("kong"), house.client("dr")
        assert admin.get(f"{BASE}lots/{lead.pk}/").status_code == 200
        assert admin.get(f"{BASE}lots/{other.pk}/").status_code == 404
        assert admin.get(f"{BASE}months/2026-10/").status_code == 403
        assert doctor.get(f"{BASE}lots/{lead.pk}/").status_code == 403
        for name in ("", "rows/", "accounts/", "ground/", "between/", "ground/enter/map/",
                     "ground/enter/template/", "ground/enter/entity/"):  # fmt: skip
            assert house.client("luo").get(f"{BASE}{name}").status_code == 200, name


@time_machine.travel(PAYDAY, tick=False)
def test_a_person_changes_the_own_account_and_is_told(house: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        doctor = house.client("dr")
        typed = {"bank": "rcu", "branch": "", "holder": "李医生", "number": "12 34", "why": "换卡"}
        refused = doctor.post(f"{BASE}mine/", typed)
        assert refused.status_code == 400 and "12 34" in refused.content.decode()
        assert doctor.post(f"{BASE}mine/", typed | {"number": "6230 0000 1111 2222"}).status_code == 302
        with inside(house):
            staff = Staff.objects.get(user=house.dr.user)
            row = PayoutAccount.objects.filter(staff=staff).order_by("-revision").first()
            assert row is not None and (row.tail, row.confirmed_at) == ("2222", None)
        at = f"{BASE}accounts/act/{row.pk}/"
        assert doctor.post(f"{at}confirm/").status_code == 403
        assert house.client("cai").post(f"{at}confirm/").status_code == 302
        with inside(house), override_settings(ROOT_URLCONF="config.alliance_urls"):
            assert any("2222" in one.what for one in waiting(house.dr, PAYDAY))
        assert "**** 2222" in doctor.get(f"{BASE}mine/").content.decode()
        assert doctor.post(f"{at}notice/").status_code == 302
        with inside(house):
            assert PayoutAccount.objects.get(pk=row.pk).seen_at is not None
            stranger = Staff.objects.exclude(user=house.dr.user).first()
            assert stranger is not None
        assert doctor.get(f"{BASE}accounts/{stranger.pk}/").status_code == 404


@time_machine.travel(PAYDAY, tick=False)
def test_vouchers_name_the_subjects_of_the_map(house: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        with inside(house):
            lot = scene.exported(house)[0]
            scene.answered(house, lot, answer(lot))

            answering.settle(by=house.cai, lot=lot, now=PAYDAY)
            lines = vouchers.of_month(OCTOBER)
            total = sum(PayLine.objects.filter(pot__institution=house.lead, pot__state="posted")
                        .values_list("fen", flat=True))  # fmt: skip
            assert [(one.subject, one.debit, one.credit) for one in lines] == [
                ("2201", total, 0), ("1002", 0, total),
            ]  # fmt: skip
        got = house.client("cai").get(f"{BASE}months/2026-10/vouchers.csv")
        assert "应付职工薪酬" in got.content.decode()
        sheet = house.client("cai").post(f"{BASE}months/2026-10/payroll/")
        assert sheet.status_code == 200 and sheet["Content-Type"].endswith("sheet")

        rows = [row.cells for row in sheets.read("x.xlsx", io.BytesIO(sheet.content))]
        assert (rows[0][9] == "代扣个税" and len(rows[1]) <= 9) or rows[1][9] == ""


def test_lists_cost_the_same_for_any_number(house: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path), time_machine.travel(PAYDAY, tick=False):
        with inside(house):
            scene.made(house)
        office, asked = house.client("luo"), []
        for address in (
            f"{BASE}accounts/?institution={house.shiqiao.pk}",
            f"{BASE}accounts/?institution={house.lead.pk}",
        ):
            office.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert office.get(address).status_code == 200
            asked.append(len(queries))
        assert asked[0] == asked[1] < 20
        with inside(house):
            small, large = PayoutLot.objects.order_by("-institution__code")
        asked = []
        for lot in (small, large):
            office.get(f"{BASE}lots/{lot.pk}/")
            with CaptureQueriesContext(connection) as queries:
                office.get(f"{BASE}lots/{lot.pk}/")
            asked.append(len(queries))
        assert asked[0] == asked[1] < 30
