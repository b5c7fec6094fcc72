"""What became of decided deductions, and what a month took: told to pages of other rooms (S3-31)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from alliance.lib.period import Month
from alliance.models import Membership
from performance.deductions.services.taking import in_force
from performance.models import Consequence, PayCharge, PayLift, PayPool, PayTaken


@dataclass(frozen=True, slots=True)
class Progress:
    """A deduction's way: its charge, what posted pools took of it (below zero: gave back), what corrected
    appeals lifted; fen.
    """

    charge: PayCharge | None
    taken: tuple[PayTaken, ...]
    lifts: tuple[PayLift, ...]

    @property
    def taken_fen(self) -> int:
        """What pools took so far, less what they gave back."""
        return sum(one.fen for one in self.taken)

    @property
    def rest_fen(self) -> int:
        """What the pools that follow take; below zero: give back. 0 before it is in the books."""
        if self.charge is None or self.charge.state != PayCharge.State.POSTED:
            return 0
        lifted = sum(one.fen for one in self.lifts if one.charge_id == self.charge.pk)
        return self.charge.fen - lifted - self.taken_fen


def progress(row: Consequence) -> Progress:
    """What became of one deduction; three queries."""
    charge = PayCharge.objects.filter(consequence=row).select_related("journal", "approval").first()
    taken = PayTaken.objects.filter(charge__consequence=row, pool__state=PayPool.State.POSTED)
    lifts = in_force().filter(consequence=row).select_related("appeal").order_by("pk")
    return Progress(charge, tuple(taken.select_related("pool").order_by("pk")), tuple(lifts))


def states(rows: Iterable[Consequence]) -> dict[int, PayCharge]:
    """The charges of deductions by consequence; one query."""
    return {one.consequence_id: one for one in PayCharge.objects.filter(consequence__in=list(rows))}


@dataclass(frozen=True, slots=True)
class OfMonth:
    """What two people charged with a month, and what its pools took of shares and pots."""

    charges: tuple[PayCharge, ...]
    taken: tuple[PayTaken, ...]


def of_month(month: Month, member: Membership) -> OfMonth:
    """A month's charges and takings in the books, of one institution its own; two queries."""
    here = member.institution_id
    charges = PayCharge.objects.filter(into=month.first_day, state=PayCharge.State.POSTED)
    taken = PayTaken.objects.filter(pool__month=month.first_day, pool__state=PayPool.State.POSTED)
    if here is not None:
        charges, taken = charges.filter(institution=here), taken.filter(Q(share__institution=here))
    named = taken.select_related(
        "share__institution", "account__department", "pool", "charge__consequence", "charge__institution"
    )
    return OfMonth(
        tuple(charges.select_related("consequence", "institution", "journal").order_by("pk")),
        tuple(named.order_by("share__institution__code", "pk")),
    )
