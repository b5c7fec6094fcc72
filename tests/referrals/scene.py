"""A patient, a township that sends, a hospital that receives: the smallest stage of a referral test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alliance.lib.identity import id_check_character
from alliance.models import Institution, Membership, Person
from alliance.services import calendar, parameters, people
from referrals import services
from referrals.models import Referral
from tests.world import World

# Thursday 12 November 2026, 10:24 in Shanghai.
NOW = datetime(2026, 11, 12, 2, 24, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)


def minutes(number: int) -> datetime:
    """So many minutes after the referral was logged."""
    return NOW + timedelta(minutes=number)


def number_of(serial: int, born: str = "19590312", sex: int = 1) -> str:
    """A well-formed ID number of nobody: region 000000 does not exist, the check character is right."""
    first = f"990000{born}{serial % 100:02d}{sex}"
    return first + id_check_character(first)


def prepare(world: World) -> None:
    """What an alliance needs before it refers: parameters and the calendar. Call inside act_in."""
    parameters.load_register()
    calendar.seed(since=2026)


def patient(by: Membership, serial: int = 1, name: str = "龚建良") -> Person:
    """A patient with an ID number of nobody."""
    return people.find_or_create(by=by, name=name, id_number=number_of(serial))


def content(target: Institution, **change: Any) -> services.Content:
    """A complete up-referral to `target`."""
    fields: dict[str, Any] = {
        "direction": "up", "urgency": "urgent", "reason": "difficult", "diagnosis_code": "I50.900",
        "diagnosis_name": "心力衰竭", "summary": "活动后气促 3 天，双下肢水肿。", "consent": True,
    }  # fmt: skip
    return services.Content(target_institution=target, **(fields | change))


def logged(
    world: World,
    *,
    by: str = "zhao",
    serial: int = 1,
    target: str = "lead",
    now: datetime = NOW,
    **change: Any,
) -> Referral:
    """A referral just logged, of patient `serial`. Call inside act_in."""
    sender = world.people[by]
    person = patient(sender, serial)
    return services.log_referral(
        by=sender, person=person, content=content(getattr(world, target), **change), now=now
    )
