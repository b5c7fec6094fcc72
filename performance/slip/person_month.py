"""A person's month: its lines with what corrections, returns and appeals made of each, and its sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.web import words as web_words
from alliance.web.access import way
from performance.appeals import asking, window, words
from performance.appeals.services import standing
from performance.appeals.window import Window
from performance.dues import facts as dues
from performance.dues import owing
from performance.dues.facts import Amount
from performance.models import AppealLine, PayLine
from performance.models.appeals import FILE, VIEW
from performance.pay import show_pots
from performance.payout.services import lots
from performance.slip import clawed, given_back
from performance.slip.clawed import Later
from performance.slip.given_back import GivenBack

MOST = 400  # lines of one person that are read: years of months
PAST = 6


@dataclass(frozen=True)
class Row:
    """One line of the slip: what it is, why so much, how it can be opened and appealed."""

    line: PayLine
    share: Decimal | None
    url: str
    appeal: str
    open_appeal: int | None
    corrected: int  # fen of all corrections of it in the books, wherever they are paid or deducted
    window: Window
    mine: bool  # whether the member is one who files about it
    held: int  # fen of it that waits: an open appeal disputes it, or it is held by hand
    later: Sequence[Later] = ()  # its corrections one by one; they add up to `corrected`
    back: str = ""  # what is said where the bank gave it back

    @property
    def stands(self) -> int:
        """What the line stands at (fen): as divided, with all corrections in the books."""
        return self.line.fen + self.corrected


@dataclass(frozen=True)
class Past:
    """One of the last months: its sum (fen), how long its bar is, whether it is the one on the page."""

    month: Month
    fen: int
    length: Decimal
    here: bool


@dataclass(frozen=True)
class Slip:
    """A person's month."""

    staff: Staff
    month: Month | None
    rows: Sequence[Row]
    later: Sequence[Later]
    past: Sequence[Past]

    @property
    def others(self) -> list[Later]:
        """What is paid or deducted with this month and corrects no line of it."""
        own = {row.line.pk for row in self.rows}
        return [one for one in self.later if one.line not in own]

    @property
    def stands(self) -> int | None:
        """What the month's lines stand at, each with all its corrections, wherever they are paid or deducted;
        of a month without lines what is paid with it. None while nothing was divided to the person yet,
        which is not zero.
        """
        return sum(row.stands for row in self.rows) if self.rows else self.fen

    @property
    def back(self) -> list[str]:
        """What is said of lines that the bank gave back, once each."""
        return list(dict.fromkeys(row.back for row in self.rows if row.back))

    @property
    def elsewhere(self) -> int:
        """Corrections of the month's lines that another month's pay gives or bears, or that wait."""
        return sum(
            one.fen for row in self.rows for one in row.later if one.waits or one.at != self.month
        )  # fmt: skip

    @property
    def not_here(self) -> int:
        """The way from what the month stands at to what is paid with it, beside `others`."""
        return -self.elsewhere

    @property
    def not_now(self) -> int:
        """What is held, off what is paid with the month."""
        return -self.held

    @property
    def bridged(self) -> bool:
        """Whether what is paid with the month has to be told apart from what its lines stand at."""
        return bool(self.rows) and bool(self.others or self.elsewhere or self.held)

    @property
    def held(self) -> int:
        """What of the month's lines waits (fen): no lot pays it before it is decided or released."""
        return sum(row.held for row in self.rows)

    @property
    def fen(self) -> int | None:
        """What is paid with the month: its lines and what corrections add to or take of its pay, less what is
        held; None while nothing was divided to the person yet.
        """
        counted = [one.fen for one in self.later if not one.waits and one.at == self.month]
        whole = sum((row.line.fen for row in self.rows), sum(counted))
        return whole - self.held if self.rows or counted else None

    @property
    def change(self) -> int | None:
        """What the month stands at against the month before; None without one."""
        before = next((one for one in self.past if self.month and one.month == self.month.previous()), None)
        return None if before is None or self.stands is None else self.stands - before.fen


