"""A surplus divided by the alliance's template, an overspend borne: sheets, accounts, pool, bundle, page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import override_settings

from alliance.ledger import facts as books
from alliance.models import Institution, Parameter
from performance.engine.pay import entitled
from performance.engine.pay.entitled_parts import EntitledRefused
from performance.engine.pay.redlines import RedLine
from performance.engine.pay.surplus import SurplusRefused
from performance.entitlement import show, subjects
from performance.entitlement.refusals import SheetRefused
from performance.entitlement.services import sheets
from performance.models import Entitlement, EntitlementLine, FundEntry, PayFund, PayPool, PayPot, PayShare
from performance.pay.services import making
from tests.performance import bundle_scene
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import NOW, agreed
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_entitlement import entered
from tests.surplus_cases import cases_of, expected_of
from tests.world import World

PDF = b"%PDF-1.4\n"
# 1.5 million yuan saved of 50 million: 3 %, nothing goes back.
HEAD = {"budget_fen": 5_000_000_000, "actual_fen": 4_850_000_000, "carry_in_fen": 0,
        "carry_out_percent": Decimal(0)}  # fmt: skip


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is posted; a rule says how surplus flows inside an institution."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.rule(world, "surplus")
        yield world


def members(world: World, lead: str = "1", tcm: str = "0", shiqiao: str = "3") -> dict[str, dict[str, Any]]:
    named = ((world.lead, lead), (world.tcm, tcm), (world.shiqiao, shiqiao))
    return {f"i{place.pk}": {"contribution": Decimal(weight)} for place, weight in named}


def templates(value: list[str]) -> None:
    """Which templates hold from October on, as the council voted."""
    decided(key="gb.surplus_split.order", value=value)


def decided(key: str, value: Any) -> None:
    Parameter.objects.create(key=key, value=value, from_date=date(2026, 9, 1), decided_by="理事会")


def confirmed(world: World, sheet: Entitlement) -> Entitlement:
    return sheets.confirm(by=world.cai, sheet=sheet, now=NOW)


def fed() -> dict[str, int]:
    return {row.fund.code: row.fen for row in FundEntry.objects.select_related("fund")}


def paid_by(world: World, sheet: Entitlement, code: str, *, persons: bool = True) -> PayPool:
    return making.make_from_entitlement(
        by=world.luo, sheet=sheet, fund=PayFund.objects.get(code=code), name="结余", document=sheet.document,
        now=NOW, persons=persons,
    )  # fmt: skip


def above(sheet: Entitlement) -> dict[str, int]:
    rows = list(EntitlementLine.objects.filter(sheet=sheet).values_list("given", flat=True))
    stored = {"kind": sheet.kind, "terms": sheet.terms, "head": sheet.head}
    return {part.name: part.fen for part in entitled.above(stored, rows)}


def test_the_surplus_goes_by_60_20_20_and_40_60_down_to_pots(house: World) -> None:
    """X6-5 in its order: 1.5 million yuan retained; the members' 900,000 are 40/60, then by contribution."""
    sheet = entered(house, "surplus", members(house), head=HEAD)
    lines = dict(EntitlementLine.objects.filter(sheet=sheet).values_list("institution__code", "fen"))
    assert lines == {house.lead.code: 36_000_000, house.tcm.code: 0, house.shiqiao.code: 54_000_000}
    assert not FundEntry.objects.exists() and not show.warning(sheet, house.luo)
    sheet = confirmed(house, sheet)
    assert fed() == {
        "surplus-member_performance": 90_000_000, "surplus-collaboration_fund": 30_000_000,
        "surplus-staff_welfare": 30_000_000,
    }  # fmt: skip
    pool = paid_by(house, sheet, "surplus-member_performance")
    agreed(house, pool)
    shares = dict(PayShare.objects.filter(pool=pool).values_list("institution__code", "fen"))
    assert shares == {house.lead.code: 36_000_000, house.shiqiao.code: 54_000_000}
    assert sum(PayPot.objects.filter(pool=pool).values_list("fen", flat=True)) == sheet.fen == 90_000_000
    assert books.trial_balance().sum_fen == 0
    left = books.balance_of([f"fund:{code}" for code in fed()])
    assert left == {"fund:surplus-member_performance": 0, "fund:surplus-collaboration_fund": 30_000_000,
                    "fund:surplus-staff_welfare": 30_000_000}  # fmt: skip


