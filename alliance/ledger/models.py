"""The ledger's rows: accounts, periods, journals written once, and their entries (walls.md section 2).

An entry is a signed number of fen: plus is what an account receives (debit 借), minus what it gives
(credit 贷). A journal's entries sum to zero; the database checks it at COMMIT (alliance.ledger.sql).
"""

# The scoping manager carries no types: what it returns is not judged here.
# mypy: disable-error-code="no-untyped-call,django-manager-missing,misc"

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models.base import AllianceManager, AllianceRow, leaf_alliance, leaf_key
from alliance.models.people import Membership
from alliance.models.state import StateField


class AccountQuerySet(models.QuerySet["Account"]):
    def seen_by(self, membership: models.Model) -> AccountQuerySet:
        """The accounts a member may know: all for the whole alliance, else those of the own institution."""
        own = getattr(membership, "institution_id", None)
        return self if own is None else self.filter(institution=own)


class Account(AllianceRow):
    """One place money comes from, passes or ends; whose it is never changes once it is open."""

    class Kind(models.TextChoices):
        SOURCE = "source", _("source of money")
        FUND = "fund", _("fund")
        CLEARING = "clearing", _("clearing")
        INSTITUTION = "institution", _("institution")
        DEPARTMENT = "department", _("department")
        TEAM = "team", _("team")
        PERSON = "person", _("one person")
        PAID = "paid", _("paid out")

    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    institution = models.ForeignKey(
        "alliance.Institution",
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    department = models.ForeignKey(
        "alliance.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    staff = models.ForeignKey(
        "alliance.Staff",
        verbose_name=_("staff member"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    objects = ScopedManager(
        alliance="alliance", _manager_class=AllianceManager.from_queryset(AccountQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("account"), _("accounts")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code"], name="ledger_account_code"),
            models.CheckConstraint(
                condition=~Q(kind__in=["institution", "department", "person", "paid"])
                | Q(institution__isnull=False),
                name="ledger_account_has_institution",
            ),
            models.CheckConstraint(
                condition=~Q(kind="department") | Q(department__isnull=False),
                name="ledger_account_has_department",
            ),
            models.CheckConstraint(
                condition=~Q(kind="person") | Q(staff__isnull=False), name="ledger_account_has_staff"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.shown_name}"

    @property
    def shown_name(self) -> str:
        """The name; of a source of money, which the product names itself, in the language of the page."""
        return gettext(self.name) if self.kind == Account.Kind.SOURCE and self.name else self.name


class Period(AllianceRow):
    """A month of the books: open until two people close it, then never changed and never opened again."""

    class State(models.TextChoices):
        OPEN = "open", _("open for posting")
        CLOSED = "closed", _("closed for good")

    month = models.DateField(_("month"))
    state = StateField(_("state"), max_length=8, choices=State, default=State.OPEN)
    closed_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    close_confirmed_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("period"), _("periods")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month"], name="ledger_period_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="ledger_period_first_day"),
            models.CheckConstraint(
                condition=Q(state="open")
                | Q(closed_by__isnull=False, close_confirmed_by__isnull=False, closed_at__isnull=False)
                & ~Q(closed_by=F("close_confirmed_by")),
                name="ledger_period_closed_by_two",
            ),
        ]

    def __str__(self) -> str:
        return str(Month.of(self.month))

    @transition(field=state, source=State.OPEN, target=State.CLOSED)
    def close(self, *, by: Membership, confirmed_by: Membership, at: datetime) -> None:
        """Close the month for good."""
        self.closed_by, self.close_confirmed_by, self.closed_at = by, confirmed_by, at


class LedgerJournal(AllianceRow):
    """The head of one posting: what it is, what it rests on, how much it moves, and who answered for it."""

    append_only = True

    period = models.ForeignKey(
        Period, verbose_name=_("period"), on_delete=models.PROTECT, related_name="journals"
    )
    # The month the money belongs to; a correction of a closed month is posted into an open period.
    about_month = models.DateField(_("belongs to"))
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("idempotency key"), max_length=160)
    entries_count = models.IntegerField(_("ledger entries"))
    debit_fen = models.BigIntegerField(_("amount (fen)"))
    inputs_digest = models.CharField(_("digest of the inputs"), max_length=64, blank=True)
    rule_version = models.CharField(_("rule version"), max_length=80, blank=True)
    code_version = models.CharField(_("code version"), max_length=80, blank=True)
    reverses = models.ForeignKey(
        "self", verbose_name=_("reverses"), on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    posted_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(_("posted at"), auto_now_add=True)
    text = models.CharField(_("journal text"), max_length=300, blank=True)
    body_digest = models.CharField(_("digest of the journal"), max_length=64)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("ledger journal"), _("ledger journals")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "key"], name="ledger_journal_key"),
            models.UniqueConstraint(fields=["alliance", "reverses"], name="ledger_journal_reversed_once"),
            models.CheckConstraint(condition=Q(entries_count__gte=2), name="ledger_journal_two_entries"),
            models.CheckConstraint(condition=Q(debit_fen__gt=0), name="ledger_journal_moves_money"),
            models.CheckConstraint(condition=Q(about_month__day=1), name="ledger_journal_about_first_day"),
            models.CheckConstraint(
                condition=~Q(posted_by=F("confirmed_by")), name="ledger_journal_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class EntryQuerySet(models.QuerySet["Entry"]):
    def seen_by(self, membership: models.Model) -> EntryQuerySet:
        """The entries a member may know: those on the accounts the member may know."""
        own = getattr(membership, "institution_id", None)
        return self if own is None else self.filter(account__institution=own)


class Entry(AllianceRow):
    """One line of a journal: an account, signed fen, and why exactly this much.

    Neither its journal nor its account is ever deleted: both are proved once a statement.
    """

    append_only = True
    keys_by_statement = True

    alliance = leaf_alliance()
    journal = leaf_key("ledger.LedgerJournal", verbose_name=_("ledger journal"), related_name="entries")
    number = models.IntegerField(_("line"))
    account = leaf_key("ledger.Account", verbose_name=_("account"), related_name="entries")
    fen = models.BigIntegerField(_("amount (fen)"))
    # rule, weights, remainder rank, ids of what caused it: as plain canonical JSON
    reason = models.JSONField(_("reason"), default=dict)
    evidence_kind = models.CharField(max_length=60, blank=True)
    evidence_id = models.BigIntegerField(null=True)

    objects = ScopedManager(alliance="alliance", _manager_class=AllianceManager.from_queryset(EntryQuerySet))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("ledger entry"), _("ledger entries")
        ordering = ["journal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "journal", "number"], name="ledger_entry_number"),
            models.CheckConstraint(condition=~Q(fen=0), name="ledger_entry_not_zero"),
            models.CheckConstraint(condition=Q(number__gte=1), name="ledger_entry_number_from_one"),
            models.CheckConstraint(
                condition=Q(evidence_kind="", evidence_id__isnull=True)
                | ~Q(evidence_kind="") & Q(evidence_id__isnull=False),
                name="ledger_entry_evidence_whole",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "account", "journal"], name="ledger_entry_account")]

    def __str__(self) -> str:
        return f"{self.journal_id}/{self.number}"
