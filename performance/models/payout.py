"""What paying stands on: bank accounts of persons, paying legal entities, bank templates, the account map.

Practice.md 7. Each is entered by one person and counts when another has confirmed it; nothing is overwritten.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.fields import SealedField
from performance.models.declared import link
from performance.models.pay import Entered

# VIEW: lots, masked; RUN: make lots, enter; CHECK: the second person; EXPORT: whole numbers leave.
VIEW, RUN, CHECK, EXPORT = "payout.view", "payout.run", "payout.check", "payout.export"


class Numbered(AllianceRow):
    """A bank account: the number sealed, found by a keyed token, shown by its last four (walls.md 5)."""

    bank = models.SlugField(_("bank"), max_length=20)
    branch = models.CharField(_("branch"), max_length=80, blank=True)
    holder = models.CharField(_("account holder"), max_length=60)
    number = SealedField(_("account number"))
    number_key = models.CharField(max_length=64, editable=False)
    tail = models.CharField(_("last four"), max_length=4)

    class Meta(AllianceRow.Meta):
        abstract = True

    @property
    def masked(self) -> str:
        """The number as pages show it."""
        return f"**** {self.tail}"


class PayoutAccountQuerySet(AllianceQuerySet):
    """Which accounts a member sees, and which count."""

    def seen_by(self, membership: Membership) -> Any:
        """The office all; everybody the own ones (second wall)."""
        return (
            self.all() if membership.institution_id is None else self.filter(staff__user=membership.user_id)
        )

    def decided(self) -> Any:
        """Confirmed or declined."""
        return self.filter(Q(confirmed_at__isnull=False) | Q(declined_at__isnull=False))

    def current(self) -> Any:
        """The latest confirmed account of each person."""
        confirmed = self.filter(confirmed_at__isnull=False)
        return confirmed.order_by("staff_id", "-revision").distinct("staff_id")


class PayoutSheet(AllianceRow):
    """A sheet that proposed accounts of many persons: its name and digest; the file itself is not kept."""

    append_only = True

    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(_("accounts proposed"))
    same = models.PositiveIntegerField(pgettext_lazy("account", "as before"))
    by = link(_("entered by"), "alliance.Membership")
    at = models.DateTimeField(_("entered"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("sheet of accounts"), _("sheets of accounts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class PayoutAccount(Numbered, Entered):
    """The account a person is paid into, from its confirmation on; the person is told and says so.

    Neither of the two people who change it may be alone in it, and the second is never the person paid.
    """

    fill_once: ClassVar[tuple[str, ...]] = (
        "confirmed_by_id", "confirmed_at", "declined_by_id", "declined_at", "declined_why",
        "seen_at",
    )  # fmt: skip

    staff = link(_("staff member"), "alliance.Staff")
    sheet = models.ForeignKey(
        "performance.PayoutSheet", verbose_name=_("sheet of accounts"), on_delete=models.PROTECT, null=True,
        related_name="accounts",
    )  # fmt: skip
    revision = models.PositiveSmallIntegerField(_("revision"))
    why = models.CharField(_("why it is changed"), max_length=200, blank=True)
    declined_by = link(_("declined by"), "alliance.Membership", null=True)
    declined_at = models.DateTimeField(_("declined"), null=True)
    declined_why = models.CharField(  # noqa: DJ001 (filled once)
        _("why it is declined"), max_length=200, null=True
    )
    seen_at = models.DateTimeField(_("noticed by its owner"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PayoutAccountQuerySet)
    )

    class Meta(Entered.Meta):
        verbose_name, verbose_name_plural = _("bank account of a person"), _("bank accounts of persons")
        ordering = ["staff__code", "-revision"]
        constraints = [
            *Entered.Meta.constraints,
            models.UniqueConstraint(fields=["alliance", "staff", "revision"], name="payoutaccount_once"),
            models.CheckConstraint(
                condition=Q(declined_by=None, declined_at=None)
                | Q(declined_by__isnull=False, declined_at__isnull=False, confirmed_by=None),
                name="payoutaccount_declined_whole",
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None) | Q(confirmed_at__isnull=False) | Q(declined_at__isnull=False),
                name="payoutaccount_seen_after",
            ),
            models.CheckConstraint(
                condition=Q(declined_why=None) | Q(declined_at__isnull=False),
                name="payoutaccount_why_declined",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "number_key"], name="payoutaccount_key")]

    def __str__(self) -> str:
        return f"{self.staff} {self.masked}"


class PayoutEntity(Numbered, Entered):
    """The legal entity that pays for an institution: its name, credit code and own account."""

    institution = link(_("institution"), "alliance.Institution")
    revision = models.PositiveSmallIntegerField(_("revision"))
    credit_code = models.CharField(_("unified social credit code"), max_length=18)
    from_date = models.DateField(_("from month"))

    class Meta(Entered.Meta):
        verbose_name, verbose_name_plural = _("paying legal entity"), _("paying legal entities")
        ordering = ["institution__code", "-from_date", "-revision"]
        constraints = [
            *Entered.Meta.constraints,
            models.UniqueConstraint(
                fields=["alliance", "institution", "from_date", "revision"], name="payoutentity_once"
            ),
            models.CheckConstraint(condition=Q(from_date__day=1), name="payoutentity_first_day"),
        ]

    def __str__(self) -> str:
        return self.holder


class PayoutTemplate(Entered):
    """How a file for a bank, or for the payroll system, is written, and how the bank's answer is read.

    `body`: performance.payout.engine.templates.Layout as plain data.
    """

    class Kind(models.TextChoices):
        BANK = "bank", pgettext_lazy("template", "payment file of a bank")
        PAYROLL = "payroll", pgettext_lazy("template", "sheet for the payroll system's tax")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    bank = models.SlugField(_("code of the bank"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    revision = models.PositiveSmallIntegerField(_("revision"))
    body = models.JSONField(_("columns"))

    class Meta(Entered.Meta):
        verbose_name, verbose_name_plural = _("bank template"), _("bank templates")
        ordering = ["kind", "bank", "-revision"]
        constraints = [
            *Entered.Meta.constraints,
            models.UniqueConstraint(
                fields=["alliance", "kind", "bank", "revision"], name="payouttemplate_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="payouttemplate_named"),
        ]

    def __str__(self) -> str:
        return f"{self.name} / {self.revision}"


class PayoutMap(Entered):
    """A version of the account map of vouchers from a day on: which subjects a kind of payment touches.

    `body`: {flow: {"debit": [code, name], "credit": [code, name]}}.
    """

    from_date = models.DateField(_("from month"))
    revision = models.PositiveSmallIntegerField(_("revision"))
    body = models.JSONField(_("accounts"))

    class Meta(Entered.Meta):
        verbose_name, verbose_name_plural = _("account map"), _("account maps")
        ordering = ["-from_date", "-revision"]
        constraints = [
            *Entered.Meta.constraints,
            models.UniqueConstraint(fields=["alliance", "from_date", "revision"], name="payoutmap_once"),
            models.CheckConstraint(condition=Q(from_date__day=1), name="payoutmap_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.from_date:%Y-%m} / {self.revision}"


class PayoutSettled(Entered):
    """What one institution paid another for a month (往来结算单): net fen, day, voucher; once."""

    month = models.DateField(_("month"))
    payer = link(_("payer"), "alliance.Institution")
    payee = link(_("payee"), "alliance.Institution")
    fen = models.BigIntegerField(_("amount (fen)"))
    day = models.DateField(_("day of payment"))
    document = models.CharField(_("number of the voucher"), max_length=80)
    journal = link(_("ledger journal"), "ledger.LedgerJournal", null=True)
    fill_once: ClassVar[tuple[str, ...]] = ("confirmed_by_id", "confirmed_at", "journal_id")

    class Meta(Entered.Meta):
        verbose_name, verbose_name_plural = _("paid settlement"), _("paid settlements")
        ordering = ["-month", "payer__code", "payee__code", "pk"]
        constraints = [
            *Entered.Meta.constraints,
            models.UniqueConstraint(
                fields=["alliance", "month", "payer", "payee", "document"], name="payoutsettled_once"
            ),
            models.CheckConstraint(
                condition=Q(fen__gt=0) & ~Q(payer=F("payee")) & ~Q(document=""), name="payoutsettled_whole"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(journal__isnull=False), name="payoutsettled_booked"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.payer} → {self.payee} {self.month:%Y-%m}"
