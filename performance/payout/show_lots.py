"""What the pages of a lot show: its money, its papers, what the bank answered and what does not match."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.models import (
    PayoutLot,
    PayoutPayment,
    PayoutResult,
    PayoutRow,
)
from performance.models.payout import CHECK, EXPORT, RUN
from performance.payout import forms, words
from performance.payout.services import accounts, answering, exporting, returned
from performance.payout.show import does, tabs

MOST_LEFT = 200


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
