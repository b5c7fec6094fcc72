"""A prepaid package: the deduction of an overspend is owed, later dues give it back (S0-69, S0-77; X6-3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import override_settings

from alliance.models import Parameter
from performance.entitlement import subjects
from performance.entitlement.refusals import SheetRefused
from performance.entitlement.services import sheets
from performance.models import Entitlement, EntitlementLine
from tests.performance import bundle_scene
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import NOW, agreed
from tests.performance.scene import inside
from tests.performance.test_entitlement import TEAMS, entered, fed, key_of, paid_by, scored, teams_of
from tests.world import World

# 100 people of low, 50 of medium, 10 of high risk for a year: 12,000 yuan, all of it paid ahead.
YEAR = {"months_low": 1_200, "months_mid": 600, "months_high": 120, "saving_fen": -2_000_000,
        "prepaid_fen": 1_200_000}  # fmt: skip


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.rule(world, "reward", TEAMS)
        teams_of(world)
        fed(world, 20_000_000)
        yield world


def confirmed(world: World, kind: str, row: dict[str, Any], number: int, **more: Any) -> Entitlement:
    return sheets.confirm(by=world.cai, sheet=sheet_of(world, kind, row, number, **more), now=NOW)


def sheet_of(world: World, kind: str, row: dict[str, Any], number: int, **more: Any) -> Entitlement:
    document = f"理事会〔2026〕{number}号"
    return entered(world, kind, {key_of("一队", kind): row}, document=document, **more)


def line_of(sheet: Entitlement) -> EntitlementLine:
    return EntitlementLine.objects.get(sheet=sheet)


def test_a_deduction_after_the_prepayment_is_taken_from_later_dues(house: World) -> None:
    """X6-3: 12,000 prepaid, overspend 20,000: 6,000 are owed, and the next sheets give them back."""
    sheet = confirmed(house, "packages", YEAR, 21)
    line = line_of(sheet)
    assert [part["fen"] for part in line.parts] == [500_000, 500_000, 200_000, -600_000, -1_200_000]
    assert (sheet.fen, line.fen, line.owed_fen) == (0, 0, 600_000)
    with pytest.raises(SheetRefused, match="pays nobody"):
        paid_by(house, sheet)
    more = {"months_low": 600, "months_mid": 180, "months_high": 0, "saving_fen": 0, "prepaid_fen": 0}
    part = line_of(confirmed(house, "packages", more, 22))  # 4,000 due: all of it is given back
    assert part.parts[-1]["fen"] == -600_000 and (part.fen, part.owed_fen) == (0, 200_000)
    rest = confirmed(house, "packages", more, 23)
    assert (rest.fen, line_of(rest).owed_fen) == (200_000, 0) and subjects.owed() == {part.team_id: 0}
    agreed(house, paid_by(house, rest))
    assert confirmed(house, "packages", more, 24).fen == 400_000


def test_a_settlement_below_zero_counts_as_zero_where_the_parameter_says_so(house: World) -> None:
    """18,000 deducted of 12,000: with the floor the prepayment is owed, without it 6,000 more."""
    row = {**YEAR, "saving_fen": -6_000_000}
    assert line_of(sheet_of(house, "packages", row, 21)).owed_fen == 1_200_000
    Parameter.objects.create(
        key="fd.package.floor_at_zero", value=False, from_date=date(2026, 9, 1), decided_by="理事会"
    )
    assert line_of(sheet_of(house, "packages", row, 22)).owed_fen == 1_800_000


def test_what_is_owed_is_taken_once(house: World) -> None:
    """Of two sheets worked out with the same debt the second is refused, by service and database."""
    confirmed(house, "packages", YEAR, 21)
    more = {**YEAR, "saving_fen": 0, "prepaid_fen": 0}
    one, two = (sheet_of(house, "packages", more, number) for number in (22, 23))
    assert (one.fen, two.fen) == (600_000, 600_000)
    sheets.confirm(by=house.cai, sheet=one, now=NOW)
    with pytest.raises(SheetRefused, match="owes something else now"):
        sheets.confirm(by=house.cai, sheet=two, now=NOW)
    with pytest.raises(DatabaseError, match="owes something else"), transaction.atomic():
        Entitlement.objects.filter(pk=two.pk).update(
            confirmed_by=house.cai, confirmed_at=NOW, held_fen=10**9, wanted_fen=10**9
        )


@time_machine.travel(NOW, tick=False)
def test_the_pages_say_what_is_owed_and_taken(house: World) -> None:
    sheet = confirmed(house, "packages", YEAR, 21)
    client, base = house.client("luo"), "/a/qinghe/pay/entitlements/"
    page = client.get(f"{base}{sheet.pk}/").content.decode()
    assert "6,000.00" in page and "/act/pay/" not in page
    page = client.get(f"{base}enter/?kind=packages&month=2026-10").content.decode()
    assert "6,000.00" in page
    assert "6,000.00" not in client.get(f"{base}enter/?kind=four_part&month=2026-10").content.decode()
    scored(house, {"T1": [["drg", "30", "30"]]})
    heads = sheet_of(house, "heads", {"heads": 3_000}, 22, head={"months": 1})
    assert Decimal(line_of(heads).given["owed_before_fen"]) == 600_000


def test_the_bundle_works_out_what_is_owed(qinghe: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        bundle_scene.paid_month(qinghe)
        with inside(qinghe):
            scene.rule(qinghe, "reward", TEAMS)
            teams_of(qinghe)
            two = {key_of("一队", "packages"): YEAR,
                   key_of("二队", "packages"): {**YEAR, "prepaid_fen": 550_000}}  # fmt: skip
            sheet = sheets.confirm(by=qinghe.cai, sheet=entered(qinghe, "packages", two), now=NOW)
            agreed(qinghe, paid_by(qinghe, sheet))
        content = bundle_scene.bundle_of(qinghe)
    assert bundle_scene.verified(content, tmp_path).differences == ()
    [name] = [one for one in bundle_scene.members(content) if "reward" in one]
    place = next(n for n, row in enumerate(bundle_scene.rows(content, name)) if row.get("owed"))

    def less(row: dict[str, Any]) -> None:
        row["owed"] -= 1

    said = bundle_scene.verified(bundle_scene.changed(content, name, less, place), tmp_path).differences
    assert any(".owed" in one for one in said)
