"""What stays of a lot beside its payments: the files that left for a bank, its papers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow
from performance.models.declared import link
from performance.models.payout_lots import PayoutLot


class PayoutExport(AllianceRow):
    """A file that left for a bank: by which template, how many rows, its digest; the file is not kept."""

    append_only = True

    lot = models.ForeignKey(PayoutLot, on_delete=models.PROTECT, related_name="exports")
    template = link(_("bank template"), "performance.PayoutTemplate")
    rows = models.PositiveIntegerField(_("rows"))
    fen = models.BigIntegerField(_("amount (fen)"))
    sha256 = models.CharField(max_length=64)
    by = link(_("exported by"), "alliance.Membership")
    at = models.DateTimeField(_("exported"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("payment file"), _("payment files")
        ordering = ["lot", "pk"]

    def __str__(self) -> str:
        return f"{self.lot} {self.at:%Y-%m-%d}"


class PayoutVoucher(AllianceRow):
    """A paper of a lot: the bank's receipt, the signed list, the voucher; sealed and never taken away."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", pgettext_lazy("voucher", "receipt of the bank")
        SIGNED = "signed", pgettext_lazy("voucher", "signed list")
        VOUCHER = "voucher", pgettext_lazy("voucher", "voucher")

    append_only = True

    lot = models.ForeignKey(PayoutLot, on_delete=models.PROTECT, related_name="vouchers")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    number = models.CharField(_("number of the voucher"), max_length=60, blank=True)
    file = link(_("file"), "alliance.Attachment")
    by = link(_("added by"), "alliance.Membership")
    at = models.DateTimeField(_("added"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("paper of a lot"), _("papers of lots")
        ordering = ["lot", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()
