"""What other rooms show of paying out: the way from a ledger entry to its payment."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from alliance.ledger import evidence
from performance.models import PayoutPayment, PayoutSettled
from performance.payout.services import answering, vouchers


def register() -> None:
    """Make payments known to the ledger; called in the app's `ready()`."""
    evidence.name_journals(answering.PAID, gettext_lazy("Pay paid out"))
    evidence.name_journals(answering.RETURNED, gettext_lazy("Pay returned by the bank"))
    evidence.name_journals(vouchers.BETWEEN, gettext_lazy("Payment between institutions"))
    evidence.register(answering.PAYMENT, _lot, gettext_lazy("payment"))
    evidence.register(vouchers.BETWEEN, _month, gettext_lazy("paid settlement"))


def _lot(pk: int) -> str:
    lots = PayoutPayment.objects.filter(pk=pk).values_list("lot", flat=True)
    return next((reverse("payout-lot", args=[lot]) for lot in lots), "")


def _month(pk: int) -> str:
    months = PayoutSettled.objects.filter(pk=pk).values_list("month", flat=True)
    return next((f"{reverse('payout-between')}?month={day:%Y-%m}" for day in months), "")
