"""Lots, payments and answers in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web import words as web_words
from alliance.web.cells import chip
from performance.models import PayoutPayment, PayoutRow
from performance.models.payout_lots import LotState

LOT: Mapping[str, str] = {
    "made": "", "checked": "info", "exported": "prov", "partly_returned": "warn", "returned": "warn",
    "paid": "ok",
    "withdrawn": "",
}  # fmt: skip
PAYMENT: Mapping[str, str] = {
    "made": "", "exported": "prov", "paid": "ok", "returned": "warn", "withdrawn": "",
}  # fmt: skip
ROW: Mapping[str, str] = {
    "matched": "ok", "amount": "warn", "unknown": "warn", "missing": "warn", "unclear": "warn",
    "repeat": "", "contrary": "warn", "twice": "warn",
}  # fmt: skip
REMEDY: Mapping[str, Any] = {
    "matched": gettext_lazy("A second person posts it on the page of the lot."),
    "repeat": gettext_lazy("It says what an earlier answer says; nothing is to be done."),
    "amount": gettext_lazy(
        "Ask the bank what it paid. Decide the row, or withdraw the file and read a right one."
    ),
    "unknown": gettext_lazy(
        "It names no payment of this lot. Note what the bank says, or withdraw the file if it is "
        "another lot's."
    ),
    "missing": gettext_lazy(
        "The bank has not answered yet. Read its next file, or decide the row by its receipt."
    ),
    "unclear": gettext_lazy("The template does not know this state. Ask the bank and decide the row."),
    "contrary": gettext_lazy(
        "An earlier answer says otherwise. Ask the bank which holds, and withdraw the file that is "
        "wrong or decide the row."
    ),
    "twice": gettext_lazy(
        "A row above names the same payment. Ask the bank whether it paid twice, and note what it "
        "says."
    ),
}  # fmt: skip
FLOWS: Mapping[str, Any] = {
    "paid": gettext_lazy("pay paid out"), "returned": gettext_lazy("pay returned"),
    "between_pay": gettext_lazy("paid to another institution"),
    "between_receive": gettext_lazy("received from another institution"),
}  # fmt: skip
SIDES: Mapping[str, Any] = {"debit": gettext_lazy("debit"), "credit": gettext_lazy("credit")}


def lot_chip(state: str) -> SafeString:
    """The state of a lot."""
    return chip(LOT[state], LotState(state).label)


def payment_chip(row: PayoutPayment) -> SafeString:
    """The state of a payment."""
    return chip(PAYMENT[row.state], row.get_state_display())


def row_chip(row: PayoutRow) -> SafeString:
    """What a row of an answer is."""
    return chip(ROW[row.kind], row.get_kind_display())


def remedy(row: PayoutRow) -> str:
    """What is to be done about a row of an answer."""
    if row.result.withdrawn_at is not None:
        return _("Its file is withdrawn: %(why)s") % {"why": row.result.withdrawn_why}
    sent = row.payment
    if row.action == PayoutRow.Action.PAID and row.posted_at is None and sent and sent.state == "returned":
        return _(
            "The payment was posted as returned by another row, and its money goes into the next lot. Ask "
            "the bank: if it did pay, hold that money before the next lot is made."
        )
    if row.action is None or row.kind in ("matched", "repeat"):
        return str(REMEDY[row.kind])
    if row.posted_at is None and row.action != PayoutRow.Action.NOTED:
        return str(REMEDY["matched"])
    return ""


def corrected(row: Any) -> str:
    """What of a payment (`corrected`) corrections owe, with the months it belongs to; "" for nothing."""
    if not row.corrected_fen:
        return ""
    months = "、".join(web_words.month(day) for day in row.corrected_of)
    return f"{web_words.yuan(row.corrected_fen)} ({months})"
