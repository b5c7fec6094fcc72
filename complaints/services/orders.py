"""Importing orders of 12345 and 12393: each line a complaint with the deadline it brings (practice.md 9).

A hotline sends its list again and again. An order that is here already is told: the same one is left alone,
one that was changed is taken as an addition to its complaint when the member says so, never over the first
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.lib import identity, sheets
from alliance.lib.refusal import Refused
from alliance.lib.secrets import hashed
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership
from alliance.services import journal
from complaints.categories import categories
from complaints.models import Addition, Complaint
from complaints.services import clocks, filing, person
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
# Where a refusal of filing belongs in the sheet.
_BY_FIELD = {
    "order_number": "order", "received_at": "received", "result_due_at": "result_due",
    "institution": "institution", "category": "category", "text": "text", "phone": "phone", "name": "name",
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
        "future": "“%(text)s” lies in the future: an order is received before it is delivered. Write when it "
        "was received.",
        "twice": "The order %(order)s stands in the sheet twice. Leave one line out.",
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line: its number in the file (1 = heading), the heading of the column, why."""

    line: int
    column: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Known:
    """A line whose order is here already: as which complaint, and what it says now where that was changed."""

    line: int
    order: str
    complaint: Complaint
    text: str = ""
    first_due_at: datetime | None = None  # the limits it brings now, where they differ
    result_due_at: datetime | None = None

    @property
    def changed(self) -> bool:
        """Whether it says something that stands nowhere yet, or moves a limit that still runs."""
        return bool(self.text or self.first_due_at or self.result_due_at)


@dataclass(slots=True)
class Read:
    """What became of the lines of a sheet: new ones, those that were here, those that cannot be taken."""

    taken: int = 0
    known: list[Known] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def bad_lines(self) -> int:
        """How many lines cannot be taken, whatever number of faults each has."""
        return len({one.line for one in self.faults})

    @property
    def same(self) -> list[Known]:
        """Here already, word for word."""
        return [one for one in self.known if not one.changed]

    @property
    def changed(self) -> list[Known]:
        """Here already with other words or another deadline."""
        return [one for one in self.known if one.changed]


class Faults(Exception):
    """A sheet of which nothing is stored: lines with faults, or changed ones nobody has decided about."""

    def __init__(self, read: Read) -> None:
        super().__init__(f"{len(read.faults)} faults, {len(read.changed)} changed, {read.taken} good lines")
        self.read = read


class _Wrong(Exception):
    """What is wrong in one line: the columns by their own name, each with its refusal."""

    def __init__(self, *faults: tuple[str, Refused]) -> None:
        super().__init__(", ".join(column for column, _why in faults))
        self.faults = faults


@transaction.atomic
def take(
    *, by: Membership, channel: str, name: str, source: BinaryIO, good_only: bool, now: datetime,
    changes: bool = False,
) -> Read:  # fmt: skip
    """File every new order of a sheet. With faults nothing is stored, unless only the good lines are wanted,
    which the journal then says. What was changed of an order that is here is kept as an addition where
    `changes` are wanted; otherwise nothing is stored either. Raises Faults, OrdersRefused, SheetRefused.
    """
    places, seen, found = _places(by), set[str](), Read()
    for line, cells in _lines(name, source):
        try:
            with transaction.atomic():
                number = cells.get("order", "")[:40]
                if number and number in seen:
                    again = ("order", OrdersRefused("twice", order=number))
                    raise _Wrong(again, *_read(channel, cells, places, now)[1])
                seen.add(number)
                known = _known(channel, line, cells, places)
                if known is None:
                    _file(by, channel, cells, places, now)
                    found.taken += 1
                else:
                    if changes and known.changed:
                        _add(by, channel, known, now)
                    found.known.append(known)
        except _Wrong as wrong:
            found.faults += [Fault(line, COLUMNS[column][1], why) for column, why in wrong.faults]
    if not (found.taken or found.known or found.faults):
        raise OrdersRefused("no_rows")
    if not good_only and (found.faults or (found.changed and not changes)):
        raise Faults(found)
    left = found.bad_lines + (0 if changes else len(found.changed))
    more: dict[str, Any] = {"again": len(found.same), "added": len(found.changed) if changes else 0}
    journal.write(
        by=by, verb="complaint.orders_imported", channel=channel, taken=found.taken, left_out=left,
        **{name: number for name, number in more.items() if number},
    )  # fmt: skip
    return found


def _known(
    channel: str, line: int, cells: Mapping[str, str], places: Mapping[str, Institution]
) -> Known | None:
    """The complaint an order is here as, with what the line says anew; None for a new one or a stranger."""
    number, at = cells.get("order", "")[:40].strip(), [one.pk for one in places.values()]
    rows = Complaint.objects.filter(channel=channel, order_number=number, institution__in=at)
    row = rows.with_names().first() if number else None
    if row is None:
        return None
    said, due = cells.get("text", "").strip(), _due(cells, row)
    texts = [row.text, *row.additions.values_list("text", flat=True)]
    if any(f"{one}\n".startswith(f"{said}\n") for one in texts):
        said = ""  # these words stand already
    text = "\n".join(filter(None, (said, *(f"{COLUMNS[one][1]}：{cells[one]}" for one in due))))
    if text and Addition.objects.filter(mark=hashed(_mark(channel, number, text))).exists():
        text = ""  # the change was taken before
    live = due if row.state in Complaint.LIVE else {}
    return Known(line, number, row, text, live.get("first_due"), live.get("result_due"))


def _due(cells: Mapping[str, str], row: Complaint) -> dict[str, datetime]:
    """The limits of a line that are not those of its complaint, by column; a given answer has none."""
    owed = {"result_due": (row.result_rule, row.result_due_at)}
    if row.state in Complaint.FIRST:
        owed["first_due"] = (row.first_rule, row.first_due_at)
    said, wrong = _moments(cells, *owed)
    if wrong:
        raise _Wrong(*wrong)
    return {
        column: at for column, at in said.items() if at and (owed[column][0] or at != owed[column][1])
    }  # fmt: skip


def _add(by: Membership, channel: str, known: Known, now: datetime) -> None:
    try:
        if known.text:
            person.add(
                by=by, complaint=known.complaint, text=known.text, now=now,
                mark=_mark(channel, known.order, known.text),
            )  # fmt: skip
        if known.first_due_at or known.result_due_at:
            clocks.by_order(
                by=by, complaint=known.complaint, first=known.first_due_at, result=known.result_due_at
            )
    except Refused as refused:
        raise _Wrong((_BY_FIELD.get(refused.field, "text"), refused)) from None


def _mark(channel: str, number: str, text: str) -> str:
    """The mark of a change: the same change of an order is one addition."""
    return f"order:{channel}:{number}:{text}"


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
    said, wrong = _read(channel, cells, places, now)
    if said is None:
        raise _Wrong(*wrong)
    assert said.order is not None
    try:
        filing.file(by=by, said=said, mark=f"order:{channel}:{said.order.number}", now=now)
    except Refused as refused:
        raise _Wrong((_BY_FIELD.get(refused.field, "order"), refused)) from None


def _read(
    channel: str, cells: dict[str, str], places: Mapping[str, Institution], now: datetime
) -> tuple[filing.Said | None, list[tuple[str, Refused]]]:
    """What a line says; else everything that is wrong in it: who delivers it again mends it once."""
    times, wrong = _moments(cells, "received", "first_due", "result_due")
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
    said = filing.Said(
        place, category, cells["text"], channel=channel, anonymous=not (name or phone), name=name,
        phone=phone, order=order,
    )  # fmt: skip
    return said, []


def _moments(
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