def test_the_cases_of_the_shared_surplus_give_the_same_sheets(house: World) -> None:
    """Every shared case of the whole chain with a surplus, and of an overspend, entered as a sheet."""
    townships = [
        Institution.objects.create(code=f"Z{n}", name=f"乡镇{n}", short_name=f"乡镇{n}", level="primary",
                                   kind="township", role="member", organisation=f"Z{n}")
        for n in range(3)
    ]  # fmt: skip
    places = {"tertiary": [house.lead, house.tcm], "primary": townships}
    seen = 0
    for case in cases_of("chain"):
        given = json.loads(case["params"])
        expected = {line: int(value) for line, value in expected_of(case["case_id"]).items()}
        free = {side: list(inside) for side, inside in places.items()}
        named = {code: (free[side].pop(0), Decimal(weight)) for code, side, weight in given["members"]}
        head = {"budget_fen": given["budget_fen"], "actual_fen": given["actual_fen"],
                "carry_in_fen": given["carry_in_fen"],
                "carry_out_percent": Decimal(given["carry_out_pct"])}  # fmt: skip
        rows = {f"i{place.pk}": {"contribution": weight} for place, weight in named.values()}
        if not expected["member_performance"]:
            continue
        sheet = entered(house, "surplus", rows, head=head, document=f"理事会〔2026〕{100 + seen}号")
        due = dict(EntitlementLine.objects.filter(sheet=sheet).values_list("institution", "fen"))
        assert {f"member:{code}": due[place.pk] for code, (place, _weight) in named.items()} == {
            line: fen for line, fen in expected.items() if line.startswith("member:")
        }, case["case_id"]
        seen += 1
    assert seen >= 7


def test_what_is_above_the_hand_back_and_carried_on_is_not_divided(house: World) -> None:
    """Three percent of the budget are kept; every yuan of surplus and carry-in stands in one of the parts."""
    head = {**HEAD, "actual_fen": 4_600_000_000, "carry_in_fen": 1_234_567, "carry_out_percent": Decimal(25)}
    sheet = entered(house, "surplus", members(house, tcm="2.5"), head=head)
    told = above(sheet)
    assert (told["gross"], told["handed_back"]) == (400_000_000, 250_000_000)
    assert (told["available"], told["carried_out"]) == (151_234_567, 37_808_642)
    assert told["whole"] == 401_234_567  # what was saved and what was carried in
    parts = ("member_performance", "collaboration_fund", "staff_welfare")
    assert sum(told[part] for part in parts) == told["distributed"] == 151_234_567 - 37_808_642
    assert sum(EntitlementLine.objects.filter(sheet=sheet).values_list("fen", flat=True)) == sheet.fen


def test_template_b_parts_the_pay_of_the_staff_from_what_institutions_keep(house: World) -> None:
    """X6-5: of 1 million 500,000 are the members' reward, 150,000 of it for staff; the fund has 10 %."""
    templates(["B", "C"])
    head = {**HEAD, "actual_fen": 4_900_000_000}
    sheet = entered(house, "surplus", members(house), head=head)
    other = Entitlement.objects.get(kind="surplus_other")
    assert (sheet.fen, other.fen) == (15_000_000, 35_000_000)
    told = above(sheet)
    parts = ("member_reward", "collaboration_fund", "reserve")
    assert [told[part] for part in parts] == [50_000_000, 10_000_000, 40_000_000]
    sheet, other = confirmed(house, sheet), confirmed(house, other)
    assert sum(fed().values()) == 100_000_000
    with pytest.raises(SheetRefused, match="stays with them"):
        paid_by(house, other, "surplus-reward_other")
    with pytest.raises(SheetRefused, match="paid from the account"):
        paid_by(house, sheet, "surplus-reserve")
    row = PayPool(month=OCTOBER.first_day, kind="surplus", source="retained", document="理〔2026〕1号",
                  fen=other.fen, entitlement=other, digest="d", made_by=house.luo, made_at=NOW)  # fmt: skip
    with pytest.raises(DatabaseError, match="ends at them"), transaction.atomic():
        row.save(force_insert=True)
    agreed(house, paid_by(house, sheet, "surplus-reward_staff"))
    pool = agreed(house, paid_by(house, other, "surplus-reward_other", persons=False))
    kept = dict(PayShare.objects.filter(pool=pool).values_list("institution__code", "fen"))
    assert kept == {house.lead.code: 14_000_000, house.shiqiao.code: 21_000_000}
    assert not PayPot.objects.filter(pool=pool).exists() and books.trial_balance().sum_fen == 0


