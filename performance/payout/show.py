"""What the pages of paying out show: a month's money, a lot with its papers, what stands beneath."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
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
    PayoutPayment,
    PayoutResult,
    PayoutRow,
)
from performance.models.payout import CHECK, EXPORT, RUN
from performance.payout import facts, forms, words
from performance.payout.services import accounts, answering, exporting, lots, returned
from performance.payout.services.payables import Payable

SHOWN, MOST_LEFT = 30, 200


def tabs(current: str, membership: Membership) -> list[parts.Tab]:
    """The pages of the room that the member may open."""
    pages = [
        ("payout", _("Lots")), ("payout-rows", pgettext("payout", "Differences")),
        ("payout-accounts", _("Bank accounts")),
        ("payout-between", _("Between institutions")),
        ("payout-ground", _("Entities, templates, account map")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name)) for name, label in pages]
    return [parts.Tab(label, url, name == current) for name, label, url in ways if url]


def does(membership: Membership, right: str) -> bool:
    """Whether the member, of the whole alliance, may do it."""
    return membership.institution_id is None and membership.can(right)


# A month ------------------------------------------------------------------------------
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


# A lot -----------------------------------------------------------------------------------
def lot_page(lot: Any, membership: Membership, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One lot (told): figures, terms, what the member may do, answers, files that left, papers."""
    rows = PayoutRow.objects.filter(result__lot=lot)
    waiting, ripe = rows.open().count(), rows.ripe()
    return {
        "title": lot.code, "lot": lot, "chip": words.lot_chip(lot.state), "figs": figures(lot),
        "facts": terms(lot, membership), "waiting": waiting,
        "ripe": ripe.order_by().values("payment").distinct().count(),
        "left": [(row, words.row_chip(row), words.remedy(row)) for row in answering.left(lot)[:MOST_LEFT]],
        "actions": actions(lot, membership, ripe, given or {}),
        "results": answers(lot, membership, given),
        "exports": list(lot.exports.select_related("by__user", "template").order_by("pk")),
        "papers": [
            (one, way(membership, "payout-paper", one.pk))
            for one in lot.vouchers.select_related("file", "by__user").order_by("pk")
        ],
        "previews": way(membership, "payout-preview", lot.pk), "rooms": tabs("payout", membership),
    }  # fmt: skip


def answers(
    lot: Any, membership: Membership, given: Mapping[str, Any]
) -> list[tuple[PayoutResult, list[parts.Action]]]:
    """The files of the bank, each with the button that withdraws it while nothing of it is posted."""
    posted = PayoutRow.objects.filter(result=OuterRef("pk"), posted_at__isnull=False)
    rows = lot.results.select_related("by__user", "withdrawn_by__user").annotate(posted=Exists(posted))
    runs = does(membership, RUN)
    return [(one, _withdrawing(one, given) if runs else []) for one in rows.order_by("pk")]


def _withdrawing(one: Any, given: Mapping[str, Any]) -> list[parts.Action]:
    if one.posted or one.withdrawn_at is not None:
        return []
    form = given.get(f"back{one.pk}") or forms.TakeBackForm(auto_id=f"back{one.pk}-%s")
    url = reverse("payout-answer-withdraw", args=[one.pk])
    return [parts.Action(_("Withdraw the file…"), url, "x", form=form)]


def figures(lot: Any) -> list[parts.Fig]:
    """People, money, what is paid, what came back."""
    return [
        parts.Fig(_("amount"), web_words.yuan(lot.fen), _("yuan"),
                  _("%(n)s people") % {"n": web_words.num(lot.people)}),
        parts.Fig(pgettext("payout", "paid"), web_words.yuan(lot.fen_paid), _("yuan"),
                  _("%(n)s people") % {"n": web_words.num(lot.n_paid)}),
        parts.Fig(pgettext("payout", "returned"), web_words.num(lot.n_returned), pgettext("payout", "people"),
                  *again(lot)),
    ]  # fmt: skip


def again(lot: Any) -> tuple[str, str, bool]:
    """What became of the payments of a lot that came back: said, where, whether any waits; two queries."""
    if not lot.n_returned:
        return "", "", False
    found = list(returned.parts().filter(payment__lot=lot).values_list("later", "anew"))
    if waiting := [anew for later, anew in found if later is None]:
        next_, first = _("is paid with the next lot"), _("paid again once the account is confirmed anew")
        return next_ if all(waiting) else first, "", True
    later = PayoutLot.objects.named().get(pk=max(pk for pk, _anew in found))
    return _("paid again in %(lot)s") % {"lot": later.code}, reverse("payout-lot", args=[later.pk]), False


