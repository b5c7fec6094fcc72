"""What responsibility letters tell other rooms: a person's letter on a day, who must sign (S1-62)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alliance.models import Membership
from performance.duty.models import VIEW, Signature
from performance.duty.services import signing


@dataclass(frozen=True, slots=True)
class LetterHeld:
    """A signed letter: number of its version, when it was signed, its last day."""

    id: int
    number: int
    signed_at: datetime
    valid_to: date


def letter_on(membership_id: int, on: date) -> LetterHeld | None:
    """The letter a person had signed that held on a day; None where there was none. One query."""
    row = signing.held(membership_id, on)
    return None if row is None else LetterHeld(row.pk, row.version.number, row.signed_at, row.valid_to)


def reads(membership: Membership, pk: int) -> bool:
    """Whether a member may open a signed letter (second wall)."""
    rows = Signature.objects.seen_by(membership).filter(pk=pk)
    return membership.can(VIEW) and bool(rows.exists())
