"""Decided deductions and claw-backs that are really taken: charged in the books, then taken of pools.

A charge lets an institution owe a decided deduction (S3-31, S4-32). What it owes, and what confirmed
rejections charged to it and its departments, is taken of the bonus pools that follow, within a part of each
share; the rest waits for the next (practice.md 3). The database keeps it (performance.deductions.sql).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.models.appeals import Appeal
from performance.models.consequences import Consequence
from performance.models.declared import link
from performance.models.pay_pools import PayPool, PayShare
from performance.models.statements import Booked


class PayCharge(Booked):
    """A decided deduction on its way into the books, by two people: the institution owes it from then on."""

    consequence = link(_("consequence"), Consequence)
    institution = link(_("institution"), "alliance.Institution")
    fen = models.BigIntegerField(_("amount (fen)"))

    class Meta(Booked.Meta):
        verbose_name, verbose_name_plural = _("charge of a deduction"), _("charges of deductions")
        constraints = [
            *Booked.Meta.constraints,
            models.UniqueConstraint(fields=["alliance", "consequence"], name="paycharge_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="paycharge_above_zero"),
        ]

    def __str__(self) -> str:
        return str(self.consequence)


class PayTaken(AllianceRow):
    """What a pool takes of an institution's share, or of a department's pot, for what stands on an account.

    `owed_fen` stood there then. Below zero it gives back what was taken too much: an appeal was upheld since.
    """

    append_only = True
    discardable = True

    pool = models.ForeignKey(PayPool, on_delete=models.CASCADE, related_name="taken")
    share = models.ForeignKey(PayShare, on_delete=models.CASCADE, related_name="taken")
    pot = models.ForeignKey(
        "performance.PayPot", verbose_name=_("pot"), on_delete=models.CASCADE, null=True, related_name="taken"
    )
    account = link(_("account"), "ledger.Account")
    charge = models.ForeignKey(
        PayCharge, verbose_name=_("charge of a deduction"), on_delete=models.PROTECT, null=True,
        related_name="taken",
    )  # fmt: skip
    owed_fen = models.BigIntegerField(_("owed (fen)"))
    fen = models.BigIntegerField(_("amount (fen)"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("part taken of a pool"), _("parts taken of pools")
        ordering = ["pool", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "pool", "account", "pot", "charge"], name="paytaken_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(fen__gt=0, owed_fen__gte=models.F("fen"))
                | Q(fen__lt=0, owed_fen__lte=models.F("fen")),
                name="paytaken_of_what_is_owed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account} {self.fen:+d}"


class PayLift(AllianceRow):
    """What an upheld appeal lifts of a deduction; it counts once the appeal is corrected, of its revision.

    `charge`: the one whose debt it lessens; without one nothing had been charged, and less is charged later.
    """

    append_only = True

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="lifts")
    revision = models.PositiveSmallIntegerField(_("revision"))
    consequence = models.ForeignKey(
        Consequence, verbose_name=_("consequence"), on_delete=models.PROTECT, related_name="lifted_by"
    )
    charge = models.ForeignKey(
        PayCharge, verbose_name=_("charge of a deduction"), on_delete=models.PROTECT, null=True,
        related_name="lifts",
    )  # fmt: skip
    fen = models.BigIntegerField(_("amount (fen)"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("part of a deduction lifted"), _("parts of deductions lifted")
        ordering = ["appeal", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "appeal", "revision", "consequence"], name="paylift_once"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="paylift_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.consequence} {self.fen}"
