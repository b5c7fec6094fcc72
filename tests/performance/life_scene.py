"""A month of Qinghe after its approval: everything divided and in the books, so that it can be published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alliance.models import Staff
from performance.life.services import stages
from performance.models import MonthLife, PayPot
from performance.pay.services import pots
from tests.performance import pay_scene
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
    head = world.kong if pot.institution_id == world.lead.pk else world.yao
    people = list(pots.points_of(pot))
    others = Staff.objects.filter(institution=pot.institution_id).exclude(pk__in=people)
    group = [*people, *others.values_list("pk", flat=True)][:3]
    agreed = pots.Agreed(pots.points_of(pot), group, WRITTEN.date(), "一致同意")
    pots.write(by=head, pot=pot, agreed=agreed, now=WRITTEN)
    pots.show(by=head, pot=pay_scene.fresh(pot), now=WRITTEN)
    pots.submit(by=head, pot=pay_scene.fresh(pot), now=WRITTEN + timedelta(days=4))
    return pots.post(by=world.luo, pot=pay_scene.fresh(pot), now=WRITTEN + timedelta(days=4))
