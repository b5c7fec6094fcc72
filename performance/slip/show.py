"""What the page of a slip shows: its state, own indicators, until when to appeal, the way to other months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.web import words as web_words
from alliance.web.cells import chip
from performance.appeals import window
from performance.life import facts as months
from performance.models import PayPot
from performance.slip import peers
from performance.slip.person_month import Row, Slip, slip
from performance.slip.words import indicator_words, unscored


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
        "unscored": unscored(run),
        "window_said": time_said([row for row in found.rows if row.mine], member, now),
        "print_url": f"{reverse('pay-person-print', args=[staff.pk])}?month={found.month}",
        "why": found.rows[0].url if found.rows else "",
    }  # fmt: skip
    return context


def time_said(rows: Sequence[Row], member: Membership, now: datetime) -> str:
    """Until when one may appeal about lines, or why no longer; '' without a line.

    Where lines have different times, the one that ends last speaks: a line out of its time has no flag.
    """
    times = [row.window for row in rows]
    if not times:
        return ""
    last = max(times, key=lambda one: (one.open(now), one.until is None, one.until or now))
    return window.said(last, now, member)


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
    if found.back:
        return chip("warn", _("in the books, given back by the bank"))
    return chip("ok", _("in the books"))
