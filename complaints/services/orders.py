"""Importing orders of 12345 and 12393: each line a complaint with the deadline it brings (practice.md 9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import journal
from complaints.categories import categories
from complaints.services import filing

MOST_ROWS = 5_000
LIMITS = sheets.Limits(csv_bytes=20 * 1024 * 1024)
# The columns by their own name: how they may be headed. The first five are needed.
COLUMNS: Mapping[str, Sequence[str]] = {
    "order": ("order number", "工单号", "工单编号"),
    "received": ("received at", "收到时间", "受理时间", "派单时间"),
    "institution": ("institution code", "机构代码"),
    "category": ("kind of complaint", "类别", "投诉类别"),
    "text": ("what happened", "内容", "诉求内容"),
    "first_due": ("first answer due", "首次答复期限", "首次联系期限", "签收期限"),
    "result_due": ("result due", "办结期限", "办理期限"),
    "name": ("name", "姓名", "联系人"),
    "phone": ("telephone", "电话", "联系电话"),
}
NEEDED = ("order", "received", "institution", "category", "text")
_MOMENT = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?)?")
# Where a refusal of filing belongs in the sheet.
_BY_FIELD = {
    "order_number": "order", "result_due_at": "result_due", "institution": "institution",
    "category": "category", "text": "text", "phone": "phone", "name": "name",
}  # fmt: skip


class OrdersRefused(Refused):
    """A sheet, or one field of one line, cannot be taken."""

    reasons = {
        "columns": "The first line needs the columns %(names)s.",
        "no_rows": "The file has no lines below its heading.",
        "too_many": "The file has more than %(limit)s lines. Deliver it in parts.",
        "empty": "It is empty. Fill it in.",
        "moment": "“%(text)s” is no time. Write it as in 2026-11-12 09:30.",
        "institution": "“%(text)s” is the code of no institution you answer for.",
        "category": "“%(text)s” is no kind of complaint. Write one of %(words)s.",
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line: its number in the file (1 = heading), the heading of the column, why."""

    line: int
    column: str
    why: Refused


class Faults(Exception):
    """A sheet with faults, and nothing of it stored; `good` lines could be."""

    def __init__(self, faults: Sequence[Fault], good: int) -> None:
        super().__init__(f"{len(faults)} faults, {good} good lines")
        self.faults, self.good = tuple(faults), good


class _Wrong(Exception):
    def __init__(self, column: str, why: Refused) -> None:
        super().__init__(column)
        self.column, self.why = column, why


@transaction.atomic
def take(*, by: Membership, channel: str, name: str, source: BinaryIO, good_only: bool, now: datetime) -> int:
    """File every order of a sheet; how many. With faults nothing is stored, unless only the good lines are
    wanted, which the journal then says. Raises Faults, OrdersRefused, sheets.SheetRefused.
    """
    places = _places(by)
    faults, taken = [], 0
    for line, cells in _lines(name, source):
        try:
            with transaction.atomic():
                _file(by, channel, cells, places, now)
        except _Wrong as wrong:
            faults.append(Fault(line, COLUMNS[wrong.column][1], wrong.why))
        else:
            taken += 1
    if not taken and not faults:
        raise OrdersRefused("no_rows")
    if faults and not good_only:
        raise Faults(faults, taken)
    journal.write(by=by, verb="complaint.orders_imported", channel=channel, taken=taken, left_out=len(faults))
    return taken


def _places(by: Membership) -> dict[str, Institution]:
    rows = Institution.objects.filter(is_active=True).select_related("alliance", "parent")
    here = by.institution_id
    return {one.code: one for one in rows if here in (None, one.pk, one.parent_id)}


def _lines(name: str, source: BinaryIO) -> Iterator[tuple[int, dict[str, str]]]:
    # Closed here: the reader holds the file, which belongs to the caller, until its lines end.
    reader: Any = sheets.read(name, source, limits=LIMITS)
    with closing(reader) as rows:
        head = next(rows, None)
        if head is None:
            raise OrdersRefused("no_rows")
        known = {word: column for column, words in COLUMNS.items() for word in words}
        places = [known.get(cell.strip().casefold(), known.get(cell.strip(), "")) for cell in head.cells]
        if missing := [column for column in NEEDED if column not in places]:
            raise OrdersRefused("columns", names=", ".join(COLUMNS[one][1] for one in missing))
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise OrdersRefused("too_many", limit=MOST_ROWS)
            cells = dict(zip(places, (cell.strip() for cell in row.cells), strict=False))
            if any(cells.values()):
                yield row.line, cells


def _file(
    by: Membership, channel: str, cells: dict[str, str], places: Mapping[str, Institution], now: datetime
) -> None:
    if empty := next((column for column in NEEDED if not cells.get(column)), ""):
        raise _Wrong(empty, OrdersRefused("empty"))
    place = places.get(cells["institution"])
    if place is None:
        raise _Wrong("institution", OrdersRefused("institution", text=cells["institution"][:40]))
    received = _moment(cells, "received")
    assert received is not None
    order = filing.Order(
        cells["order"][:40], received, _moment(cells, "first_due"), _moment(cells, "result_due")
    )
    name, phone = cells.get("name", ""), cells.get("phone", "")
    said = filing.Said(
        place, _category(cells["category"]), cells["text"], channel=channel,
        anonymous=not (name or phone), name=name, phone=phone, order=order,
    )  # fmt: skip
    try:
        filing.file(by=by, said=said, mark=f"order:{channel}:{order.number}", now=now)
    except Refused as refused:
        raise _Wrong(_BY_FIELD.get(refused.field, "order"), refused) from None


def _moment(cells: Mapping[str, str], column: str) -> datetime | None:
    """A local time; a day alone is its last minute, because an order is due that day."""
    text = cells.get(column, "")
    if not text:
        return None
    found = _MOMENT.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day = (int(found[n]) for n in (1, 2, 3))
        hour, minute = (int(found[4]), int(found[5])) if found[4] else (0 if column == "received" else 23, 0)
        minute = 59 if not found[4] and column != "received" else minute
        return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)
    except ValueError:
        raise _Wrong(column, OrdersRefused("moment", text=text[:40])) from None


def _category(text: str) -> str:
    for one in categories().values():
        if text in (one.code, one.name_zh) or text.casefold() == one.name_en.casefold():
            return one.code
    words = _(", ").join(one.name_zh for one in categories().values())
    raise _Wrong("category", OrdersRefused("category", text=text[:40], words=words))
