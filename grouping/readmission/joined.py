"""The stays an accepted referral joins, read by the floor above: which cases, when discharged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from grouping.models import ReferralLink


@dataclass(frozen=True)
class Joined:
    """Cases by id: the stay a referral came from and the one it led to; None where none was found.

    `discharged_at`: when the receiver discharged the patient.
    """

    number: str
    source: int | None
    admission: int | None
    discharged_at: datetime | None


def joined(numbers: Sequence[str]) -> dict[str, Joined]:
    """The stays of referrals by number; referrals without any link are left out. One query."""
    rows = ReferralLink.objects.filter(number__in=list(numbers)).values_list(
        "number", "source_id", "admission_id", "admission__discharged_at"
    )
    return {row[0]: Joined(*row) for row in rows}


def discharged(numbers: Sequence[str]) -> dict[str, datetime]:
    """When the receiver discharged the patients of referrals, where case files say so."""
    found = joined(numbers).items()
    return {number: one.discharged_at for number, one in found if one.discharged_at is not None}