def test_template_c_alone_and_contribution_alone(house: World) -> None:
    templates(["C"])
    head = {**HEAD, "actual_fen": 4_900_000_000}
    sheet = entered(house, "surplus", members(house), head=head)
    due = dict(EntitlementLine.objects.filter(sheet=sheet).values_list("institution__code", "fen"))
    assert (due[house.lead.code], due[house.shiqiao.code]) == (40_000_000, 60_000_000)  # X6-5
    Parameter.objects.filter(key="gb.surplus_split.order", decided_by="理事会").delete()
    templates(["A"])
    sheet = entered(house, "surplus", members(house), head=head, document="理事会〔2026〕9号")
    due = dict(EntitlementLine.objects.filter(sheet=sheet).values_list("institution__code", "fen"))
    assert (due[house.lead.code], due[house.shiqiao.code]) == (15_000_000, 45_000_000)


def test_what_cannot_be_divided_is_refused(house: World) -> None:
    rows = members(house)
    with pytest.raises(EntitledRefused, match="Nothing is left to divide"):
        entered(house, "surplus", rows, head={**HEAD, "actual_fen": 5_000_000_001})
    with pytest.raises(SurplusRefused, match="contribution above zero"):
        entered(house, "surplus", members(house, "0", "0", "0"), head=HEAD)
    with pytest.raises(EntitledRefused, match="0 to 100"):
        entered(house, "surplus", rows, head={**HEAD, "carry_out_percent": Decimal(101)})
    decided("gb.collab_fund_from_surplus", 10)
    with pytest.raises(EntitledRefused, match="Template A gives the collaboration fund 20 %"):
        entered(house, "surplus", rows, head=HEAD)
    templates(["C", "A"])
    with pytest.raises(EntitledRefused, match="names C, A"):
        entered(house, "surplus", rows, head=HEAD)


def test_an_overspend_is_borne_by_cause_and_never_paid(house: World) -> None:
    """X6-6: of 1 million nobody could prevent the fund bears 700,000, the members 120,000 and 180,000."""
    head = {"budget_fen": 5_000_000_000, "actual_fen": 5_100_000_000, "uncontrollable_fen": 100_000_000,
            "mismanagement_fen": 0}  # fmt: skip
    sheet = entered(house, "overspend", members(house), head=head)
    told = above(sheet)
    assert told["uncontrollable_borne"] == 70_000_000
    assert (told["alliance_bears"], told["patients_bear"]) == (30_000_000, 0)
    sheet = confirmed(house, sheet)  # of no account is anything asked
    due = dict(EntitlementLine.objects.filter(sheet=sheet).values_list("institution__code", "fen"))
    assert (due[house.lead.code], due[house.shiqiao.code]) == (12_000_000, 18_000_000)
    assert sheet.held_fen is None and not FundEntry.objects.exists()
    PayFund.objects.create(code="kept", name="结余", source="retained", opened_by=house.luo, opened_at=NOW)
    with pytest.raises(SheetRefused, match="paid by no pool"):
        paid_by(house, sheet, "kept")
    with pytest.raises(SurplusRefused, match=r"add up to 1,000,000\.01 yuan"):
        entered(house, "overspend", members(house), head={**head, "mismanagement_fen": 1},
                document="理事会〔2026〕9号")  # fmt: skip
    decided("gb.overspend_strict", True)
    strict = entered(house, "overspend", members(house), head=head, document="理事会〔2026〕10号")
    assert strict.fen == 100_000_000


