"""A commitment letter of Shiqiao for 2025: drafted, signed by its head, its year declared."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from alliance.lib.period import Month
from performance.consequences.services import letters
from performance.engine.commitments import Promise
from performance.engine.spans import Span
from performance.models import Letter
from tests.performance.declared_scene import confirmed, entry
from tests.performance.scene import inside
from tests.world import World, member

JANUARY = datetime(2025, 1, 6, 2, tzinfo=UTC)
AFTER = datetime(2026, 1, 8, 2, tzinfo=UTC)
KEPT = Promise("common_kept", "indicator", Decimal(6), target=Decimal(30))


def head_of_shiqiao(world: World) -> Any:
    with inside(world):
        return member("head", "何院长", world.shiqiao, "institution_head")


def drafted(world: World, *promises: Promise) -> Letter:
    letter = letters.draft(by=world.luo, institution=world.shiqiao, year=2025, now=JANUARY)
    return letters.change(by=world.luo, letter=letter, promises=promises or [KEPT], version=1)


def in_force(world: World, *promises: Promise) -> Letter:
    """Offered, signed by the head, countersigned."""
    letter = letters.offer(by=world.luo, letter=drafted(world, *promises), now=JANUARY)
    letter = letters.sign(
        by=world.head, letter=letter, name=world.shiqiao.name, seen=letter.digest, now=JANUARY
    )
    return letters.countersign(by=world.meng, letter=letter, now=JANUARY)


def deliver(world: World, kept: int, months: range = range(1, 13)) -> None:
    """So many of 100 patients with common diseases were kept, month by month."""
    numbers = {"common_disease_kept": kept, "common_disease_visits": 100}
    given = [
        entry(world.shiqiao, fact, number, Span(Month(2025, month)))
        for month in months
        for fact, number in numbers.items()
    ]
    confirmed(world, *given, by="luo", second="meng", now=AFTER)
