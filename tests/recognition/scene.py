"""A register, a result at the lead hospital, an order at the township: the smallest stage of recognition."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from referrals.recognition import services
from referrals.recognition.models import Item, Order, Result
from tests.referrals.scene import patient
from tests.world import World

# Thursday 12 November 2026, 10:24 in Shanghai.
NOW = datetime(2026, 11, 12, 2, 24, tzinfo=UTC)
FIRST = date(2026, 1, 1)


def after(**span: int) -> datetime:
    """So long after the order."""
    return NOW + timedelta(**span)


def register(world: World) -> dict[str, Item]:
    """Two chest examinations of one family, a blood test of its own. Call inside act_in."""
    new = services.NewItem
    rows = (
        new("CT001", "胸部 CT 平扫", "imaging", 30, family="CHEST-CT", mark="HR"),
        new("CT002", "胸部 CT 增强", "imaging", 30, family="CHEST-CT"),
        new("LAB01", "糖化血红蛋白", "laboratory", 7),
    )
    return {
        row.code: services.register(by=world.su, item=row, from_date=FIRST, source="互认目录〔2026〕1 号")
        for row in rows
    }


def result(
    world: World, *, by: str = "lin", serial: int = 1, item: str = "CT001", days_ago: int = 5, **more: Any
) -> Result:
    """A result of the member's house, taken some days before the order."""
    fields: dict[str, Any] = {
        "number": f"R{serial}-{item}-{days_ago}", "conclusion": "右肺下叶炎症。",
        "reference": "https://pacs.invalid/1",
    } | more  # fmt: skip
    report = services.Report(item=item, taken_at=NOW - timedelta(days=days_ago), **fields)
    person = patient(world.people[by], serial)
    return services.enter(by=world.people[by], person=person, report=report, channel="hand", now=NOW)[0]


def order(
    world: World, *, by: str = "zhao", serial: int = 1, item: str = "CT001", now: datetime = NOW, **more: Any
) -> Order:
    """An examination just ordered for patient `serial`."""
    person = patient(world.people[by], serial)
    wanted = services.Wanted(item=item, **more)
    return services.place(by=world.people[by], person=person, wanted=wanted, now=now)[0]
