"""Charges far above or below: by the payment class where a rate is in force, else by the mean of the group.

The class is that of the payment itself (definitions 2: multiples of the standard, cap on high cases), so the
queue holds what the insurer will look at; where no rate holds on the day of discharge there is no standard,
and the group's mean in the month stands in (practice.md 2). What neither DRG nor DIP pays is not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.lib.period import Month
from alliance.services import parameters
from grouping import facts
from grouping.engine.exact import half_up
from grouping.models import Case, GroupedCase
from grouping.models.queues import Cause
from grouping.services.paying import PAID_CLASSES, PaidStay

Found = tuple[int, str, str]
OF_CLASS = {
    "high": Cause.COST_HIGH,
    "high_over_cap": Cause.COST_HIGH,
    "low": Cause.COST_LOW,
}
BY_PAYMENT, BY_MEAN = "payment", "mean"


def outliers(month: Month, stays: Sequence[PaidStay]) -> Iterator[Found]:
    """The documents whose charges are outliers: case, cause, detail; `stays` are those of paying.paid."""
    unpriced = []
    for one in stays:
        if one.kind in OF_CLASS:
            yield _of_class(one)
        elif one.kind not in PAID_CLASSES and one.kind != "out_of_scope":
            unpriced.append(one)
    if unpriced:
        yield from _by_mean(month, unpriced)


def _of_class(one: PaidStay) -> Found:
    multiple = Fraction(one.cost_fen, one.standard_fen) if one.standard_fen else None
    detail = {"drg": one.drg, "basis": BY_PAYMENT, "class": one.kind, "multiple": _written(multiple)}
    return one.case, str(OF_CLASS[one.kind]), json.dumps(detail)


def _by_mean(month: Month, stays: Sequence[PaidStay]) -> Iterator[Found]:
    """Against the mean of the front pages of the group in the month, where it has enough of them."""
    limits: Any = parameters.in_force("coding.outlier", on=month.last_day)
    least: Any = parameters.in_force("coding.outlier.cases", on=month.last_day)
    sums = {drg: one for drg, one in _sums(month).items() if one[0] >= least and one[1] > 0}
    for one in stays:
        if one.drg in sums:
            yield from _against(one, sums[one.drg], limits)


def _sums(month: Month) -> dict[str, tuple[int, int]]:
    """Number and charges of the grouped front pages by DRG; one query."""
    pages = Case.objects.front_pages().filter(month=month.first_day, voided_at=None)
    rows: Any = facts.with_group(pages).filter(group_status=GroupedCase.Status.GROUPED)
    found: dict[str, tuple[int, int]] = {}
    for drg, fen in rows.order_by().values_list("drg", "total_fen").iterator(chunk_size=5_000):
        number, total = found.get(drg, (0, 0))
        found[drg] = number + 1, total + fen
    return found


def _against(one: PaidStay, mean_of: tuple[int, int], limits: Mapping[str, Decimal]) -> Iterator[Found]:
    number, total = mean_of
    multiple = Fraction(one.cost_fen * number, total)
    cause = ""
    if multiple > Fraction(limits["high"]):
        cause = str(Cause.COST_HIGH)
    elif multiple < Fraction(limits["low"]):
        cause = str(Cause.COST_LOW)
    if cause:
        detail = {"drg": one.drg, "basis": BY_MEAN, "cases": number, "multiple": _written(multiple)}
        yield one.case, cause, json.dumps(detail)


def _written(multiple: Fraction | None) -> str:
    return "" if multiple is None else str(half_up(multiple, 2))