def test_a_sheet_feeds_an_account_once(house: World) -> None:
    sheet = confirmed(house, entered(house, "surplus", members(house), head=HEAD))
    row = FundEntry.objects.filter(sheet=sheet).first()
    assert row is not None
    with pytest.raises(IntegrityError, match="fundentry_sheet_once"), transaction.atomic():
        FundEntry.objects.create(
            fund=row.fund, day=row.day, fen=1, document=row.document, body="x", scan=row.scan,
            entered_by=house.luo, entered_at=NOW, sheet=sheet,
        )  # fmt: skip
    with pytest.raises(RedLine, match="approving document"):
        making.make_from_entitlement(
            by=house.luo, sheet=sheet, fund=PayFund.objects.get(code="surplus-member_performance"),
            name="结余", document=" ", now=NOW,
        )  # fmt: skip


def test_the_bundle_divides_the_surplus_again(qinghe: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        bundle_scene.paid_month(qinghe)
        with inside(qinghe):
            scene.rule(qinghe, "surplus")
            sheet = confirmed(qinghe, entered(qinghe, "surplus", members(qinghe), head=HEAD))
            agreed(qinghe, paid_by(qinghe, sheet, "surplus-member_performance"))
        content = bundle_scene.bundle_of(qinghe)
    assert bundle_scene.verified(content, tmp_path).differences == ()
    [name] = [one for one in bundle_scene.members(content) if "surplus" in one]
    place = next(n for n, row in enumerate(bundle_scene.rows(content, name)) if row["row"] == "sheet")

    def saved_more(row: dict[str, Any]) -> None:
        row["head"]["actual_fen"] -= 100

    def kept_less(row: dict[str, Any]) -> None:
        row["fed"]["collaboration_fund"] -= 1

    def handed(row: dict[str, Any]) -> None:
        next(one for one in row["above"] if one["name"] == "handed_back")["fen"] = 5

    for change, path in ((saved_more, ".above"), (kept_less, ".fed.collaboration_fund"), (handed, ".above")):
        altered = bundle_scene.changed(content, name, change, place)
        said = bundle_scene.verified(altered, tmp_path).differences
        assert any(path in one for one in said), said


@time_machine.travel(NOW, tick=False)
def test_the_page_shows_every_step_with_its_numbers(house: World) -> None:
    client, base = house.client("luo"), "/a/qinghe/pay/entitlements/"
    url = f"{base}enter/?kind=surplus&month=2026-10"
    page = client.get(url).content.decode()
    assert 'name="budget_fen"' in page and subjects.of("surplus", OCTOBER)[0].name in page
    typed = {
        "document": "理事会〔2026〕8号", "body": "理事会", "budget_fen": "50000000", "actual_fen": "48500000",
        "carry_in_fen": "0", "carry_out_percent": "0",
        **{f"{key}-contribution": str(row["contribution"]) for key, row in members(house).items()},
        "files": SimpleUploadedFile("x.pdf", PDF, "application/pdf"),
    }  # fmt: skip
    assert client.post(url, typed).status_code == 302
    sheet = Entitlement.objects.get()
    page = client.get(f"{base}{sheet.pk}/").content.decode()
    for figure in ("50,000,000.00", "48,500,000.00", "1,500,000.00", "60%", "900,000.00", "300,000.00",
                   "540,000.00", "360,000.00"):  # fmt: skip
        assert figure in page
    assert house.client("cai").post(f"{base}{sheet.pk}/act/confirm/").status_code == 302
    page = client.get(f"{base}{sheet.pk}/").content.decode()
    own = PayFund.objects.get(code="surplus-member_performance")
    assert f'value="{own.pk}" selected' in page
    for paper in ("print", "workbook"):
        assert client.get(f"{base}{sheet.pk}/{paper}/").status_code == 200
