"""What responsibility letters tell other rooms: a person's letter on a day, who must sign (S1-62)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from alliance.models import Membership
from performance.duty.models import VIEW, Signature
from performance.duty.services import rounds, signing


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


@dataclass(frozen=True, slots=True)
class DutyPerson:
    """One who must sign: the membership, the code of its institution, whether a signature holds."""

    id: int
    institution: str
    signed: bool


def persons(on: date) -> list[DutyPerson]:
    """Everybody who must sign the version of the newest round opened by the end of a day; two queries.

    Nobody where none was. Who is asked follows from the memberships as they are now.
    """
    round_ = rounds.current(on)
    if round_ is None:
        return []
    rows = rounds.due(round_, on).values_list("pk", "institution__code", "signature")
    return [DutyPerson(pk, code, signature is not None) for pk, code, signature in rows]


def named(ids: Iterable[int]) -> QuerySet[Membership]:
    """Memberships by their keys, with who and where."""
    rows: QuerySet[Membership] = Membership.objects.filter(pk__in=list(ids))
    return rows.select_related("user", "institution", "department").order_by("institution__code", "pk")
