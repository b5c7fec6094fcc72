"""Experts of the lead hospital at primary institutions of the demonstration, confirmed by both sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from alliance.models import Institution, Membership, Staff
from alliance.postings import facts, services
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground

FIRST, LAST = date(2026, 10, 8), date(2026, 12, 31)
# Weekdays, morning, afternoon, resident backbone doctor, purpose; hosts take turns.
PLANS = (
    ((1, 3), True, True, False, "心血管专科门诊与教学查房"),
    ((2, 4), True, False, False, "内分泌专科门诊、慢病管理带教"),
    ((1, 2, 3, 4, 5), True, True, True, "驻点帮扶：全科与急诊能力建设"),
    ((5,), True, True, False, "影像与超声诊断带教"),
)
ALLOWANCE_FEN = 8_000
# Of all past days, one in so many did not take place; the last so many days still wait for the host.
ABSENT_EVERY, WAITING_DAYS = 11, 5


def load(base: Ground, today: date) -> int:
    """Agree postings and confirm their past days; returns how many days were confirmed."""
    with act_in(base.alliance), transaction.atomic():
        sender = next(
            (one for one in base.members.values() if _at(one, "lead") and one.can("posting.plan")), None
        )
        hosts = {
            one.institution_id: one
            for one in base.members.values()
            if one.can("posting.host") and _level(one) == Institution.Level.PRIMARY
        }
        if sender is None or not hosts:
            return 0
        doctors = Staff.objects.filter(institution=sender.institution, kind="doctor").order_by("code")
        chosen = list(doctors[10 : 10 + len(PLANS)])
        places = list(hosts.values())
        return sum(
            _post(sender, places[number % len(places)], doctor, plan, today)
            for number, (doctor, plan) in enumerate(zip(chosen, PLANS, strict=False))
        )


def _post(sender: Membership, host: Membership, doctor: Staff, plan: tuple, today: date) -> int:
    weekdays, morning, afternoon, resident, purpose = plan
    assert host.institution is not None
    terms = services.Terms(
        kind="resident" if resident else "visiting", staff=doctor, host=host.institution, first_day=FIRST,
        last_day=LAST, weekdays=weekdays, purpose=purpose, morning=morning, afternoon=afternoon,
        backbone=resident, allowance_fen=ALLOWANCE_FEN,
    )  # fmt: skip
    began = _noon(FIRST - timedelta(days=3))
    posting = services.propose(by=sender, terms=terms, now=began)
    posting = services.agree(by=host, posting=posting, now=began)
    past = facts.days_of(posting.pk, FIRST, today - timedelta(days=1))
    return sum(
        _day(sender, host, visit, number, waits=visit.day >= today - timedelta(days=WAITING_DAYS))
        for number, visit in enumerate(past, start=1)
    )


def _day(sender: Membership, host: Membership, visit: Any, number: int, *, waits: bool) -> int:
    """Report a past day and, unless it still waits, confirm it; figures follow from the day's number."""
    now = _noon(visit.day + timedelta(days=1))
    if number % ABSENT_EVERY == 0:
        services.absent(by=sender, visit=visit, absence="recalled")
        return 0
    figures = services.Figures(9 * visit.halves + number % 5, 30 * (number % 3), number % 4)
    reported = services.report(by=sender, visit=visit, figures=figures, now=now)
    if not waits:
        services.confirm(by=host, visit=reported, now=now)
    return not waits


def _at(one: Membership, role: str) -> bool:
    return one.institution is not None and one.institution.role == role


def _level(one: Membership) -> str:
    return one.institution.level if one.institution is not None else ""


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)
