"""An October paid down to persons; accounts, legal entities, templates, account map, all by two people."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from alliance.models import Staff
from performance.life.services import stages
from performance.models import PayLine, PayoutLot, PayoutPayment, PayPot
from performance.pay.services import pots
from performance.payout.services import accounts, answering, exporting, ground, lots, returned
from performance.payout.services.accounts import Given
from tests.performance import pay_scene
from tests.performance.pay_scene import AFTER, NOW
from tests.performance.pay_scene import fresh as named
from tests.performance.scene import OCTOBER, inside
from tests.world import World, member

PUBLISHED, PAYDAY = datetime(2026, 11, 16, 2, tzinfo=UTC), datetime(2026, 11, 25, 2, tzinfo=UTC)
ANSWER = ("客户流水号", "收款账号", "金额", "处理状态", "失败原因")


def number(staff: Staff) -> str:
    """A number of a bank account, of nobody."""
    return f"6222{staff.pk:015d}"


def paid_down(world: World) -> list[PayLine]:
    """The bonus fund of October is in the books of the doctors of both institutions."""
    pay_scene.grounded(world)
    pay_scene.posted_bonus(world)
    stages.publish(by=world.luo, month=OCTOBER, now=PUBLISHED)
    for place, head in ((world.lead, world.kong), (world.shiqiao, _head(world))):
        for found in PayPot.objects.filter(institution=place, group="doctor"):
            distributed(world, named(found), head)
    return list(PayLine.objects.filter(fen__gt=0).select_related("staff", "pot").order_by("staff__code"))


def _head(world: World) -> Any:
    if "tian" not in world.people:
        world.people["tian"] = member("tian", "田院长", world.shiqiao, "institution_head")
    return world.tian


def distributed(world: World, pot: PayPot, head: Any) -> PayPot:
    """From a plan by the roster to the books; a small department asks colleagues into its group."""
    people = list(pots.points_of(pot))
    for number in range(3 - len(people)):
        one, _new = Staff.objects.get_or_create(
            institution=pot.institution, code=f"asked{number}", name=f"邻科{number}", kind="nurse"
        )
        people.append(one.pk)
    agreed = pots.Agreed(pots.points_of(pot), people[:3], NOW.date(), "一致同意")
    pot = named(pots.write(by=head, pot=pot, agreed=agreed, now=NOW))
    pot = named(pots.show(by=head, pot=pot, now=NOW))
    pot = named(pots.submit(by=head, pot=pot, now=AFTER))
    found: PayPot = pots.post(by=world.luo, pot=pot, now=AFTER)
    return found


def grounded(world: World, bank: Mapping[str, str] | None = None) -> list[PayLine]:
    """All that lots stand on; everybody with a line has an account, at icbc unless `bank` names another by
    the staff number.
    """
    lines = paid_down(world)
    stand(world, lines, bank)
    return lines


def played(world: World) -> None:
    """The same as a scene of its own."""
    with inside(world):
        grounded(world)


def stand(world: World, lines: Iterable[PayLine], bank: Mapping[str, str] | None = None) -> None:
    """Templates, map, legal entities, accounts."""
    for made in ground.adopt(by=world.luo, now=NOW):
        ground.confirm(by=world.cai, row=made, now=NOW)
    table = ground.enter_map(by=world.luo, from_month=OCTOBER, body=ground.shipped_map(), now=NOW)
    ground.confirm(by=world.cai, row=table, now=NOW)
    for place in (world.lead, world.shiqiao):
        entity = ground.enter_entity(
            by=world.luo, institution=place, credit_code="12330000mb0000001x", from_month=OCTOBER,
            given=Given("icbc", "清河支行", place.name, f"1202{place.pk:015d}"), now=NOW,
        )  # fmt: skip
        ground.confirm(by=world.cai, row=entity, now=NOW)
    for staff in {line.staff for line in lines}:
        banked(world, staff, (bank or {}).get(staff.code, "icbc"))


def banked(world: World, staff: Staff, bank: str = "icbc") -> None:
    given = Given(bank, "清河支行", staff.name, number(staff))
    row = accounts.enter(by=world.luo, staff=staff, given=given, why="首次登记", now=NOW)
    accounts.confirm(by=world.cai, row=row, now=NOW)


def reconfirmed(world: World) -> None:
    """Accounts that payments came back from are entered anew, unchanged, by two people."""
    for account in list(returned.waiting(returned.said()).select_related("staff")):
        given = Given(account.bank, account.branch, account.holder, number(account.staff))
        row = accounts.enter(by=world.luo, staff=account.staff, given=given, why="退票后与本人核对", now=NOW)
        accounts.confirm(by=world.cai, row=row, now=NOW)


def made(world: World, disputed: Mapping[int, int] | None = None) -> list[PayoutLot]:
    return lots.make(by=world.luo, month=OCTOBER, disputed=disputed or {}, now=PAYDAY)


def exported(world: World, disputed: Mapping[int, int] | None = None) -> list[PayoutLot]:
    """Made, checked and with the bank."""
    found = made(world, disputed)
    for lot in found:
        lots.check(by=world.meng, lot=lot, now=PAYDAY)
    found = [again(lot) for lot in found]
    for lot in found:
        exporting.export(by=world.cai, lot=lot, now=PAYDAY)
    return found


def again(lot: PayoutLot) -> PayoutLot:
    found: PayoutLot = PayoutLot.objects.named().told().get(pk=lot.pk)
    return found


def answer(lot: PayoutLot, says: Mapping[int, str] | None = None, **change: Any) -> bytes:
    """The bank's csv: every payment succeeded but those `says` names by their number."""
    rows = [("代发结果", "", "", "", ""), ANSWER]
    for one in PayoutPayment.objects.filter(lot=lot).select_related("lot__institution", "account"):
        word = (says or {}).get(one.number, "成功")
        amount = change.get("amounts", {}).get(one.number, exporting.yuan(one.fen))
        if word:
            rows.append(
                (one.reference, one.account.number, amount, word, "账户不符" if word == "退票" else "")
            )
    rows.extend(change.get("more", ()))
    return "\n".join(",".join(row) for row in rows).encode("utf-8-sig")


def answered(world: World, lot: PayoutLot, content: bytes) -> Any:
    """Luo takes the answer."""
    return answering.take(by=world.luo, lot=lot, name="结果.csv", source=io.BytesIO(content), now=PAYDAY)
