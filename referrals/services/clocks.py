"""The clocks of a referral: limits by the rule in force when a clock begins, and what time itself ends.

Source: definitions section 4 (time limits, states), S0-06. Every number is a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from alliance.lib.workdays import SHANGHAI
from alliance.models.base import Stale
from alliance.services import calendar, parameters, steps
from grouping.readmission import joined
from referrals import reasons
from referrals.machine import HERE, State
from referrals.models import Referral
from referrals.services import moves

BATCH = 500
# What ends by itself, and the instant from which the days of `referral.expiry` count.
EXPIRES = {
    State.SUBMITTED: "answer_due_at",
    State.RETURNED: "returned_at",
    State.ACCEPTED: "answered_at",
    State.SCHEDULED: "planned_at",
}


def answer(urgency: str, now: datetime) -> dict[str, Any]:
    """Columns of the answer's limit: rule in force on the local day of `now`, and the instant it gives."""
    return limit("answer", f"referral.accept_{urgency}", now)


def reply(ended_on: date) -> dict[str, Any]:
    """Columns of the reply's limit, from the end of the last day of treatment."""
    return limit("reply", "referral.reply", _noon(ended_on))


def follow_up(referral: Referral, start: datetime) -> dict[str, Any]:
    """Columns of the first follow-up's limit; {} where none is due (an up-referral of no chronic reason).

    Down: days from coming home, fewer hours for a patient at high risk. Up for a chronic reason: days from
    the referral itself, because the norm says so (definitions section 6).
    """
    if referral.direction == Referral.Direction.DOWN:
        key = "referral.followup_high_risk" if referral.high_risk else "referral.followup"
        return limit("followup", key, start)
    if reasons.wants_follow_up(referral.direction, referral.reason):
        return limit("followup", "referral.followup_emergency", referral.logged_at)
    return {}


def limit(clock: str, key: str, start: datetime) -> dict[str, Any]:
    """The two columns of a clock: a number of days is read as that many calendar days."""
    value = str(parameters.in_force(key, on=start.astimezone(SHANGHAI).date()))
    rule = f"D{value}" if value.isdigit() else value
    return {f"{clock}_rule": rule, f"{clock}_due_at": calendar.deadline(start, rule).due_at}


def run(now: datetime) -> dict[str, int]:
    """What time brings, in the alliance in scope: replies become due, referrals expire. Returns how many."""
    return {"reply": start_replies(now), "expired": expire(now)}


def expire(now: datetime) -> int:
    """End the referrals nobody has touched for the days of `referral.expiry`; emergencies never."""
    ended = 0
    for referral in stale(now)[:BATCH]:
        step = steps.from_here("expire", referral)
        try:
            with transaction.atomic():
                moves.move(step, by=None, referral=referral, now=now)
        except Stale:
            continue  # somebody did touch it at this moment
        ended += 1
    return ended


def stale(now: datetime) -> QuerySet[Referral]:
    """Referrals whose time is over at `now`, oldest first."""
    days: Mapping[str, Any] = parameters.in_force("referral.expiry", on=now.astimezone(SHANGHAI).date())  # type: ignore[assignment]
    over = Q(pk=None)
    for state, column in EXPIRES.items():
        over |= Q(**{"state": state, f"{column}__lt": now - timedelta(days=int(days[str(state)]))})
    rows: QuerySet[Referral] = Referral.objects.filter(over).exclude(urgency=Referral.Urgency.CRITICAL)
    return rows.order_by("pk")


def start_replies(now: datetime) -> int:
    """Where case files say that the receiver has discharged the patient, the reply's clock begins."""
    open_ones = Referral.objects.filter(state__in=HERE, ended_on=None).order_by("pk")[:BATCH]
    waiting = {one.number: one for one in open_ones}
    begun = 0
    for number, discharged in joined.discharged(list(waiting)).items():
        day = discharged.astimezone(SHANGHAI).date()
        begun += Referral.objects.filter(pk=waiting[number].pk, state__in=HERE, ended_on=None).update(
            ended_on=day, **reply(day)
        )
    return begun


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)
