"""The calendar of a device: a table of the week, and a list of the day for phones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.equipment.engine import grid
from alliance.equipment.models import Booking, Device, ExamItem
from alliance.equipment.services import rooms
from alliance.equipment.show.clock import clock, weekday
from alliance.equipment.show.week import Week
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.web import words
from alliance.web.form_fields import LOCAL


@dataclass(frozen=True)
class Look:
    """What the address asks for: a day, a time, an item, and a booking that looks for another time."""

    day: date
    at: datetime | None = None
    item: ExamItem | None = None
    moving: Booking | None = None

    def link(self, device: Device, **change: str) -> str:
        """The same page with something else asked for."""
        asked = {
            "day": self.day.isoformat(), "item": str(self.item.pk) if self.item else "",
            "move": str(self.moving.pk) if self.moving else "",
        }  # fmt: skip
        kept = {name: value for name, value in (asked | change).items() if value}
        return f"{reverse('device', args=[device.pk])}?{urlencode(kept)}"


@dataclass(frozen=True)
class CellView:
    """One cell as the template draws it; `rows` is its height, `lines` its words, `url` where it leads."""

    kind: str  # free, idle, closed, or the class of a block: own, other, mine, out, miss, new
    rows: int = 1
    lines: Sequence[str] = ()
    url: str = ""
    free_url: str = ""
    free_at: str = ""
    spoken: str = ""
    time: str = ""


@dataclass(frozen=True)
class RowView:
    """One row: its label, its cells; a folded row has a sentence instead."""

    label: str
    half: bool
    cells: Sequence[CellView]
    folded: str = ""


class Calendar:
    """Lays a week out for one member."""

    def __init__(self, week: Week, by: Membership, look: Look, *, bookable: bool) -> None:
        self.week, self.by, self.look, self.bookable = week, by, look, bookable
        self.device = week.device
        self.known = {one.pk: one for one in week.bookings}
        self.outages = {f"out{one.pk}": one for one in week.outages}

    def heads(self, today: date) -> list[tuple[str, bool]]:
        """The days of the table, and which of them is today."""
        return [(day_words(day), day == today) for day in self.week.days]

    def rows(self) -> list[RowView]:
        """The rows of the table, cells from Monday on."""
        days = {day: self.week.column(day) for day in self.week.days}
        rows = grid.rows_of(days.values(), self.week.height)
        columns = {
            day: {cell.row: cell for cell in grid.column(one, rows, self.week.height)}
            for day, one in days.items()
        }
        found = []
        for place, row in enumerate(rows):
            cells = [self.cell(day, columns[day][place], rows) for day in days if place in columns[day]]
            found.append(RowView(clock(row.begin), row.begin % 60 != 0, cells, _folded(row)))
        return found

    def list_of(self, day: date) -> list[CellView]:
        """The day from morning to evening, for narrow screens."""
        column = self.week.column(day)
        rows = grid.rows_of([column], self.week.height)
        cells = grid.column(column, rows, self.week.height)
        return [self.cell(day, cell, rows) for cell in cells if cell.kind not in ("idle", "closed")]

    def cell(self, day: date, cell: grid.Cell, rows: Sequence[grid.Row]) -> CellView:
        """A cell of the engine in the words of the page."""
        first = rows[cell.row].begin
        if cell.kind == "block":
            return self._block(day, cell)
        if cell.kind != "free" or cell.free is None:
            return CellView(cell.kind, time=clock(first))
        at = at_minute(day, cell.free)
        chosen = self.look.at == at
        spoken = _("%(day)s %(time)s free") % {"day": day_words(day), "time": clock(cell.free)}
        return CellView(
            "new" if chosen else "free", cell.rows, [_("chosen")] if chosen else [_("free")],
            free_url=self._at(at), free_at=clock(cell.free), spoken=spoken, time=clock(cell.free),
        )  # fmt: skip

    def _block(self, day: date, cell: grid.Cell) -> CellView:
        begin, end = min(one.begin for one in cell.blocks), max(one.end for one in cell.blocks)
        lines, kinds = [], []
        for key, ids in grid.by_key(cell.blocks).items():
            kind, text = self._says(key, ids)
            kinds.append(kind)
            lines += [line for line in text if line not in lines]
        time = f"{clock(begin)}–{clock(end)}"
        free = at_minute(day, cell.free) if cell.free is not None else None
        return CellView(
            _strongest(kinds), cell.rows, lines, self._open(cell.blocks, day),
            self._at(free) if free else "", clock(cell.free) if cell.free is not None else "",
            f"{day_words(day)} {time} {' '.join(lines)}", time,
        )  # fmt: skip

    def _says(self, key: str, ids: Sequence[int]) -> tuple[str, list[str]]:
        """The class and the words of one key of a block."""
        if key in self.outages:
            out = self.outages[key]
            return "out", [str(out.get_kind_display()), *([out.text] if out.text else [])]
        one = self.known[ids[0]]
        if one.purpose != Booking.Purpose.PATIENT:
            return "own", [f"{one.institution.short_name} {one.get_purpose_display()}"]
        who, owner = one.institution.short_name, one.institution_id == self.device.institution_id
        if one.state == Booking.State.MISSED:
            return "miss", [_("%(who)s did not come") % {"who": who}]
        count = ngettext("%(who)s, %(n)d patient", "%(who)s, %(n)d patients", len(ids)) % {
            "who": _("Own hospital") if owner else who, "n": len(ids),
        }  # fmt: skip
        if one.institution_id == self.by.institution_id and not owner:
            return "mine", [count, _("ours")]
        return ("own" if owner else "other"), [count]

    def _open(self, blocks: Sequence[grid.Block], day: date) -> str:
        """Where a block leads: its only booking, or the bookings of the day; nowhere for other sides."""
        ids = [pk for block in blocks for pk in block.ids]
        seen = [pk for pk in ids if self._knows(self.known[pk])]
        if not seen:
            return ""
        if len(seen) == 1:
            return reverse("equipment-booking", args=seen)
        asked = {"view": "all", "device": self.device.pk, "day": day.isoformat()}
        return f"{reverse('equipment-bookings')}?{urlencode(asked)}"

    def _knows(self, booking: Booking) -> bool:
        here = self.by.institution_id
        return here is None or here in (booking.institution_id, self.device.institution_id)

    def _at(self, at: datetime) -> str:
        if not self.bookable:
            return ""
        asked = {"day": rooms.day_of(at).isoformat(), "at": at.astimezone(SHANGHAI).strftime(LOCAL)}
        return f"{self.look.link(self.device, **asked)}#book"


# Words -----------------------------------------------------------------------------
def day_words(day: date) -> str:
    """The weekday and the day: Thu 11-12."""
    return f"{weekday(day.isoweekday())} {words.day(day)}"


def at_minute(day: date, minute: int) -> datetime:
    """The instant so many minutes after the local midnight."""
    return rooms.midnight(day) + timedelta(minutes=minute)


def _folded(row: grid.Row) -> str:
    if row.folded_until is None:
        return ""
    return _("%(first)s to %(last)s closed") % {"first": clock(row.begin), "last": clock(row.folded_until)}


def _strongest(kinds: Sequence[str]) -> str:
    """The class of a block with several keys: what concerns the reader most."""
    return next(kind for kind in ("out", "mine", "miss", "other", "own") if kind in kinds)
