"""A cardiologist of the county hospital who serves at Shiqiao township on Mondays and Wednesdays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from alliance.models import Membership, Staff
from alliance.postings import services
from alliance.postings.models import Posting, Visit
from alliance.services import calendar, parameters
from tests.world import World

# Thursday 12 November 2026, 10:24 in Shanghai.
NOW = datetime(2026, 11, 12, 2, 24, tzinfo=UTC)
MONDAY = date(2026, 11, 2)
DONE = services.Figures(patients_seen=18, teaching_minutes=90, retained=3)


def prepare() -> None:
    """What an alliance needs before it posts. Call inside act_in."""
    parameters.load_register()
    calendar.seed(since=2026)


def expert(at: Any, code: str = "D001", name: str = "白露", **more: Any) -> Staff:
    """Somebody who works at an institution."""
    return Staff.objects.create(institution=at, code=code, name=name, kind="doctor", **more)


def terms(staff: Staff, host: Any, **change: Any) -> services.Terms:
    """Mondays and Wednesdays of four weeks from 2 November 2026, whole days."""
    fields: dict[str, Any] = {
        "kind": "visiting", "staff": staff, "host": host, "first_day": MONDAY,
        "last_day": MONDAY + timedelta(days=27), "weekdays": (1, 3), "purpose": "心血管门诊与查房",
        "allowance_fen": 8_000,
    }  # fmt: skip
    return services.Terms(**(fields | change))


def agreed(world: World, staff: Staff | None = None, **change: Any) -> Posting:
    """A posting the host has agreed to, its days planned."""
    who = staff or Staff.objects.filter(institution=world.lead).first() or expert(world.lead)
    host = change.pop("host", world.shiqiao)
    posting = services.propose(by=world.kong, terms=terms(who, host, **change), now=NOW)
    return services.agree(by=world.zhao, posting=posting, now=NOW)


def day(posting: Posting, on: date = MONDAY) -> Visit:
    """One planned day."""
    return Visit.objects.with_names().get(posting=posting, day=on)


def confirmed(world: World, posting: Posting, on: date = MONDAY, by: Membership | None = None) -> Visit:
    """A day reported by the sender and confirmed by the host."""
    services.report(by=by or world.lin, visit=day(posting, on), figures=DONE, now=NOW)
    return services.confirm(by=world.zhao, visit=day(posting, on), now=NOW)
