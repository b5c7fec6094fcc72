"""What the slip shows: a month's lines and corrections of one person, own indicators, way to every reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.appeals import asking, window, words
from performance.appeals.services import standing
from performance.appeals.window import Window
from performance.dues import facts as dues
from performance.dues.facts import Amount
from performance.life import facts as months
from performance.models import AppealLine, PayDeduction, PayLine, PayPot
from performance.models.appeals import FILE, VIEW
from performance.pay import show_pots
from performance.payout.services import lots
from performance.slip import peers
from performance.slip.words import indicator_words

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
    corrected: int
    window: Window
    mine: bool  # whether the member is one who files about it
    held: int  # fen of it that waits: an open appeal disputes it, or it is held by hand


@dataclass(frozen=True)
class Later:
    """What an earlier month adds to or takes from this one (signed fen): by an appeal, a correction of the
    month, a claw-back. What `waits` is taken of later pay and no part of this month's.
    """

    at: Month
    what: str
    why: str
    fen: int
    url: str = ""
    waits: bool = False


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
    def fen(self) -> int | None:
        """All lines of the month, with what earlier months add or take; None while nothing was divided to
        the person yet, which is not zero.
        """
        counted = [one.fen for one in self.later if not one.waits]
        return sum((row.line.fen for row in self.rows), sum(counted)) if self.rows or counted else None

    @property
    def change(self) -> int | None:
        """Against the month before; None without one."""
        before = next((one for one in self.past if self.month and one.month == self.month.previous()), None)
        return None if before is None or self.fen is None else self.fen - before.fen


def slip(
    staff: Staff, month: Month | None, member: Membership, now: datetime, only: PayLine | None = None
) -> Slip:
    """The month asked for, else the newest with a line; a fixed number of queries. `only`: nothing but this
    line and its corrections, for who examines an appeal about it.
    """
    lines = [only] if only else list(show_pots.lines(Q(staff=staff), member)[:MOST])
    found = [one for one in dues.of_person(staff.pk) if only is None or one.line == only.pk]
    whys = _divided(staff) if any(one.appeal for one in found) else {}
    later = [*(_corrected(one, member, whys) for one in found), *(() if only else _taken(staff))]
    sums: dict[Month, int] = {}
    for line in lines:
        at = line.pot.pool.period
        sums[at] = sums.get(at, 0) + line.fen
    for one in later:
        sums[one.at] = sums.get(one.at, 0) + (0 if one.waits else one.fen)
    newest = max(sums, default=None)
    here = month or newest
    if here is None:
        return Slip(staff, None, [], [], [])
    mine = [line for line in lines if line.pot.pool.period == here]
    rows = _rows(mine, member, found, window.of_month(here), now)
    return Slip(staff, here, rows, [one for one in later if one.at == here], _past(sums, here))


def _rows(
    lines: Sequence[PayLine], member: Membership, found: Sequence[Amount], of_month: Window, now: datetime
) -> list[Row]:
    asked = list(
        AppealLine.objects.filter(pay_line__in=[line.pk for line in lines], appeal__ended_at=None)
        .values_list("pay_line", "appeal", "disputed_fen")
    )  # fmt: skip
    running = {line: appeal for line, appeal, _fen in asked}
    disputed = {line: fen for line, _appeal, fen in asked}
    held = lots.held_of(lines, lines[0].pot.pool.period, disputed) if lines else {}
    later: dict[int, int] = {}
    for one in found:
        later[one.line] = later.get(one.line, 0) + one.fen
    return [
        Row(
            line, _percent(line.fen, line.pot.fen), way(member, "pay-why", line.pk),
            _flag(line, member, running, window.of_pot(line.pot, of_month), now),
            running.get(line.pk) if member.can(VIEW) else None, later.get(line.pk, 0),
            window.of_pot(line.pot, of_month), _files(line, member), held.get(line.pk, 0),
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
        why = _("belongs to %(month)s, the month was corrected") % month
        url = way(member, "month-correction", one.correction)
    if one.waits:
        why = f"{why} · {_('is taken of later pay')}"
    elif one.fen > 0 and not one.paid:
        why = f"{why} · {_('is paid with the next lot')}"
    return Later(one.at, _("Correction and true-up"), why, one.fen, url, one.waits)


def _taken(staff: Staff) -> list[Later]:
    """What claw-backs take of a person's pay, by the month whose pay bears it; one query."""
    rows = PayDeduction.objects.filter(staff=staff, share__isnull=False).values(
        "into", "share__clawback__month", "share__clawback__reason"
    ).annotate(taken=Sum("fen")).order_by("into", "share__clawback__month")  # fmt: skip
    return [
        Later(
            Month.of(row["into"]), _("Claw-back"),
            _("belongs to %(month)s: %(reason)s") % {
                "month": web_words.month(row["share__clawback__month"]),
                "reason": row["share__clawback__reason"],
            },
            -row["taken"],
        )
        for row in rows
    ]  # fmt: skip


