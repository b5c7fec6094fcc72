"""What referrals owe between institutions, never both for one episode (X7-A15): 60 % of a recovery stay's
fund cost (S2-33), or a fee return of service items by the percent the alliance decided in its range (S3-39).

Facts for the settlement with their evidence; nothing is posted here. The base of a down-referral is the stay
after the move, at the primary institution (X7-A28). Fees are returned for patients the primary institution
received; an alliance may switch it on for those it sent up as well (X7-A16), of the stay at the hospital.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import parameters
from grouping.readmission import joined
from referrals import rates, reasons
from referrals.machine import CAME
from referrals.models import Referral
from referrals.services import ineffective

DOWN_TRANSFER, FEE_RETURN = "down_transfer", "fee_return"
PRIMARY = Institution.Level.PRIMARY
TERMS = frozenset({
    "gb.down_transfer", "cp.fee_return", "cp.fee_return_percent", "referral.fee_classes", "cp.fee_return_up",
})  # fmt: skip
# What is asked of a referral: its long texts stay where they are.
READ = (
    "number", "direction", "reason", "state", "arrived_at", "origin_institution", "target_institution",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TransferFact:
    """One amount owed to a primary institution by the hospital at the other end of a referral.

    `rule` down_transfer or fee_return; `base_fen` what the percent is taken of; `fen` the amount. For a fee
    return `most_fen` is what the upper bound of the range would give; `case` is the stay it is taken of. All
    three amounts are None where the front page does not say what they are taken of: not assessed, not 0.
    """

    rule: str
    month: Month
    payer: int
    receiver: int
    referral: int
    case: int
    base_fen: int | None
    percent: Decimal
    fen: int | None
    most_fen: int | None


@dataclass(frozen=True, slots=True)
class Owed:
    """What one hospital owes one primary institution for a month by one rule, in fen, ids of institutions.

    `referrals` those behind `fen`, ascending; `unassessed` those whose front page does not say the base.
    """

    rule: str
    month: Month
    payer: int
    receiver: int
    fen: int
    most_fen: int
    referrals: tuple[int, ...]
    unassessed: tuple[int, ...]


def transfers_owed(month: Month, *, now: datetime | None = None) -> list[Owed]:
    """What the settlement of a month posts between institutions, by payer, receiver and rule: the sums of
    `transfer_facts`. A fixed number of queries.
    """
    return summed(transfer_facts(month, now=now), month)


def summed(facts: Iterable[TransferFact], month: Month) -> list[Owed]:
    """Facts of a month added up by payer, receiver and rule."""
    found: dict[tuple[int, int, str], list[TransferFact]] = {}
    for one in facts:
        found.setdefault((one.payer, one.receiver, one.rule), []).append(one)
    return [
        Owed(
            rule, month, payer, receiver, sum(one.fen or 0 for one in rows),
            sum(one.most_fen or 0 for one in rows),
            tuple(sorted(one.referral for one in rows if one.fen is not None)),
            tuple(sorted(one.referral for one in rows if one.fen is None)),
        )
        for (payer, receiver, rule), rows in sorted(found.items())
    ]  # fmt: skip


def transfer_facts(
    month: Month, *, ineffective_ids: frozenset[int] | None = None, now: datetime | None = None
) -> list[TransferFact]:
    """What referrals whose stay ended in the month owe, by referral.

    A down-referral for recovery (reasons marked so) owes the transfer; any other the fee return. One whose
    receiver has not recorded that the patient came owes neither. A stay is paid for once, whatever number of
    referrals led to it, and a hospital stay that went on as a recovery returns no fee (X7-A15). Ineffective
    referrals (S3-49) owe nothing; they are looked for where the ids are not given. A fixed number of queries,
    and the parameters in force at the end of the month.
    """
    terms, at = _terms(month), now or timezone.now()
    stays = joined.ended_in(month, direction="down")
    found = [
        _owed(row, stays[row.number], month, terms)
        for row in _effective(_received(stays), ineffective_ids, at)
    ]
    if terms["up"]:
        stays = joined.ended_in(month, direction="up")
        recovered = _recovered({stay.case for stay in stays.values()}, ineffective_ids, at)
        asked = _sent_up(number for number, stay in stays.items() if stay.case not in recovered)
        found += [
            _returned(row, stays[row.number], month, terms) for row in _effective(asked, ineffective_ids, at)
        ]
    once: dict[int, TransferFact] = {}
    for one in sorted(found, key=lambda fact: (fact.rule, fact.referral)):
        once.setdefault(one.case, one)
    return sorted((one for one in once.values() if one.base_fen != 0), key=lambda fact: fact.referral)


def _received(numbers: Iterable[str]) -> list[Referral]:
    """Those the primary institution has recorded as come: an answer alone owes nothing."""
    rows = Referral.objects.filter(
        number__in=list(numbers), target_institution__level=PRIMARY, state__in=CAME
    )
    return list(rows.only(*READ).order_by("pk"))


def _sent_up(numbers: Iterable[str]) -> list[Referral]:
    rows = Referral.objects.filter(
        number__in=list(numbers), origin_institution__level=PRIMARY, target_institution__isnull=False,
        state__in=CAME,
    )  # fmt: skip
    origin = ("origin_institution__kind", "origin_institution__parent")
    return list(rows.select_related("origin_institution").only(*READ, *origin).order_by("pk"))


def _recovered(cases: Iterable[int], flagged: frozenset[int] | None, now: datetime) -> set[int]:
    """The stays among these that went on as a recovery at a primary institution."""
    onward = joined.sent_down_from(list(cases))
    rows = [row for row in _received(onward) if _is_recovery(row)]
    return {onward[row.number] for row in _effective(rows, flagged, now)}


def _effective(rows: list[Referral], flagged: frozenset[int] | None, now: datetime) -> list[Referral]:
    found = ineffective.of_rows(rows, now=now) if flagged is None else flagged
    return [row for row in rows if row.pk not in found]


def _is_recovery(row: Referral) -> bool:
    return reasons.is_recovery(row.direction, row.reason)


def _owed(row: Referral, stay: joined.Stay, month: Month, terms: Mapping[str, Any]) -> TransferFact:
    """Of a down-referral: the hospital that sent owes the primary institution that received."""
    assert row.target_institution_id is not None, "asked for a primary institution"
    sides = (row.origin_institution_id, row.target_institution_id)
    if _is_recovery(row):
        return _fact(DOWN_TRANSFER, row, stay, month, sides, stay.fund_fen, (terms["transfer"],) * 2)
    return _fact(FEE_RETURN, row, stay, month, sides, _services(stay, terms), terms["returned"])


def _returned(row: Referral, stay: joined.Stay, month: Month, terms: Mapping[str, Any]) -> TransferFact:
    """Of an up-referral: the hospital that received owes who sent; of a village room, its township."""
    origin, target = row.origin_institution, row.target_institution_id
    assert target is not None, "asked for a place inside the alliance"
    home = origin.parent_id if origin.kind == Institution.Kind.VILLAGE else None
    return _fact(
        FEE_RETURN, row, stay, month, (target, home or origin.pk), _services(stay, terms), terms["returned"]
    )


def _fact(
    rule: str, row: Referral, stay: joined.Stay, month: Month, sides: tuple[int, int], base: int | None,
    percents: tuple[Decimal, Decimal],
) -> TransferFact:  # fmt: skip
    """By the percent decided, and by the most there could be."""
    fen, most = (None if base is None else rates.part_of(base, percent) for percent in percents)
    return TransferFact(rule, month, *sides, row.pk, stay.case, base, percents[0], fen, most)


def _services(stay: joined.Stay, terms: Mapping[str, Any]) -> int | None:
    """The service items of a stay; None where its front page divides no charges."""
    return sum(stay.fees.get(name, 0) for name in terms["classes"]) if stay.fees else None


def _terms(month: Month) -> dict[str, Any]:
    held: Mapping[str, Any] = parameters.several_in_force(TERMS, on=month.last_day)
    returned = held["cp.fee_return"]
    return {
        "transfer": Decimal(str(held["gb.down_transfer"])),
        "returned": (Decimal(str(held["cp.fee_return_percent"])), Decimal(str(returned["max"]))),
        "classes": held["referral.fee_classes"],
        "up": held["cp.fee_return_up"] == 1,
    }
