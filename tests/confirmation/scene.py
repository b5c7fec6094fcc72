"""October between the county hospital and Shiqiao township: patients, an expert, a CT with its own log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from alliance.confirmation import services, standing
from alliance.confirmation.models import Difference, Line, Round
from alliance.equipment import services as equipment
from alliance.equipment.models import Usage
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.postings import services as postings
from alliance.postings.models import Visit
from alliance.services import calendar, parameters
from referrals import services as referrals
from referrals.models import Referral
from tests.equipment.scene import scanner
from tests.postings.scene import DONE, expert, terms
from tests.referrals.scene import logged
from tests.world import World, member

OCTOBER = Month(2026, 10)
# Tuesday 3 November 2026, 10:00 in Shanghai: the calendar opens October. Two working days: until the fifth.
NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 5, 16, 0, tzinfo=UTC)
THEN = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)


def prepare(world: World) -> None:
    """Records of October, and who confirms at the township. Call inside act_in."""
    parameters.load_register()
    calendar.seed(since=2026)
    world.people["shi"] = member("shi", "石磊", world.shiqiao, "institution_admin")
    world.people["tang"] = member("tang", "唐蕊", world.tcm, "institution_admin")
    for serial in (1, 2, 3):
        arrived(world, serial=serial)
    days(world)
    use(world, "L-1")
    use(world, "L-2")


def arrived(world: World, serial: int, now: datetime = THEN, **change: Any) -> Referral:
    """A patient of Shiqiao whom the county hospital received in October."""
    referral = logged(world, serial=serial, now=now, **change)
    referral = referrals.accept(by=world.lin, referral=referral, now=now + timedelta(minutes=5))
    return referrals.arrive(by=world.lin, referral=referral, now=now + timedelta(hours=3))


def days(world: World) -> None:
    """Four days of an expert of the hospital at Shiqiao in October, confirmed by the host."""
    plan = terms(expert(world.lead), world.shiqiao, first_day=date(2026, 10, 12), last_day=date(2026, 10, 23))
    posting = postings.propose(by=world.kong, terms=plan, now=THEN)
    postings.agree(by=world.zhao, posting=posting, now=THEN)
    for visit in list(Visit.objects.with_names().filter(posting=posting)):
        postings.report(by=world.kong, visit=visit, figures=DONE, now=NOW)
        postings.confirm(by=world.zhao, visit=Visit.objects.with_names().get(pk=visit.pk), now=NOW)


def use(world: World, number: str, *, confirmed: bool = True, minutes: int = 15, **change: Any) -> Usage:
    """A line of the log of the hospital's own CT for a patient of Shiqiao, confirmed by the township."""
    from alliance.equipment.models import Device

    device = Device.objects.filter(code="CT1").first() or scanner(
        world, code="CT1", name="64 排 CT", kind="ct"
    )
    count = Usage.objects.count()
    begin = THEN + timedelta(hours=count)
    fields: dict[str, Any] = {"item_name": "胸部 CT", "log_number": number} | change
    log = equipment.Log(device, world.shiqiao, begin, begin + timedelta(minutes=minutes), **fields)
    made = equipment.record(by=world.kong, log=log, now=NOW, source="sheet")
    if confirmed:
        equipment.confirm(by=world.zhao, uses=[made], now=NOW)
    return made


def opened(world: World, now: datetime = NOW) -> Round:
    """October opened by the office."""
    return services.open_round(by=world.luo, month=OCTOBER, now=now)


def line(kind: str) -> Line:
    """The line of a kind between the hospital and the township."""
    return Line.objects.with_names().get(kind=kind)


def stands(kind: str, now: datetime = NOW) -> standing.Standing:
    """Where that line stands."""
    found = standing.standings(Round.objects.all(), now=now)
    return next(one for one in found if one.line.kind == kind)


def seen(kind: str, by: Membership) -> services.Seen:
    """What a page shows a member of one of the sides now."""
    one = stands(kind)
    said = one.said.get(one.line.side_of(by))
    return services.Seen(one.digest, said.number if said else 0)


def confirm(kind: str, by: Membership, now: datetime = NOW) -> None:
    """A side stands by the records of a line."""
    services.confirm(by=by, line=line(kind), seen=seen(kind, by), now=now)


def objection(**change: Any) -> services.Objection:
    """We count four, one is not logged."""
    fields: dict[str, Any] = {"own_count": 4, "reason": "unlogged", "text": "10 月 20 日还有一例，王姓患者"}
    return services.Objection(**(fields | change))


def object_to(kind: str, by: Membership, now: datetime = NOW, **change: Any) -> Difference:
    """A side counts otherwise."""
    return services.object_to(
        by=by, line=line(kind), objection=objection(**change), seen=seen(kind, by), now=now
    )
