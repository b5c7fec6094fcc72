"""The register of recognisable items: one row by hand, or a whole sheet that holds from a day on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from referrals.recognition import sheets
from referrals.recognition.models import Item, Modality
from referrals.recognition.services.common import require
from referrals.recognition.services.refusals import RecognitionRefused

LONGEST_VALIDITY = 3650
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("项目编码", "编码", "code"),
    "name": ("项目名称", "名称", "name"),
    "family": ("项目族", "归类", "family"),
    "modality": ("检查方式", "类别", "modality"),
    "validity_days": ("有效天数", "有效期(天)", "validity_days", "days"),
    "mark": ("互认标识", "mark"),
    "retired": ("停用", "retired"),
}
NEEDED = ("code", "name", "modality", "validity_days")
MODALITIES: Mapping[str, str] = {
    "检验": "laboratory", "影像": "imaging", "超声": "ultrasound", "心电": "ecg", "病理": "pathology",
    "内镜": "endoscopy", "其他": "other", **{value: value for value in Modality.values},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item as it shall hold; an empty family means that the item stands alone."""

    code: str
    name: str
    modality: str
    validity_days: int
    family: str = ""
    mark: str = ""
    retired: bool = False


@transaction.atomic
def register(*, by: Membership, item: NewItem, from_date: date, source: str = "") -> Item:
    """Let an item hold from a day on; results and orders before keep the row of their day.

    Raises PermissionDenied and RecognitionRefused (validity, modality, from_date).
    """
    require(by, "recognition.items")
    if not 1 <= item.validity_days <= LONGEST_VALIDITY:
        raise RecognitionRefused("validity")
    if item.modality not in Modality.values:
        raise RecognitionRefused("modality")
    try:
        with transaction.atomic():
            row = _row(by, item, from_date, source)
            row.save(force_insert=True)
    except IntegrityError as error:
        if "item_from" not in str(error):
            raise
        raise RecognitionRefused("from_date", code=item.code, day=from_date) from None
    journal.write(
        by=by, verb="recognition.item_registered", about=row, code=row.code, from_date=str(from_date)
    )
    return row


def known(code: str) -> bool:
    """Whether the register has ever held a code."""
    return bool(Item.objects.filter(code=code).exists())


@transaction.atomic
def import_sheet(
    *, by: Membership, name: str, content: BinaryIO, from_date: date, source: str, take_good: bool = False
) -> int:
    """Take a register from a csv or xlsx sheet that holds from a day on; return how many items.

    Raises PermissionDenied, SheetRefused, SheetWrong, and Faults with every wrong field, unless the good rows
    alone shall be taken.
    """
    require(by, "recognition.items")
    read = list(sheets.rows(name, content, headings=HEADINGS, needed=NEEDED))
    known = set(Item.objects.filter(from_date=from_date).values_list("code", flat=True))
    good, faults, first = [], [], dict[str, int]()
    for row in read:
        wrong = list(_wrong(row, known, first, from_date))
        faults += wrong
        if not wrong:
            good.append(_item(row))
    if faults and not take_good:
        raise sheets.Faults(faults, len(good))
    Item.objects.bulk_create([_row(by, item, from_date, source) for item in good], batch_size=500)
    journal.write(
        by=by, verb="recognition.items_imported", count=len(good), bad=len(read) - len(good),
        from_date=str(from_date), source=source,
    )  # fmt: skip
    return len(good)


def _wrong(
    row: sheets.Row, known: set[str], first: dict[str, int], from_date: date
) -> Iterator[sheets.Fault]:
    for column, read in READERS.items():
        try:
            read(row[column])
        except Refused as why:
            yield sheets.Fault(row.line, HEADINGS[column][0], why)
    if (code := row["code"]) and first.setdefault(code, row.line) != row.line:
        yield sheets.Fault(row.line, HEADINGS["code"][0], sheets.Wrong("twice", line=first[code]))
    if code in known:
        held = RecognitionRefused("from_date", code=code, day=from_date)
        yield sheets.Fault(row.line, HEADINGS["code"][0], held)


READERS: Mapping[str, Any] = {
    "code": lambda value: sheets.text(value, most=32),
    "name": lambda value: sheets.text(value, most=100),
    "family": lambda value: sheets.text(value, most=32, needed=False),
    "modality": lambda value: sheets.one_of(value, MODALITIES),
    "validity_days": lambda value: sheets.whole(value, least=1, most=LONGEST_VALIDITY),
    "mark": lambda value: sheets.text(value, most=20, needed=False),
}


def _item(row: sheets.Row) -> NewItem:
    values = {column: read(row[column]) for column, read in READERS.items()}
    return NewItem(**values, retired=row["retired"].casefold() in sheets.YES)


def _row(by: Membership, item: NewItem, from_date: date, source: str) -> Item:
    return Item(
        code=item.code, name=item.name, family=item.family or item.code, modality=item.modality,
        validity_days=item.validity_days, mark=item.mark, retired=item.retired, from_date=from_date,
        source=source, entered_by=by,
    )  # fmt: skip
