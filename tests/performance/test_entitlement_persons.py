"""The innovation award of persons (S1-63): a tenth of the pay in the books, paid by name to the fen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.db.models import Sum
from django.test import override_settings

from alliance.ledger import facts as books
from alliance.models import Staff
from performance.entitlement import subjects
from performance.entitlement.refusals import SheetRefused
from performance.entitlement.services import sheets
from performance.models import Entitlement, EntitlementLine, PayFund, PayLine, PayPlan, PayPot
from performance.pay.refusals import PotRefused
from performance.pay.services import making, pots, together
from performance.pay.services.pots import Agreed
from tests.performance import bundle_scene
from tests.performance import pay_scene as scene
from tests.performance.pay_scene import AFTER, NOW, agreed, fresh
from tests.performance.scene import OCTOBER, inside
from tests.performance.test_entitlement import PDF, entered, fed, paid_by
from tests.world import World, member

KIND = "innovation_personal"


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[World]:
    """October is in the books down to the doctors of the lead hospital; an account holds money."""
    with override_settings(MEDIA_ROOT=tmp_path), inside(world):
        scene.grounded(world)
        scene.rule(world, "award")
        scene.posted_bonus(world)
        bundle_scene.with_lines(world)
        fed(world, 20_000_000)
        yield world


def known() -> list[subjects.Subject]:
    return subjects.of(KIND, OCTOBER)


def pay_of(staff: Staff) -> int:
    return int(PayLine.objects.filter(staff=staff).aggregate(sum=Sum("fen"))["sum"])


def awarded(world: World, *people: subjects.Subject, **more: Any) -> Entitlement:
    sheet = entered(world, KIND, {one.key: {} for one in people}, **more)
    return sheets.confirm(by=world.cai, sheet=sheet, now=NOW)


def plan(pot: PayPot, points: dict[int, Decimal]) -> Agreed:
    return Agreed(points, list(points)[:1], NOW.date(), "按决定发放")


def test_a_tenth_of_the_pay_in_the_books_reaches_each_person_by_name(house: World) -> None:
    one, two = known()[:2]
    assert one.staff is not None and two.staff is not None
    paid = [pay_of(each.staff) for each in (one, two) if each.staff]
    sheet = awarded(house, one, two)
    due = [(fen + 5) // 10 for fen in paid]  # half a fen counts as one
    assert dict(EntitlementLine.objects.filter(sheet=sheet).values_list("staff", "fen")) == {
        one.staff.pk: due[0], two.staff.pk: due[1]
    }  # fmt: skip
    with pytest.raises(SheetRefused, match="paid on to persons"):
        making.make_from_entitlement(
            by=house.luo,
            sheet=sheet,
            fund=PayFund.objects.get(),
            name="奖",
            document="理事会〔2026〕1号",
            now=NOW,
            persons=False,
        )
    pool = agreed(house, paid_by(house, sheet))
    [pot] = PayPot.objects.named().filter(pool=pool)
    assert pot.by_name and (pot.group, pot.fen) == ("doctor", sum(due))
    points = pots.points_of(pot)
    with pytest.raises(PotRefused, match="pays awards by name"):
        pots.write(by=house.wu, pot=pot, agreed=plan(pot, dict.fromkeys(points, Decimal(1))), now=NOW)
    with pytest.raises(PotRefused, match="pays awards by name"):
        together.write(
            by=house.wu, plans=[(pot, plan(pot, dict.fromkeys(points, Decimal(1))))], now=NOW
        )  # fmt: skip
    pot = fresh(pots.write(by=house.wu, pot=pot, agreed=plan(pot, points), now=NOW))
    pot = fresh(pots.show(by=house.wu, pot=pot, now=NOW))
    pot = fresh(pots.submit(by=house.wu, pot=pot, now=AFTER))
    pots.post(by=house.luo, pot=pot, now=AFTER)
    assert dict(PayLine.objects.filter(pot=pot).values_list("staff", "fen")) == {
        one.staff.pk: due[0], two.staff.pk: due[1]
    }  # fmt: skip
    assert books.trial_balance().sum_fen == 0
    # What was awarded is no pay of the month for a further award.
    assert [each.scores["month_pay_fen"] for each in known() if each.key == one.key] == [paid[0]]


def test_a_person_has_one_award_of_a_month_and_who_has_no_pay_has_none(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = known()[:2]
    assert {each.institution for each in known()} == {house.lead}  # nobody else was paid yet
    awarded(house, one)
    with pytest.raises(SheetRefused, match="has an award of this kind and month already, in sheet 1"):
        entered(house, KIND, {one.key: {}, two.key: {}}, document="理事会〔2026〕2号")
    with monkeypatch.context() as meanwhile:  # as if both had looked before either had stored
        meanwhile.setattr(sheets, "_not_twice", lambda *_: None)
        again = entered(house, KIND, {one.key: {}}, document="理事会〔2026〕2号")
    with pytest.raises(DatabaseError, match="one award of a kind and month"), transaction.atomic():
        sheets.confirm(by=house.cai, sheet=again, now=NOW)
    sheets.set_aside(by=house.luo, sheet=again, why="重复", now=NOW)


def test_the_database_lets_a_pot_by_name_pay_nothing_else(house: World) -> None:
    pool = agreed(house, paid_by(house, awarded(house, *known()[:2])))
    pot = PayPot.objects.get(pool=pool)
    first, second = pots.points_of(pot)
    made = PayPlan.objects.create(
        pot=pot, revision=1, agreed_on=NOW.date(), minutes="x", made_by=house.wu, made_at=NOW
    )
    for staff, fen in ((first, 1), (second, pot.fen - 1)):
        PayLine.objects.create(
            plan=made, pot=pot, staff_id=staff, points=1, fen=fen, quota=1, remainder_rank=1
        )
    PayPot.objects.filter(pk=pot.pk).update(plan=made, state="drafted")
    with pytest.raises(DatabaseError, match="pays each person what the sheet says"), transaction.atomic():
        PayPot.objects.filter(pk=pot.pk).update(state="shown", shown_at=NOW, shown_until=AFTER)


def test_the_bundle_names_nobody_and_works_the_award_out_again(qinghe: World, tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        bundle_scene.paid_month(qinghe)
        with inside(qinghe):
            least = sorted(known(), key=lambda one: one.scores["month_pay_fen"])[:2]
            agreed(qinghe, paid_by(qinghe, awarded(qinghe, *least)))
        content = bundle_scene.bundle_of(qinghe)
    assert bundle_scene.verified(content, tmp_path).differences == ()
    name, place, row = next(
        (name, place, row)
        for name in bundle_scene.members(content) if "award" in name
        for place, row in enumerate(bundle_scene.rows(content, name)) if row["row"] == "entitled"
    )  # fmt: skip
    assert row["key"].startswith("person:P") and "QH01" not in row["key"]

    def more(row: dict[str, Any]) -> None:
        row["given"]["month_pay_fen"] = str(int(row["given"]["month_pay_fen"]) + 1_000)

    said = bundle_scene.verified(bundle_scene.changed(content, name, more, place), tmp_path).differences
    assert any(".fen" in one for one in said)


@time_machine.travel(NOW, tick=False)
def test_people_are_named_on_the_page_and_read_by_their_own_institution(house: World) -> None:
    client = house.client("luo")
    url = f"/a/qinghe/pay/entitlements/enter/?kind={KIND}&month=2026-10"
    one, two = (each.staff for each in known()[:2])
    assert one is not None and two is not None
    Staff.objects.filter(pk=two.pk).update(name=one.name)
    typed = {"document": "理事会〔2026〕9号", "body": "理事会"}
    page = client.post(url, {**typed, "people": f"{one.name}\n查无此人"}).content.decode()
    assert "可能是" in page and one.code in page and two.code in page
    assert "查无此人" in client.post(url, {**typed, "people": "查无此人"}).content.decode()
    scan = SimpleUploadedFile("x.pdf", PDF, "application/pdf")
    people = f" {one.institution.code}/{one.code} \n\n{two.code}\n{one.code}"
    answer = client.post(url, {**typed, "people": people, "files": scan})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    sheet = Entitlement.objects.get()
    assert sheet.lines.count() == 2
    base = f"/a/qinghe/pay/entitlements/{sheet.pk}/"
    page = client.get(base).content.decode()
    assert one.name in page and "10%" in page
    assert house.client("kong").get(base).status_code == 404  # not confirmed
    sheets.confirm(by=house.cai, sheet=sheet, now=NOW)
    assert one.name in house.client("kong").get(base).content.decode()
    house.people["gu"] = member("gu", "顾守成", house.shiqiao, "institution_admin")
    for stranger in ("gu", "wu", "dr"):  # another institution's head, a head of department, a doctor
        assert house.client(stranger).get(base).status_code == 404
    pool = agreed(house, paid_by(house, Entitlement.objects.get()))
    pot = PayPot.objects.get(pool=pool)
    page = house.client("wu").get(f"/a/qinghe/pay/pots/{pot.pk}/plan/").content.decode()
    assert "测算单已定明每人金额" in page and "测算单按姓名列明的金额" in page
    assert 'name="points_' not in page  # nothing there is anybody's to change
    typed = {"agreed_on": NOW.date().isoformat(), "minutes": "按测算单"}
    answer = house.client("wu").post(f"/a/qinghe/pay/pots/{pot.pk}/plan/", typed)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert dict(PayLine.objects.filter(pot=pot).values_list("staff", "fen")) == {
        staff: int(fen) for staff, fen in pots.points_of(pot).items()
    }
