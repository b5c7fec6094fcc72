"""A month of Qinghe after its approval: everything divided and in the books, so that it can be published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alliance.lib.period import Month
from alliance.models import Membership, Staff
from performance.life.services import stages
from performance.models import MonthLife, PayoutEntity, PayoutTemplate, PayPot
from performance.pay.services import pots
from performance.payout.services import accounts, answering, exporting, ground, lots, payables
from performance.payout.services.accounts import Given
from tests.performance import pay_scene, payout_scene
from tests.performance.scene import OCTOBER
from tests.world import World, member

PUBLISHED = datetime(2026, 11, 16, 2, tzinfo=UTC)  # a Monday; five working days end with Monday the 23rd
ENDED = datetime(2026, 11, 23, 16, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 20, 2, tzinfo=UTC)


def published(world: World) -> MonthLife:
    """October with its bonus fund, shown to everybody; Yao administers the township."""
    world.people["yao"] = member("yao", "姚成林", world.shiqiao, "institution_admin")
    pay_scene.grounded(world)
    pay_scene.posted_bonus(world)
    Staff.objects.create(
        institution=world.shiqiao, code="QH11-9", name="石护士", kind="nurse"
    )  # third of three
    return stages.publish(by=world.luo, month=OCTOBER, now=PUBLISHED)


def divided(world: World) -> None:
    """Every pot of October by the roster's points, shown its days, in the books."""
    for pot in PayPot.objects.named():
        divide(world, pot)


def divide(world: World, pot: PayPot) -> PayPot:
    """One pot; its institution's administrator writes, Luo posts."""
    return booked(world, shown(world, pot))


def head_of(world: World, pot: PayPot) -> Membership:
    """Who divides a pot of the institution."""
    return next(
        one for one in world.people.values()
        if one.institution_id == pot.institution_id and "institution_admin" in one.roles
    )  # fmt: skip


def shown(world: World, pot: PayPot) -> PayPot:
    """The pot by the roster's points, before the eyes of its people."""
    head, people = head_of(world, pot), list(pots.points_of(pot))
    others = Staff.objects.filter(institution=pot.institution_id).exclude(pk__in=people)
    group = [*people, *others.values_list("pk", flat=True)][:3]
    met = met_at(pot)
    agreed = pots.Agreed(pots.points_of(pot), group, met.date(), "一致同意")
    pots.write(by=head, pot=pot, agreed=agreed, now=met)
    return pots.show(by=head, pot=pay_scene.fresh(pot), now=met)


def met_at(pot: PayPot) -> datetime:
    """When the group met: no earlier than the month it divides."""
    return max(WRITTEN, datetime.combine(pot.pool.month, WRITTEN.timetz()))


def booked(world: World, pot: PayPot) -> PayPot:
    """Handed in once its days have passed, and posted."""
    after = met_at(pot) + timedelta(days=4)
    pots.submit(by=head_of(world, pot), pot=pay_scene.fresh(pot), now=after)
    return pots.post(by=world.luo, pot=pay_scene.fresh(pot), now=after)


def grounded_payout(world: World, month: Month, now: datetime) -> None:
    """Templates, account map, legal entities and accounts of everybody with a line in the books."""
    if not PayoutTemplate.objects.exists():
        for made in ground.adopt(by=world.luo, now=now):
            ground.confirm(by=world.cai, row=made, now=now)
        table = ground.enter_map(by=world.luo, from_month=month, body=ground.shipped_map(), now=now)
        ground.confirm(by=world.cai, row=table, now=now)
    lines = payables.lines(month).select_related("staff", "pot__institution")
    for place in {line.pot.institution for line in lines} - {one.institution for one in _entities(month)}:
        given = Given("icbc", "清河支行", place.name, f"1202{place.pk:015d}")
        row = ground.enter_entity(
            by=world.luo, institution=place, credit_code="12330000mb0000001x", from_month=month, given=given,
            now=now,
        )  # fmt: skip
        ground.confirm(by=world.cai, row=row, now=now)
    known = accounts.current()
    for staff in {line.staff for line in lines if line.staff_id not in known}:
        payout_scene.banked(world, staff)


def paid_out(world: World, month: Month, now: datetime) -> None:
    """Every undisputed yuan of a month through lots to the bank and back, checked and answered by second
    people.
    """
    grounded_payout(world, month, now)
    for lot in lots.make(by=world.luo, month=month, disputed=lots.disputed(month), now=now):
        lots.check(by=world.meng, lot=lot, now=now)
        exporting.export(by=world.cai, lot=payout_scene.again(lot), now=now)
        payout_scene.answered(world, payout_scene.again(lot), payout_scene.answer(lot))
        answering.settle(by=world.cai, lot=payout_scene.again(lot), now=now)


def _entities(month: Month) -> list[PayoutEntity]:
    return list(ground.entities(month).values())