def terms(lot: PayoutLot, membership: Membership) -> list[parts.Fact]:
    """Who pays, out of which account, by which template, who made and checked it."""
    banks = accounts.banks()
    found = [
        parts.Fact(_("paying legal entity"), lot.entity.holder),
        parts.Fact(_("unified social credit code"), lot.entity.credit_code),
        parts.Fact(_("paid out of"), f"{accounts.bank_name(lot.entity.bank, banks)} {lot.entity.masked}"),
        parts.Fact(_("bank"), accounts.bank_name(lot.bank, banks)),
        parts.Fact(_("month"), web_words.month(lot.month), way(membership, "payout-month", lot.period)),
        parts.Fact(pgettext("payout", "made by"), f"{lot.made_by.user} {web_words.moment(lot.made_at)}"),
    ]
    if lot.checked_by is not None:
        found.append(
            parts.Fact(
                pgettext("payout", "checked by"), f"{lot.checked_by.user} {web_words.moment(lot.checked_at)}"
            )
        )
    return found


def actions(
    lot: Any, membership: Membership, ripe: QuerySet[Any], given: Mapping[str, Any]
) -> list[parts.Action]:
    """What the member may do with a lot now; one button leads on."""

    def url(step: str) -> str:
        return reverse("payout-act", args=[lot.pk, step])

    found: list[parts.Action] = []
    runs, checks = does(membership, RUN), does(membership, CHECK)
    if lot.n_made:
        if checks and lot.checked_at is None and lot.made_by.user_id != membership.user_id:
            found.append(parts.Action(_("Check the lot"), url("check"), "check", "primary"))
        if runs:
            found.append(parts.Action(_("Withdraw the lot"), url("withdraw"), "x"))
    if does(membership, EXPORT) and lot.checked_at is not None and lot.people > lot.n_withdrawn:
        label = _("Write the file for the bank") if lot.n_made else _("Write the same file again")
        found.append(parts.Action(label, url("export"), "download", "primary" if lot.n_made else ""))
    if checks and ripe.exclude(decided_by__user=membership.user_id).exists():
        found.append(parts.Action(_("Check and post the answer"), url("settle"), "check", "primary"))
    if runs and lot.n_exported + lot.n_paid + lot.n_returned:
        form = given.get("answer") or forms.AnswerForm(auto_id="answer-%s")
        found.append(parts.Action(_("Read the answer of the bank…"), url("answer"), "upload", form=form))
    if runs:
        form = given.get("paper") or forms.PaperForm(auto_id="paper-%s")
        found.append(parts.Action(_("Add a paper…"), url("paper"), "file", form=form))
    return found


def payments(lot: PayoutLot) -> QuerySet[Any]:
    """The payments of a lot as its table names them; numbers stay sealed."""
    rows: QuerySet[Any] = (
        PayoutPayment.objects.filter(lot=lot)
        .corrected()
        .select_related("staff", "account")
        .defer("account__number")
        .order_by("number")
    )
    return rows


def sheet(lot: Any) -> dict[str, Any]:
    """The list of a lot on A4 with lines for those who sign it."""
    rows = payments(lot).exclude(state=PayoutPayment.State.WITHDRAWN).select_related("staff__department")
    found = list(rows)
    return {
        "title": _("List of payments"), "lot": lot,
        "bank": accounts.bank_name(lot.bank, accounts.banks()), "rows": found, "facts": [],
        "corrected": sum(one.corrected_fen for one in found),
    }  # fmt: skip


def preview(lot: PayoutLot, membership: Membership) -> dict[str, Any]:
    """The file for the bank with masked numbers. Raises PayoutRefused (no_template)."""
    heads, *rows = exporting.preview(lot)
    return {
        "title": _("Preview of the file"), "lot": lot, "heads": heads, "rows": rows,
        "template": exporting.template_of(lot), "rooms": tabs("payout", membership),
    }  # fmt: skip


def _undecided(row: PayoutRow) -> bool:
    return row.action is None and row.result.withdrawn_at is None


def row_page(row: PayoutRow, membership: Membership, form: Any) -> dict[str, Any]:
    """One row that does not match, with what is known of both sides."""
    sent = row.payment
    told = [
        parts.Fact(_("lot"), str(row.result.lot), way(membership, "payout-lot", row.result.lot_id)),
        parts.Fact(_("file"), _("%(file)s, row %(n)d") % {"file": row.result.name, "n": row.number}),
        parts.Fact(_("what to do"), words.remedy(row) or web_words.DASH),
        parts.Fact(_("amount of the bank (yuan)"), web_words.yuan(row.fen)),
        parts.Fact(_("amount sent (yuan)"), web_words.yuan(row.expected_fen)),
        parts.Fact(_("state of the bank"), row.says or web_words.DASH),
        parts.Fact(_("reason of the bank"), row.reason or web_words.DASH),
        parts.Fact(_("last four"), row.tail or web_words.DASH),
    ]
    if sent is not None:
        told += [
            parts.Fact(_("payment"), f"{sent.reference} {sent.staff.name}"),
            parts.Fact(_("state of the payment"), str(sent.get_state_display())),
        ]
    if row.action is not None:
        told += [
            parts.Fact(_("decided"), f"{row.get_action_display()} · {_(row.note) if row.note else ''}"),
            parts.Fact(_("decided by"), f"{row.decided_by.user} {web_words.moment(row.decided_at)}"),
        ]
    return {
        "title": str(row.get_kind_display()), "row": row, "facts": told,
        "rooms": tabs("payout-rows", membership),
        "form": form if _undecided(row) and does(membership, RUN) else None,
    }  # fmt: skip
