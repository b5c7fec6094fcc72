"""What a patient may be told of a stay's bill (S1-67): charges by class, who paid, never a diagnosis.

The settlement list speaks where the stay has one, because it says what the fund paid; else the front page, of
which only the fee classes are told.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from alliance.lib import money
from alliance.lib.identity import mask_name
from alliance.lib.workdays import SHANGHAI
from grouping.models import Case, Document, Pairing

MATCHED = (Pairing.How.KEY, Pairing.How.HAND)
NOBODY = "\N{NO-BREAK SPACE}" * 4  # last digits no number has


@dataclass(frozen=True, slots=True)
class Discharge:
    """One stay as the list of a day shows it; total in fen, `listed`: the insurer's list is there."""

    case_id: int
    record_no: str
    patient: str
    department_code: str
    discharged: datetime
    total_fen: int
    listed: bool


@dataclass(frozen=True, slots=True)
class BillFact:
    """The charges of a stay in fen. fees: column -> fen, no sub-item beside the class it is part of.

    `listed`: from the settlement list. own_fen None: not stated, or not possible (more than the total). Of
    it, inside_fen is the patient's share of what the insurance covers (个人自付), outside_fen what it does
    not cover (个人自费); both None unless they make up own_fen. funds: type -> fen, as the list says.
    """

    case_id: int
    institution_id: int
    record_no: str
    department_code: str
    patient: str
    admitted: datetime
    discharged: datetime
    listed: bool
    fees: Mapping[str, int]
    total_fen: int
    own_fen: int | None
    inside_fen: int | None
    outside_fen: int | None


def discharges(institution: int, day: date) -> list[Discharge]:
    """The stays discharged from an institution on a day of Beijing, by record number; three queries."""
    found = list(
        _of_day(Case.objects.filter(institution=institution, voided_at=None), day)
        .select_related("person")
        .order_by("record_no", "visit_no")
    )
    lists = [one.pk for one in found if one.document == Document.SETTLEMENT_LIST]
    pages = [one.pk for one in found if one.document == Document.FRONT_PAGE]
    matched = Pairing.objects.filter(how__in=MATCHED)
    paired = set(matched.filter(page__in=pages).values_list("page_id", flat=True))
    known = set(matched.filter(settlement__in=lists).values_list("settlement_id", flat=True))
    return [
        _discharge(one, one.pk in paired or one.document == Document.SETTLEMENT_LIST)
        for one in found
        if one.pk not in known
    ]


def _of_day(rows: QuerySet[Case], day: date) -> QuerySet[Case]:
    first = datetime.combine(day, time.min, SHANGHAI)
    return rows.filter(
        month=day.replace(day=1), discharged_at__gte=first, discharged_at__lt=first + timedelta(days=1)
    )


def _discharge(case: Case, listed: bool) -> Discharge:
    return Discharge(
        case.pk, case.record_no, mask_name(case.person.name), case.department_code, case.discharged_at,
        case.total_fen, listed,
    )  # fmt: skip


def find(institution: int, record_no: str, day: date, last_four: str) -> int | None:
    """The stay with this record number, day of discharge and end of the ID number, or None: which of them
    was wrong nobody is told, and each way costs the same look.
    """
    rows = Case.objects.filter(institution=institution, record_no=record_no, voided_at=None)
    found = _of_day(rows, day).select_related("person").order_by("document", "-visit_no")[:4]
    hit: int | None = None
    for end, case in [(NOBODY, None), *((_end(case), case) for case in found)]:
        same = hmac.compare_digest(end.encode(), last_four.upper().encode())
        hit = case.pk if same and case is not None and hit is None else hit
    return hit


def _end(case: Case) -> str:
    return (case.person.id_number or NOBODY)[-4:].upper()


def bill(case_id: int) -> BillFact | None:
    """The bill of a stay as its documents say now; None for one that is void. Two queries at most."""
    case = Case.objects.select_related("person").filter(pk=case_id, voided_at=None).first()
    if case is None:
        return None
    if case.document == Document.SETTLEMENT_LIST:
        return _fact(case, case)
    pair = Pairing.objects.filter(page=case_id, how__in=MATCHED, settlement__voided_at=None)
    found = pair.select_related("settlement").first()
    return _fact(case, found.settlement if found else case)


def _fact(stay: Case, told: Case) -> BillFact:
    listed = told.document == Document.SETTLEMENT_LIST
    own = told.own_pay_fen if listed else None
    if own is not None and not 0 <= own <= told.total_fen:
        own = None
    inside, outside = _parts(told.raw, own)
    return BillFact(
        stay.pk, stay.institution_id, stay.record_no, stay.department_code, mask_name(stay.person.name),
        stay.admitted_at, stay.discharged_at, listed, _fees(told), told.total_fen, own, inside, outside,
    )  # fmt: skip


def _fees(case: Case) -> dict[str, int]:
    """Charges by class; a sub-item (such as D20x02) is part of its class already."""
    return {column: fen for column, fen in case.fees.items() if fen and "x" not in column}


def _parts(raw: Mapping[str, str], own: int | None) -> tuple[int | None, int | None]:
    """The two parts of what the patient pays, where the list states both and they make it up."""
    try:
        inside, outside = money.fen(raw["psn_selfpay"]), money.fen(raw["psn_ownpay"])
    except (KeyError, money.MoneyRefused):
        return None, None
    return (inside, outside) if own is not None and inside + outside == own else (None, None)


def record_numbers(cases: Sequence[int]) -> dict[int, str]:
    """The record numbers of stays, for pages that name them; one query."""
    return dict(Case.objects.filter(pk__in=cases).values_list("pk", "record_no"))
