"""Referral links: what the floor above knows about referrals, handed down so that readmission can read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from alliance.lib.period import Month
from alliance.services import parameters
from grouping import sql as cases_sql
from grouping.models import ReferralLink
from grouping.readmission import sql


@dataclass(frozen=True)
class Link:
    """A referral in an accepted state: number, direction (up, down, across), places, cases it joins."""

    number: str
    direction: str
    origin: int
    target: int
    source: int | None = None
    admission: int | None = None


@transaction.atomic
def take(links: Sequence[Link]) -> int:
    """Store links by number, a later statement in place of an earlier one; returns how many."""
    return cases_sql.execute(
        sql.REPLACE_LINKS,
        numbers=[link.number for link in links],
        directions=[link.direction for link in links],
        origins=[link.origin for link in links],
        targets=[link.target for link in links],
        sources=[link.source for link in links],
        admissions=[link.admission for link in links],
    )


@transaction.atomic
def withdraw(numbers: Sequence[str]) -> int:
    """Forget the links of referrals that are no longer accepted; returns how many there were."""
    gone, _each = ReferralLink.objects.filter(number__in=list(numbers)).delete()
    return int(gone)


@dataclass(frozen=True)
class Accepted:
    """An accepted referral before its stays are known: who, from where to where, when answered, arrived."""

    number: str
    direction: str
    origin: int
    target: int
    person: int
    answered_at: datetime
    arrived_at: datetime | None


Provider = Callable[[date, date], Sequence[Accepted]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Let a floor above state its accepted referrals answered or arrived from one day to another."""
    _providers[name] = provider


@transaction.atomic
def follow(found: Sequence[Accepted], *, on: date) -> int:
    """Find the stays of accepted referrals and store the links; returns how many referrals there were.

    The admission is the patient's at the receiver nearest to the arrival (or, not yet arrived, to the yes);
    the stay it came from is the sender's whose discharge lies nearest to it. Both within the days in force.
    """
    if not found:
        return 0
    days = int(str(parameters.in_force("referral.match_days", on=on)))
    return cases_sql.execute(
        sql.FOLLOW,
        days=timedelta(days=days),
        numbers=[one.number for one in found],
        directions=[one.direction for one in found],
        origins=[one.origin for one in found],
        targets=[one.target for one in found],
        persons=[one.person for one in found],
        moments=[one.arrived_at or one.answered_at for one in found],
    )


def rebuild(month: Month) -> int:
    """Ask every floor that registered for the referrals around a month, and follow them."""
    days = timedelta(days=62)
    first, last = month.first_day - days, month.last_day + days
    return sum(follow(provider(first, last), on=month.last_day) for provider in _providers.values())
