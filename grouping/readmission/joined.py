"""The stays an accepted referral joins, read by the floor above: which cases, when discharged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from alliance.lib.period import Month
from grouping.models import Case, ReferralLink
from grouping.readmission import facts


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


def came_from_stay() -> Exists:
    """Condition on rows with a `number`: the referral came from a stay of the sender; no query by itself."""
    return Exists(ReferralLink.objects.filter(number=OuterRef("number"), source__isnull=False))


def discharged(numbers: Sequence[str]) -> dict[str, datetime]:
    """When the receiver discharged the patients of referrals, where case files say so."""
    found = joined(numbers).items()
    return {number: one.discharged_at for number, one in found if one.discharged_at is not None}


@dataclass(frozen=True)
class Stay:
    """The stay a referral led to: its case, what the insurance paid, charges by class, in fen.

    `fund_fen`: the total less what the patient paid; None where the front page does not say the latter.
    """

    case: int
    fund_fen: int | None
    fees: Mapping[str, int]


def ended_in(month: Month, *, direction: str) -> dict[str, Stay]:
    """By number of the referral, the stays referrals of a direction led to, ended in the month; one query."""
    rows = ReferralLink.objects.filter(direction=direction, admission__month=month.first_day)
    rows = rows.filter(admission__voided_at=None).select_related("admission")
    return {row.number: _stay(row.admission) for row in rows}


def _stay(case: Case | None) -> Stay:
    assert case is not None, "asked for links with an admission"
    fees = {name: int(fen) for name, fen in case.fees.items() if isinstance(fen, int)}
    return Stay(case.pk, None if case.own_pay_fen is None else case.total_fen - case.own_pay_fen, fees)


def sent_down_from(cases: Sequence[int]) -> dict[str, int]:
    """By number of the referral, the stays among these from which patients were sent down; one query."""
    rows = ReferralLink.objects.filter(direction="down", source__in=list(cases))
    return dict(rows.values_list("number", "source_id"))


@dataclass(frozen=True)
class FoundDown:
    """A stay that was a down-referral by the case files; `number` of the referral logged for it, or ''."""

    case: int
    institution_id: int
    person_id: int
    record_no: str
    discharged_at: datetime
    receiver: str
    number: str


def found_down(month: Month) -> list[FoundDown]:
    """The down-referrals among the stays that ended in a month (S3-33), by case; three queries.

    Way of discharge 3, or 2 to a primary member, with a stay there within the days; or a logged one.
    """
    judged = facts.judge([month], facts.windows(month))
    wanted = [one.id for one in judged if one.down_referral and one.month == month]
    numbers = dict(
        ReferralLink.objects.filter(source__in=wanted, direction="down").values_list("source_id", "number")
    )
    cases = Case.objects.filter(pk__in=wanted).order_by("pk")
    return [
        FoundDown(
            case.pk, case.institution_id, case.person_id, case.record_no, case.discharged_at, case.receiver,
            numbers.get(case.pk, ""),
        )
        for case in cases
    ]  # fmt: skip


@dataclass(frozen=True)
class Overlap:
    """Two stays of one referral that overlap: the receiver admitted before the sender discharged."""

    number: str
    institution_id: int
    admitted_at: datetime
    discharged_at: datetime


def overlaps(month: Month) -> list[Overlap]:
    """Down-referrals whose stays overlap, of stays of the sender that ended in a month; one query.

    They are matched all the same: an hour is written wrong, or the sender kept a bed the patient had left.
    """
    rows = ReferralLink.objects.filter(
        direction="down", source__month=month.first_day, source__voided_at=None, admission__voided_at=None,
        admission__admitted_at__lt=F("source__discharged_at"),
    ).order_by("number")  # fmt: skip
    found = rows.values_list(
        "number", "source__institution_id", "admission__admitted_at", "source__discharged_at"
    )
    return [Overlap(*row) for row in found]


def institution_of(case: int) -> int | None:
    """Whose stay a case is; None when there is no such case, or it was voided."""
    found = Case.objects.filter(pk=case, voided_at=None).values_list("institution_id", flat=True).first()
    return None if found is None else int(found)