def slip(
    staff: Staff, month: Month | None, member: Membership, now: datetime, only: PayLine | None = None
) -> Slip:
    """The month asked for, else the newest with a line; a fixed number of queries. `only`: nothing but this
    line and its corrections, for who examines an appeal about it.
    """
    lines = [only] if only else list(show_pots.lines(Q(staff=staff), member)[:MOST])
    back = GivenBack() if only else given_back.of_person(staff, member)
    amounts = [replace(one, back=back.dues.get(one.due or 0, "")) for one in dues.of_person(staff.pk)]
    found = [one for one in amounts if one.relief is None and (only is None or one.line == only.pk)]
    whys = _divided(staff) if any(one.appeal for one in found) else {}
    clawbacks = [] if only else clawed.of_person(staff, amounts, member)
    sums = _sums(lines, [*(_corrected(one, member, whys) for one in found), *clawbacks])
    newest = max(sums, default=None)
    here = month or newest
    if here is None:
        return Slip(staff, None, [], [], [])
    foreseen = owing.foreseen(here, staff.pk, found)
    later = [*(_corrected(one, member, whys) for one in foreseen.amounts), *clawbacks]
    mine = [line for line in lines if line.pot.pool.period == here]
    own = {line.pk for line in mine}
    rows = _rows(mine, member, later, foreseen.less, window.of_month(here), now)
    rows = [replace(row, back=back.lines.get(row.line.pk, "")) for row in rows]
    shown = [one for one in later if one.line in own or one.at == here]
    return Slip(staff, here, rows, shown, _past(sums, here))


def _sums(lines: Sequence[PayLine], later: Sequence[Later]) -> dict[Month, int]:
    """What each month's lines stand at; of a month without lines what is paid with it (fen)."""
    sums: dict[Month, int] = {}
    of = {line.pk: line.pot.pool.period for line in lines}
    for line in lines:
        sums[of[line.pk]] = sums.get(of[line.pk], 0) + line.fen
    divided = set(sums)
    for one in later:
        if one.line in of:
            sums[of[one.line]] += one.fen
        if one.at not in divided and not one.waits:
            sums[one.at] = sums.get(one.at, 0) + one.fen
    return sums


def _rows(
    lines: Sequence[PayLine],
    member: Membership,
    found: Sequence[Later],
    less: Mapping[int, int],
    of_month: Window,
    now: datetime,
) -> list[Row]:
    asked = list(
        AppealLine.objects.filter(pay_line__in=[line.pk for line in lines], appeal__ended_at=None)
        .values_list("pay_line", "appeal", "disputed_fen")
    )  # fmt: skip
    running = {line: appeal for line, appeal, _fen in asked}
    disputed = {line: fen for line, _appeal, fen in asked}
    held = lots.held_of(lines, lines[0].pot.pool.period, disputed, less) if lines else {}
    later: dict[int | None, list[Later]] = {}
    for one in found:
        later.setdefault(one.line, []).append(one)
    return [
        Row(
            line, _percent(line.fen, line.pot.fen), way(member, "pay-why", line.pk),
            _flag(line, member, running, window.of_pot(line.pot, of_month), now),
            running.get(line.pk) if member.can(VIEW) else None,
            sum(one.fen for one in later.get(line.pk, [])), window.of_pot(line.pot, of_month),
            _files(line, member), held.get(line.pk, 0), later.get(line.pk, []),
        )
        for line in lines
    ]  # fmt: skip


def _files(line: PayLine, member: Membership) -> bool:
    return member.institution_id is not None and member.can(FILE)


def _flag(line: PayLine, member: Membership, running: dict[int, int], time: Window, now: datetime) -> str:
    """Where an appeal about a line is filed; '' for who files none, while one is open, out of its time."""
    if not _files(line, member) or line.pk in running or not time.open(now):
        return ""
    return asking.address(AppealLine.About.PAY, line.pk)


def _divided(staff: Staff) -> dict[tuple[int, int], str]:
    """Points and formula of a person's corrections by appeal and line of pay; one query."""
    rows = standing.in_the_books().filter(staff=staff, pay_line__isnull=False)
    return {(row.appeal_id, row.pay_line_id): words.divided(row.why) for row in rows}


def _corrected(one: Amount, member: Membership, whys: Mapping[tuple[int, int], str]) -> Later:
    """An amount of a correction with how it comes about and the way to where it was decided."""
    month = {"month": web_words.month(one.about.first_day)}
    if one.appeal is not None:
        why = _("belongs to %(month)s, appeal %(n)s") % {**month, "n": one.appeal}
        url = way(member, "appeal", one.appeal)
        if said := whys.get((one.appeal, one.line)):
            why = f"{why} · {said}"
    else:
        why = _("belongs to %(month)s, data corrected under a lock exception") % month
        url = way(member, "month-correction", one.correction)
    why = f"{why} · {clawed.settled(one)}"
    return Later(one.at, _("Correction and true-up"), why, one.fen, url, one.waits, one.line)


def _percent(part: int, whole: int) -> Decimal | None:
    return Decimal(round(Fraction(10_000 * part, whole))) / 100 if whole else None


def _past(sums: dict[Month, int], here: Month) -> list[Past]:
    newest = sorted(sums, reverse=True)[:PAST]
    most = max((abs(sums[at]) for at in newest), default=0) or 1
    return [
        Past(at, sums[at], Decimal(round(Fraction(1_000 * max(sums[at], 0), most))) / 10, at == here)
        for at in newest
    ]
