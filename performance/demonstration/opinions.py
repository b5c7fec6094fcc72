"""Visits that primary institutions state, and opinions the members give of each other back to back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.demo.chance import below, stream
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground
from performance.evaluations import services as evaluations
from performance.models import EvaluationRound, EvaluatorKind
from referrals.services import visits

MONTH = Month(2026, 10)
MONTHS = tuple(MONTH.plus(-back) for back in (2, 1, 0))
ROUND, INDICATOR = "成员单位互评（十月）", "peer_review"
VISITS = 280  # a month for a thousand persons served, with a tenth up or down


def load(base: Ground, demo: DemoAlliance, today: date) -> str:
    """Visits stated, opinions rated and counted; a line of the report."""
    delivered = _visits(base, demo, datetime.combine(today, time(9), SHANGHAI))
    return f"{_opinions(base, today)} ratings of members, {delivered} counts of visits"


def _visits(base: Ground, demo: DemoAlliance, now: datetime) -> int:
    """The townships state their visits of three months."""
    count = 0
    with act_in(base.alliance), transaction.atomic():
        for place in demo.places:
            if place.level != "primary" or place.kind == "village" or not place.served_population:
                continue
            for month in MONTHS:
                dice = stream("visits", demo.code, place.code, month)
                seen = place.served_population * (VISITS - VISITS // 10 + below(dice, VISITS // 5)) // 1000
                visits.deliver(
                    by=base.steward, institution=base.places[place.code], month=month, visits=seen, now=now
                )
                count += 1
    return count


def _opinions(base: Ground, today: date) -> int:
    """Member institutions rate each other back to back; the office counts when all have rated."""
    people = sorted((one for one in base.members.values() if one.institution), key=lambda one: one.pk)
    subjects = list({one.institution.code: one.institution for one in people if one.institution}.values())
    opened = today - timedelta(days=7)
    with act_in(base.alliance), transaction.atomic():
        made = evaluations.open_round(
            by=base.office[0], terms=evaluations.Terms(ROUND, INDICATOR, MONTH, opened, today),
            raters={EvaluatorKind.PEER: people}, subjects=subjects,
        )  # fmt: skip
    count = 0
    for rater in people:
        with act_in(base.alliance), transaction.atomic():
            count += evaluations.rate(
                by=rater, made=made, points=_points(rater, made), today=today,
                now=datetime.combine(today, time(10), SHANGHAI),
            )  # fmt: skip
    with act_in(base.alliance), transaction.atomic():
        evaluations.close(
            by=base.office[0], made=made, today=today, now=datetime.combine(today, time(11), SHANGHAI)
        )
    return count


def _points(rater: Membership, made: EvaluationRound) -> dict[int, Decimal]:
    """Between 70 and 95, by chance."""
    found = {}
    for row in evaluations.mine(rater, made):
        dice = stream("opinion", rater.user.username, row.subject.code)
        found[row.pk] = Decimal(70 + below(dice, 26))
    return found