def _percent(part: int, whole: int) -> Decimal | None:
    return Decimal(round(Fraction(10_000 * part, whole))) / 100 if whole else None


def _past(sums: dict[Month, int], here: Month) -> list[Past]:
    newest = sorted(sums, reverse=True)[:PAST]
    most = max((abs(sums[at]) for at in newest), default=0) or 1
    return [
        Past(at, sums[at], Decimal(round(Fraction(1_000 * max(sums[at], 0), most))) / 10, at == here)
        for at in newest
    ]


def page(
    staff: Staff, month: Month | None, member: Membership, now: datetime, address: str
) -> dict[str, Any]:
    """The slip as a page."""
    found = slip(staff, month, member, now)
    fewest = peers.least(now.date())
    context: dict[str, Any] = {"slip": found, "staff": staff, "month": found.month, "fewest": fewest}
    if found.month is None:
        return context
    known = sorted(one.month for one in found.past)
    run, own = peers.indicators(staff, found.month, fewest)
    files = window.of_month(found.month).open(now)
    context |= {
        "earlier": _link(address, [at for at in known if at < found.month][-1:]),
        "later": _link(address, [at for at in known if at > found.month][:1]),
        "chip": state(found, now), "own": indicator_words(run, own, member, files=files),
        "window_said": time_said([row for row in found.rows if row.mine], now),
        "print_url": f"{reverse('pay-person-print', args=[staff.pk])}?month={found.month}",
        "why": found.rows[0].url if found.rows else "",
    }  # fmt: skip
    return context


def time_said(rows: Sequence[Row], now: datetime) -> str:
    """Until when one may appeal about lines, or why no longer; '' without a line.

    Where lines have different times, the one that ends last speaks: a line out of its time has no flag.
    """
    times = [row.window for row in rows]
    if not times:
        return ""
    return window.said(max(times, key=lambda one: (one.open(now), one.until is None, one.until or now)), now)


def _link(address: str, months_: Sequence[Month]) -> tuple[Month, str] | None:
    return (months_[0], f"{address}?month={months_[0]}") if months_ else None


def state(found: Slip, now: datetime) -> SafeString:
    """How far the month's money has come for this person."""
    assert found.month is not None
    pots = [row.line.pot for row in found.rows]
    if found.fen is None:
        return chip("prov", _("not divided to you yet"))
    shown = [pot for pot in pots if pot.state == PayPot.State.SHOWN and pot.shown_until is not None]
    if shown:
        last = min(pot.shown_until for pot in shown)
        until = web_words.until(last)
        if last <= now:
            said = _("shown to the department until %(until)s; its plan is late, not submitted since then")
            return chip("late", said % {"until": until}, "clock")
        return chip("info", _("shown to the department until %(until)s") % {"until": until}, "eye")
    if months.published(found.month, now):
        row = months.life(found.month)
        assert row is not None
        until = web_words.until(row.published_until)
        return chip("info", _("published until %(until)s") % {"until": until}, "eye")
    if any(pot.state != PayPot.State.POSTED for pot in pots):
        return chip("prov", _("not yet in the books"))
    return chip("ok", _("in the books"))
