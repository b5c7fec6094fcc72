"""The bank's answer to a lot, row by row: what matches, what does not, who decided it, what was posted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from performance.models.declared import link
from performance.models.payout_lots import PayoutLot


class PayoutResult(AllianceRow):
    """A file of the bank, taken once; its rows are kept, the file with its whole numbers is not.

    Until a row of it is posted it can be withdrawn, with why: its rows stay, and count no longer.
    """

    append_only = True
    fill_once: ClassVar[tuple[str, ...]] = ("withdrawn_by_id", "withdrawn_at", "withdrawn_why")

    lot = models.ForeignKey(PayoutLot, on_delete=models.PROTECT, related_name="results")
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    by = link(_("imported by"), "alliance.Membership")
    at = models.DateTimeField(_("imported"))
    withdrawn_by = link(_("withdrawn by"), "alliance.Membership", null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_why = models.CharField(_("why"), max_length=200, null=True)  # noqa: DJ001 (filled once)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("answer of a bank"), _("answers of banks")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "lot", "sha256"], name="payoutresult_once",
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None, withdrawn_why=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False, withdrawn_why__gt=""),
                name="payoutresult_withdrawn_whole",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.lot} {self.at:%Y-%m-%d}"


class PayoutRowQuerySet(AllianceQuerySet):
    """Rows of answers that a member sees, and those that wait."""

    def seen_by(self, membership: Membership) -> Any:
        """All for the whole alliance; an institution those of its lots (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(result__lot__institution=here)

    def live(self) -> Any:
        """Rows of answers that nobody has withdrawn."""
        return self.filter(result__withdrawn_at=None)

    def open(self) -> Any:
        """Rows nobody has decided yet: the work queue."""
        return self.live().filter(action=None)

    def ripe(self) -> Any:
        """Decided rows that wait for the second person; a payment that ended so already waits no longer."""
        follows = Q(action="paid", payment__state="exported") | Q(
            action="returned", payment__state__in=["exported", "paid"]
        )
        return self.live().filter(follows, posted_at=None)

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related(
            "result__lot__institution", "payment__lot__institution", "payment__staff", "payment__account",
            "decided_by__user", "posted_by__user",
        )  # fmt: skip


class PayoutRow(AllianceRow):
    """One row of an answer, or a payment the answer leaves out.

    `fen` is what the bank says, `expected_fen` what we sent. Of a stranger's account only its end is kept.
    """

    class Kind(models.TextChoices):
        MATCHED = "matched", pgettext_lazy("bank row", "matches")
        AMOUNT = "amount", pgettext_lazy("bank row", "amount differs")
        UNKNOWN = "unknown", pgettext_lazy("bank row", "unknown payment")
        MISSING = "missing", pgettext_lazy("bank row", "missing in the answer")
        UNCLEAR = "unclear", pgettext_lazy("bank row", "state not understood")
        REPEAT = "repeat", pgettext_lazy("bank row", "repeats an earlier answer")
        CONTRARY = "contrary", pgettext_lazy("bank row", "contradicts an earlier answer")
        TWICE = "twice", pgettext_lazy("bank row", "named twice in the file")

    class Action(models.TextChoices):
        PAID = "paid", pgettext_lazy("bank row", "paid")
        RETURNED = "returned", pgettext_lazy("bank row", "returned")
        NOTED = "noted", pgettext_lazy("bank row", "settled with the bank, nothing to post")

    append_only = True
    fill_once: ClassVar[tuple[str, ...]] = (
        "action", "note", "decided_by_id", "decided_at", "posted_by_id", "posted_at", "journal_id",
    )  # fmt: skip

    result = models.ForeignKey(PayoutResult, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    payment = models.ForeignKey(
        "performance.PayoutPayment", verbose_name=_("payment"), on_delete=models.PROTECT, null=True,
        related_name="answers",
    )  # fmt: skip
    fen = models.BigIntegerField(_("amount of the bank (fen)"), null=True)
    expected_fen = models.BigIntegerField(_("amount sent (fen)"), null=True)
    tail = models.CharField(_("last four"), max_length=4, blank=True)
    says = models.CharField(_("state of the bank"), max_length=40, blank=True)
    reason = models.CharField(_("reason of the bank"), max_length=120, blank=True)
    action = models.CharField(_("decided"), max_length=8, choices=Action, null=True)  # noqa: DJ001
    note = models.CharField(_("note"), max_length=300, null=True)  # noqa: DJ001 (filled once)
    decided_by = link(_("decided by"), "alliance.Membership", null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    posted_by = link(_("posted by"), "alliance.Membership", null=True)
    posted_at = models.DateTimeField(_("posted"), null=True)
    journal = link(_("ledger journal"), "ledger.LedgerJournal", null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PayoutRowQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("row of an answer"), _("rows of answers")
        ordering = ["result", "number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "result", "number"], name="payoutrow_number"),
            models.UniqueConstraint(
                fields=["alliance", "result", "payment"], name="payoutrow_payment",
                condition=Q(payment__isnull=False) & ~Q(kind="twice"),
            ),
            models.CheckConstraint(
                condition=Q(action=None, decided_by=None, decided_at=None)
                | Q(action__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="payoutrow_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["matched", "repeat"]) | Q(action=None) | Q(note__gt=""),
                name="payoutrow_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(action__in=["paid", "returned"]) | Q(payment__isnull=False),
                name="payoutrow_of_a_payment",
            ),
            models.CheckConstraint(
                condition=Q(posted_at=None) | Q(action__in=["paid", "returned"]), name="payoutrow_posted"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("posted_by")), name="payoutrow_two_people"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.result} {self.number}"
