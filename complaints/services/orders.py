"""Importing orders of 12345 and 12393: each line a complaint with the deadline it brings (practice.md 9).

A hotline sends its list again and again. An order that is here already is told: the same one is left alone,
one that was changed is taken as an addition to its complaint when the member says so, never over the first
words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from alliance.lib.refusal import Refused
from alliance.lib.secrets import hashed
from alliance.models import Institution, Membership
from alliance.services import journal
from complaints.models import Addition, Complaint
from complaints.services import clocks, filing, order_lines, person
from complaints.services.order_lines import COLUMNS, OrdersRefused, Wrong

# Where a refusal of filing belongs in the sheet.
_BY_FIELD = {
    "order_number": "order", "received_at": "received", "result_due_at": "result_due",
    "institution": "institution", "category": "category", "text": "text", "phone": "phone", "name": "name",
}  # fmt: skip


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


@transaction.atomic
def take(
    *, by: Membership, channel: str, name: str, source: BinaryIO, good_only: bool, now: datetime,
    changes: bool = False,
) -> Read:  # fmt: skip
    """File every new order of a sheet. With faults nothing is stored, unless only the good lines are wanted,
    which the journal then says. What was changed of an order that is here is kept as an addition where
    `changes` are wanted; otherwise nothing is stored either. Raises Faults, OrdersRefused, SheetRefused.
    """
    places, seen, found = order_lines.places(by), set[str](), Read()
    for line, cells in order_lines.lines(name, source):
        try:
            with transaction.atomic():
                number = cells.get("order", "")[:40]
                if number and number in seen:
                    again = ("order", OrdersRefused("twice", order=number))
                    raise Wrong(again, *order_lines.said(channel, cells, places, now)[1])
                seen.add(number)
                known = _known(channel, line, cells, places)
                if known is None:
                    _file(by, channel, cells, places, now)
                    found.taken += 1
                else:
                    if changes and known.changed:
                        _add(by, channel, known, now)
                    found.known.append(known)
        except Wrong as wrong:
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
    said, wrong = order_lines.moments(cells, *owed)
    if wrong:
        raise Wrong(*wrong)
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
        raise Wrong((_BY_FIELD.get(refused.field, "text"), refused)) from None


def _mark(channel: str, number: str, text: str) -> str:
    """The mark of a change: the same change of an order is one addition."""
    return f"order:{channel}:{number}:{text}"


def _file(
    by: Membership, channel: str, cells: dict[str, str], places: Mapping[str, Institution], now: datetime
) -> None:
    said, wrong = order_lines.said(channel, cells, places, now)
    if said is None:
        raise Wrong(*wrong)
    assert said.order is not None
    try:
        filing.file(by=by, said=said, mark=f"order:{channel}:{said.order.number}", now=now)
    except Refused as refused:
        raise Wrong((_BY_FIELD.get(refused.field, "order"), refused)) from None
