"""What pay stands on: source accounts and what feeds them, approved pay totals, dated rules of flow.

Everything here is written once by one person and counts when another has confirmed it (practice.md 6).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet
from performance.engine.pay.flow import FlowRule
from performance.engine.restore import restore
from performance.models.declared import link

# LOOK: sources, limits and rules; VIEW: pools, pots and lines, each member those of its own.
VIEW, LOOK, RUN, CONFIRM, DISTRIBUTE = "pay.view", "pay.look", "pay.run", "pay.confirm", "pay.distribute"


class PaySource(models.TextChoices):
    """Lawful types; neither the insurance fund nor earmarked public-health money is one (X7-A26)."""

    PAY_TOTAL = "pay_total", _("within the approved pay total")
    FISCAL = "fiscal", _("fiscal grant for performance")
    RETAINED = "retained", _("retained surplus, with the approving document")
    BETWEEN = "between", _("settlement between institutions")


class PayKind(models.TextChoices):
    """What a pool is for. The last three settle between institutions and never reach a person."""

    BONUS = "bonus", pgettext_lazy("pool", "collaboration bonus fund")
    REWARD = "reward", pgettext_lazy("pool", "DRG reward of family doctors")
    SURPLUS = "surplus", pgettext_lazy("pool", "members' part of the surplus")
    PREVENTION = "prevention", pgettext_lazy("pool", "saved by prevention")
    AWARD = "award", pgettext_lazy("pool", "award")
    TRANSFER = "down_transfer", pgettext_lazy("pool", "transfer for down-referred recovery stays")
    RETURN = "fee_return", pgettext_lazy("pool", "fee return for down-referred patients")
    SERVICE = "service", pgettext_lazy("pool", "shares of consultations and readings")


BETWEEN = (PayKind.TRANSFER, PayKind.RETURN, PayKind.SERVICE)


class Entered(AllianceRow):
    """Entered by one person, confirmed by another; only then it counts."""

    append_only = True
    fill_once: ClassVar[tuple[str, ...]] = ("confirmed_by_id", "confirmed_at")

    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(_("entered"))
    confirmed_by = link(_("confirmed by"), "alliance.Membership", null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta(AllianceRow.Meta):
        abstract = True
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(entered_by=F("confirmed_by")), name="%(class)s_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="%(class)s_confirmed_whole",
            ),
        ]  # fmt: skip


class Withdrawable(Entered):
    """While it waits for its second person, either of the two may set it aside with a reason.

    `set_aside`: never confirmed, because it is wrong; it stays to be read.
    """

    fill_once = (*Entered.fill_once, "set_aside_by_id", "set_aside_at", "set_aside_why")

    set_aside_by = link(_("set aside by"), "alliance.Membership", null=True)
    set_aside_at = models.DateTimeField(_("set aside"), null=True)
    set_aside_why = models.CharField(_("reason"), max_length=200, null=True)  # noqa: DJ001 (filled once)

    class Meta(Entered.Meta):
        abstract = True
        constraints: ClassVar[list[Any]] = [
            *Entered.Meta.constraints,
            models.CheckConstraint(
                condition=Q(set_aside_at=None, set_aside_by=None, set_aside_why=None)
                | Q(set_aside_at__isnull=False, set_aside_by__isnull=False, set_aside_why__isnull=False,
                    set_aside_why__gt="", confirmed_at=None),
                name="%(class)s_set_aside_whole",
            ),
        ]  # fmt: skip

    @property
    def waits(self) -> bool:
        """Whether it waits for its second person."""
        return self.confirmed_at is None and self.set_aside_at is None


class DecidedSheet(Withdrawable):
    """A sheet worked out for a decision (number, body, scan); `digest`: of what it was worked out from."""

    document = models.CharField(_("decision number"), max_length=80)
    body = models.CharField(_("decided by"), max_length=80)
    scan = link(_("scan of the decision"), "alliance.Attachment")
    digest = models.CharField(_("digest"), max_length=64)

    class Meta(Withdrawable.Meta):
        abstract = True
        constraints: ClassVar[list[Any]] = [
            *Withdrawable.Meta.constraints,
            models.CheckConstraint(condition=~Q(document="") & ~Q(body=""), name="%(class)s_decided"),
        ]


class PayFund(AllianceRow):
    """A source account: where the money of pools comes from, with the lawful type of its source."""

    append_only = True

    code = models.SlugField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    source = models.CharField(_("kind of source"), max_length=12, choices=PaySource)
    opened_by = link(_("opened by"), "alliance.Membership")
    opened_at = models.DateTimeField(_("opened"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("source account"), _("source accounts")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code"], name="payfund_code"),
            models.CheckConstraint(
                condition=Q(source__in=["pay_total", "fiscal", "retained"]), name="payfund_lawful"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="payfund_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def account(self) -> str:
        """The code of its account in the ledger."""
        return f"fund:{self.code}"


class FundEntryQuerySet(AllianceQuerySet):
    """Which entries count."""

    def standing(self) -> Any:
        """Confirmed by a second person and not reversed."""
        return self.filter(confirmed_at__isnull=False, reversal=None)


class FundEntry(Withdrawable):
    """Money fed into a source account on a day, with the number and the scan of the decision (fen).

    `sheet`: the sheet of a surplus whose part it is; each feeds an account once. `reversal`: the journal by
    which two people took it back.
    """

    fill_once = (*Withdrawable.fill_once, "journal_id", "reversal_id")

    fund = link(_("source account"), "performance.PayFund")
    day = models.DateField(_("day of the decision"))
    fen = models.BigIntegerField(_("amount (fen)"))
    document = models.CharField(_("decision number"), max_length=80)
    body = models.CharField(_("decided by"), max_length=80)
    scan = link(_("scan of the decision"), "alliance.Attachment")
    journal = link(_("ledger journal"), "ledger.LedgerJournal", null=True)
    sheet = link(_("entitlement sheet"), "performance.Entitlement", null=True)
    reversal = link(_("reversed by"), "ledger.LedgerJournal", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(FundEntryQuerySet)
    )

    class Meta(Withdrawable.Meta):
        verbose_name, verbose_name_plural = _("entry of a source account"), _("entries of source accounts")
        ordering = ["-day", "-pk"]
        constraints = [
            *Withdrawable.Meta.constraints,
            models.CheckConstraint(condition=Q(fen__gt=0), name="fundentry_above_zero"),
            models.UniqueConstraint(
                fields=["alliance", "sheet", "fund"], condition=Q(sheet__isnull=False),
                name="fundentry_sheet_once",
            ),
            models.CheckConstraint(condition=~Q(document="") & ~Q(body=""), name="fundentry_decided"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(journal__isnull=False), name="fundentry_in_the_books"
            ),
            models.CheckConstraint(
                condition=Q(reversal=None) | Q(journal__isnull=False), name="fundentry_reversed"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.document} {self.day}"


class PayTotal(Withdrawable):
    """The approved pay total of an institution and year (绩效工资总量, fen); the latest confirmed counts.

    `uplift`: the sheet by which it rose with the score (S3-38); the totals without one are the bases.
    """

    institution = link(_("institution"), "alliance.Institution")
    year = models.PositiveSmallIntegerField(_("year"))
    revision = models.PositiveSmallIntegerField(_("revision"))
    fen = models.BigIntegerField(_("approved pay total (fen)"))
    document = models.CharField(_("decision number"), max_length=80)
    uplift = link(_("uplift sheet"), "performance.PayUplift", null=True)

    class Meta(Withdrawable.Meta):
        verbose_name, verbose_name_plural = _("approved pay total"), _("approved pay totals")
        ordering = ["-year", "institution__code", "-revision"]
        constraints = [
            *Withdrawable.Meta.constraints,
            models.UniqueConstraint(
                fields=["alliance", "institution", "year", "revision"], name="paytotal_once"
            ),
            models.UniqueConstraint(fields=["alliance", "uplift"], name="paytotal_uplift_once"),
            models.CheckConstraint(condition=Q(fen__gte=0) & ~Q(document=""), name="paytotal_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.year}"


class PayRule(Withdrawable):
    """A version of how a kind of pool flows below the institution, from a month on (`body`: a FlowRule)."""

    kind = models.CharField(_("kind of pool"), max_length=16, choices=PayKind)
    from_date = models.DateField(_("from month"))
    revision = models.PositiveSmallIntegerField(_("revision"))
    body = models.JSONField(_("rule"))
    decided_by = models.CharField(_("decided by"), max_length=200)
    digest = models.CharField(_("digest"), max_length=64)

    class Meta(Withdrawable.Meta):
        verbose_name, verbose_name_plural = _("rule of a pool"), _("rules of pools")
        ordering = ["kind", "-from_date", "-revision"]
        constraints = [
            *Withdrawable.Meta.constraints,
            models.UniqueConstraint(
                fields=["alliance", "kind", "from_date", "revision"], name="payrule_once"
            ),
            models.CheckConstraint(condition=Q(from_date__day=1), name="payrule_first_day"),
            models.CheckConstraint(condition=~Q(decided_by=""), name="payrule_decided"),
            models.CheckConstraint(
                condition=~Q(kind__in=["down_transfer", "fee_return", "service"]), name="payrule_persons"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_date:%Y-%m}/{self.revision}"

    def rule(self) -> FlowRule:
        """The rule as the engine takes it."""
        return restore(FlowRule, self.body)
