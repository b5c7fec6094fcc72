"""Referral links: what the floor above knows about referrals, handed down so that readmission can read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

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
