"""What a down-referral owes: 60 % of a recovery stay's fund cost (S2-33) or a fee return (S3-39), never both.

Facts for the settlement with their evidence; nothing is posted here. The base is the stay after the move, at
the primary institution (requirements X7-A28): what the insurance paid of it, or its service items alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from alliance.lib.period import Month
from alliance.services import parameters
from grouping.readmission import joined
from referrals import rates, reasons
from referrals.models import Referral
from referrals.services import ineffective

DOWN_TRANSFER, FEE_RETURN = "down_transfer", "fee_return"


@dataclass(frozen=True, slots=True)
class TransferFact:
    """One amount owed to a primary institution by the hospital that sent the patient down.

    `rule` down_transfer or fee_return; `base_fen` what the percent is taken of; `fen` the amount. For a fee
    return `most_fen` is what the upper bound of the range would give; `case` is the stay after the move.
    """

    rule: str
    month: Month
    payer: int
    receiver: int
    referral: int
    case: int
    base_fen: int
    percent: Decimal
    fen: int
    most_fen: int


def transfer_facts(
    month: Month, *, ineffective_ids: frozenset[int] | None = None, now: datetime | None = None
) -> list[TransferFact]:
    """What down-referrals whose stay at the primary institution ended in the month owe, by referral.

    A referral for recovery (reasons marked so) owes the transfer; any other the fee return: an episode is
    paid once (X7-A15). Ineffective ones (S3-49) owe nothing; they are looked for where the ids are not given.
    A fixed number of queries, and the parameters in force at the end of the month.
    """
    stays = joined.ended_in(month, direction="down")
    asked = Referral.objects.filter(number__in=list(stays), target_institution__level="primary")
    rows, terms = list(asked.order_by("pk")), _terms(month)
    flagged = ineffective_ids
    if flagged is None:
        flagged = frozenset(ineffective.of_rows(rows, now=now or timezone.now()))
    found = [_owed(row, stays[row.number], month, terms) for row in rows if row.pk not in flagged]
    return [one for one in found if one.base_fen > 0]


def _owed(row: Referral, stay: joined.Stay, month: Month, terms: Mapping[str, Any]) -> TransferFact:
    recovery = reasons.is_recovery(row.direction, row.reason)
    base = stay.fund_fen if recovery else sum(stay.fees.get(name, 0) for name in terms["classes"])
    least, most = (terms["transfer"],) * 2 if recovery else terms["returned"]
    assert row.target_institution_id is not None, "asked for a primary institution"
    return TransferFact(
        rule=DOWN_TRANSFER if recovery else FEE_RETURN, month=month, payer=row.origin_institution_id,
        receiver=row.target_institution_id, referral=row.pk, case=stay.case, base_fen=base, percent=least,
        fen=rates.part_of(base, least), most_fen=rates.part_of(base, most),
    )  # fmt: skip


def _terms(month: Month) -> dict[str, Any]:
    on = month.last_day
    returned: Any = parameters.in_force("cp.fee_return", on=on)
    return {
        "transfer": Decimal(str(parameters.in_force("gb.down_transfer", on=on))),
        "returned": (Decimal(str(returned["min"])), Decimal(str(returned["max"]))),
        "classes": parameters.in_force("referral.fee_classes", on=on),
    }
