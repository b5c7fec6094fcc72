"""A lesson of the county hospital, doctors of Shiqiao township who take part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alliance.models import Staff
from alliance.services import calendar, parameters
from alliance.training import services
from alliance.training.models import Attendance, Session
from tests.world import World

# Thursday 12 November 2026, 14:00 to 17:00 in Shanghai; NOW is that evening.
BEGIN = datetime(2026, 11, 12, 6, tzinfo=UTC)
NOW = BEGIN + timedelta(hours=5)


def prepare() -> None:
    """What an alliance needs before it trains. Call inside act_in."""
    parameters.load_register()
    calendar.seed(since=2026)


def doctor(at: Any, code: str = "D101", name: str = "沈梅") -> Staff:
    """A doctor of an institution."""
    return Staff.objects.create(institution=at, code=code, name=name, kind="doctor")


def planned(world: World, **change: Any) -> Session:
    """Three hours about stroke."""
    fields: dict[str, Any] = {
        "title": "卒中早期识别", "teacher": "白露", "mode": "both", "starts_at": BEGIN,
        "ends_at": BEGIN + timedelta(hours=3),
    }  # fmt: skip
    return services.plan(by=world.kong, plan=services.Plan(**(fields | change)))


def attended(world: World, session: Session, who: Staff, minutes: int = 180, **change: Any) -> Attendance:
    """Entered by the doctor's own institution."""
    presence = services.Presence(who, minutes, change.pop("way", "onsite"), change.pop("points", None))
    return services.attend(by=world.han, session=session, presence=presence, now=NOW)
