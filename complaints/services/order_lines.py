"""The lines of a sheet of orders: its columns, its times, and what each line says or what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from alliance.lib import identity, sheets
from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from complaints.categories import categories
from complaints.services import filing
from complaints.services.refusals import ComplaintRefused

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
        "future": "“%(text)s” lies in the future: an order is received before it is delivered. Write when it "
        "was received.",
        "twice": "The order %(order)s stands in the sheet twice. Leave one line out.",
    }


class Wrong(Exception):
    """What is wrong in one line: the columns by their own name, each with its refusal."""

    def __init__(self, *faults: tuple[str, Refused]) -> None:
        super().__init__(", ".join(column for column, _why in faults))
        self.faults = faults


def places(by: Membership) -> dict[str, Institution]:
    rows = Institution.objects.filter(is_active=True).select_related("alliance", "parent")
    here = by.institution_id
    return {one.code: one for one in rows if here in (None, one.pk, one.parent_id)}


def lines(name: str, source: BinaryIO) -> Iterator[tuple[int, dict[str, str]]]:
    # Closed here: the reader holds the file, which belongs to the caller, until its lines end.
    reader: Any = sheets.read(name, source, limits=LIMITS)
    with closing(reader) as rows:
        head = next(rows, None)
        if head is None:
            raise OrdersRefused("no_rows")
        known = {word: column for column, words in COLUMNS.items() for word in words}
        columns = [known.get(cell.strip().casefold(), known.get(cell.strip(), "")) for cell in head.cells]
        if missing := [column for column in NEEDED if column not in columns]:
            raise OrdersRefused("columns", names=", ".join(COLUMNS[one][1] for one in missing))
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise OrdersRefused("too_many", limit=MOST_ROWS)
            cells = dict(zip(columns, (cell.strip() for cell in row.cells), strict=False))
            if any(cells.values()):
                yield row.line, cells


def said(
    channel: str, cells: dict[str, str], places: Mapping[str, Institution], now: datetime
) -> tuple[filing.Said | None, list[tuple[str, Refused]]]:
    """What a line says; else everything that is wrong in it: who delivers it again mends it once."""
    times, wrong = moments(cells, "received", "first_due", "result_due")
    wrong += [(column, OrdersRefused("empty")) for column in NEEDED if not cells.get(column)]
    received, code = times["received"], cells.get("institution", "")
    if received is not None and received > now:
        wrong.append(("received", OrdersRefused("future", text=cells["received"][:40])))
    for column in ("first_due", "result_due"):
        if received is not None and (times[column] or received) < received:
            wrong.append((column, ComplaintRefused("order_due")))
    place, category = places.get(code), _category(cells.get("category", ""))
    if place is None and code:
        wrong.append(("institution", OrdersRefused("institution", text=code[:40])))
    if not category and cells.get("category"):
        words = _(", ").join(one.name_zh for one in categories().values())
        wrong.append(("category", OrdersRefused("category", text=cells["category"][:40], words=words)))
    name, phone = cells.get("name", ""), cells.get("phone", "")
    try:
        if phone:
            identity.phone(phone)
    except identity.IdentityRefused:
        wrong.append(("phone", ComplaintRefused("phone")))
    if wrong or place is None or received is None:
        return None, sorted(wrong, key=lambda one: list(COLUMNS).index(one[0]))
    order = filing.Order(cells["order"][:40], received, times["first_due"], times["result_due"])
    found = filing.Said(
        place, category, cells["text"], channel=channel, anonymous=not (name or phone), name=name,
        phone=phone, order=order,
    )  # fmt: skip
    return found, []


def moments(
    cells: Mapping[str, str], *columns: str
) -> tuple[dict[str, datetime | None], list[tuple[str, Refused]]]:
    """Local times by column, and those that are none; a day alone is its last minute, because an order is due
    that day, and its first where it says when the order was received.
    """
    found: dict[str, datetime | None] = dict.fromkeys(columns)
    wrong: list[tuple[str, Refused]] = []
    for column in columns:
        text = cells.get(column, "")
        try:
            found[column] = _moment(text, (0, 0) if column == "received" else (23, 59)) if text else None
        except ValueError:
            wrong.append((column, OrdersRefused("moment", text=text[:40])))
    return found, wrong


def _moment(text: str, of_day: tuple[int, int]) -> datetime:
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError
    year, month, day = (int(found[n]) for n in (1, 2, 3))
    hour, minute = (int(found[4]), int(found[5])) if found[4] else of_day
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def _category(text: str) -> str:
    """The code of a category by its code or name; '' for none."""
    for one in categories().values():
        if text in (one.code, one.name_zh) or text.casefold() == one.name_en.casefold():
            return one.code
    return ""
