"""What the page of a month's pay shows: how far its money has come, what is missing, what is held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.dues import owing
from performance.life import facts as life
from performance.life.services import stages
from performance.models import (
    Appeal,
    AppealLine,
    PayoutAccount,
    PayoutHold,
    PayoutLot,
)
from performance.models.payout import EXPORT, RUN
from performance.payout import facts, forms, words
from performance.payout.services import lots
from performance.payout.services.payables import Payable
from performance.payout.show import does, tabs

SHOWN = 30


def month_page(month: Month, membership: Membership, now: datetime) -> dict[str, Any]:
    """How far a month's pay has come, what can go into lots, what is missing, what is held."""
    told = facts.paid_in(month)
    found = lots.sort(month, told.rows)
    free = [row for rows in found.groups.values() for row in rows]
    runs = does(membership, RUN)
    payable = life.payable(month, now)
    return {
        "title": _("Paying out %(month)s") % {"month": web_words.month(month.first_day)}, "month": month,
        "figs": [
            parts.Fig(_("in the books of persons"), web_words.yuan(told.payable_fen), _("yuan"),
                      _in_the_books(told)),
            parts.Fig(pgettext("payout", "paid"), web_words.yuan(told.paid_fen), _("yuan")),
            parts.Fig(_("in lots and with banks"), web_words.yuan(told.on_the_way_fen), _("yuan")),
            parts.Fig(pgettext("payout", "held"), web_words.yuan(told.held_fen), _("yuan")),
            parts.Fig(pgettext("payout", "open"), web_words.yuan(told.own_open_fen), _("yuan"),
                      _taking(month, told), bad=bool(told.own_open_fen)),
            *_waiting(),
        ],
        "told": told, "payable": payable, "until": None if payable else _until(month),
        "ready": web_words.yuan(sum(row.free for row in free)), "ready_lots": len(found.groups),
        "makes": runs and bool(free) and payable,
        "missing": missing(found, membership)[:SHOWN], "held": held(told.rows, membership),
        "free": [(row, _hold(row) if runs else []) for row in free[:SHOWN]],
        "more": [_more(rows[SHOWN:]) for rows in (free, found.waiting)],
        "lots": [
            (row, words.lot_chip(row.state))
            for row in PayoutLot.objects.seen_by(membership).filter(month=month.first_day).named().told()
            .order_by("institution__code", "bank", "number")
        ],
        "payroll": does(membership, EXPORT), "runs": runs, "rooms": tabs("payout", membership),
    }  # fmt: skip


def _until(month: Month) -> str:
    """When the publication of a month ends that is not paid yet; "" where it has not begun."""
    row = stages.of(month)
    return web_words.moment(row.published_until) if row and row.published_until else ""


def _hold(row: Payable) -> list[parts.Action]:
    """The button that holds a line, with its reason; what a correction owes is not held."""
    if row.line is None:
        return []
    form = forms.HoldForm(auto_id=f"hold{row.line}-%s")
    return [parts.Action(_("Hold…"), reverse("payout-hold", args=[row.line]), "clock", form=form)]


def missing(found: lots.Ready, membership: Membership) -> list[tuple[Payable, str, str]]:
    """Lines that cannot be paid yet: the line, why, where it is mended."""
    no_account = [(row, _("has no confirmed bank account")) for row in found.no_account]
    lines = [*no_account, *((row, _returned(why)) for row, why in found.came_back)]
    open_ = PayoutAccount.objects.filter(confirmed_at=None, declined_at=None)
    entered = set(open_.values_list("staff", flat=True)) if lines else set()
    return [
        *((row, _entered(why) if row.staff.pk in entered else why,
           way(membership, "payout-account", row.staff.pk)) for row, why in lines),
        *((row, _("the institution has no paying legal entity"), way(membership, "payout-ground"))
          for row in found.no_entity),
    ]  # fmt: skip


def _entered(why: str) -> str:
    return _("%(why)s (entered, waits for its second person)") % {"why": why}


def _returned(why: str) -> str:
    said = _("the bank gave a payment back (%(why)s): the account is confirmed anew, or another is entered")
    return said % {"why": why}


@dataclass(frozen=True, slots=True)
class Held:
    """Money of a line that waits (fen): why, by whom, the hold that may be released (0 none), the appeal."""

    staff: Staff
    fen: int
    why: str
    who: str = ""
    release: int = 0
    url: str = ""


def held(rows: Iterable[Payable], membership: Membership) -> list[Held]:
    """What of a month's rows waits, by hand or by an open appeal, stored or not; two queries."""
    waiting = [row for row in rows if row.line is not None and (row.disputed or row.by_hand)]
    pks = [row.line for row in waiting]
    runs, kind = does(membership, RUN), PayoutHold.Kind
    stored = PayoutHold.objects.filter(line__in=pks, kind=kind.BY_HAND, ended_at=None)
    by_hand = {one.line_id: one for one in stored.select_related("made_by__user")}
    asked = AppealLine.objects.filter(pay_line__in=pks, appeal__state__in=Appeal.RUNNING)
    about = dict(asked.order_by("-appeal").values_list("pay_line", "appeal"))
    found = []
    for row in waiting:
        assert row.line is not None
        if row.disputed:
            appeal = about.get(row.line)
            why = _("disputed by appeal %(n)s") % {"n": appeal} if appeal else str(kind.DISPUTED.label)
            found.append(
                Held(row.staff, row.disputed, why, url=way(membership, "appeal", appeal) if appeal else "")
            )
        if row.by_hand:
            one = by_hand[row.line]
            why = f"{one.get_kind_display()} · {one.why}"
            found.append(Held(row.staff, row.by_hand, why, str(one.made_by.user), one.pk if runs else 0))
    return found


def _in_the_books(told: facts.PaidIn) -> str:
    lines = _("%(n)s lines") % {"n": web_words.num(told.lines)}
    if not told.corrected_fen:
        return lines
    both = _("%(lines)s with %(fen)s, corrections %(net)s")
    return both % {
        "lines": lines, "fen": web_words.yuan(told.lines_fen), "net": web_words.yuan_diff(told.corrected_fen)
    }  # fmt: skip


def _taking(month: Month, told: facts.PaidIn) -> str:
    if not told.taking_fen:
        return ""
    said = _("the next lots take %(fen)s of it") % {"fen": web_words.yuan(told.taking_fen)}
    first, rest = owing.eldest_first(month)
    if not first:
        return said
    earlier = _("%(said)s; %(months)s bears it first: once its lots are made, %(rest)s is left to take here")
    months = "、".join(f"{web_words.month(at.first_day)} {web_words.yuan(fen)}" for at, fen in first.items())
    return earlier % {"said": said, "months": months, "rest": web_words.yuan(rest)}


def _waiting() -> list[parts.Fig]:
    """Corrections that no month's lots have paid or taken yet: of the whole alliance, in no month's sum."""
    owed, taken = owing.waiting()
    if not owed and not taken:
        return []
    both = _("to be paid %(owed)s, to be taken %(taken)s; in no month's sum")
    said = both % {"owed": web_words.yuan(owed), "taken": web_words.yuan(taken)}
    label = _("corrections of the alliance that wait")
    return [parts.Fig(label, web_words.yuan(owed - taken), _("yuan"), said)]


def _more(rows: list[Payable]) -> str:
    if not rows:
        return ""
    said = ngettext("and %(n)s more line, %(fen)s yuan", "and %(n)s more lines, %(fen)s yuan", len(rows))
    return said % {"n": web_words.num(len(rows)), "fen": web_words.yuan(sum(row.free for row in rows))}
