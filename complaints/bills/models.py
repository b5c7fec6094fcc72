"""Bills that patients may read (S1-67): links printed or asked for, and the guide of what is reimbursed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class BillBatch(AllianceRow):
    """Links printed at once: of a day's discharges, or of one stay; revoked together."""

    append_only = True
    fill_once = ("revoked_at", "revoked_by_id")

    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day of discharge"))
    number = models.PositiveIntegerField(_("links"))
    printed_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField(_("printed"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("batch of bill links"), _("batches of bill links")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="bill_batch_revoked_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.day}"


class BillLink(AllianceRow):
    """One way to one bill: the text itself is on paper or in an address, here is only its hash.

    Without a batch the patient asked for it by record number, day and end of the ID number.
    """

    append_only = True

    batch = models.ForeignKey(BillBatch, on_delete=models.PROTECT, null=True, related_name="links")
    case = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("bill link"), _("bill links")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "sha256"], name="bill_link_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="bill_link_expires"),
        ]


class BillQuestion(AllianceRow):
    """A line of a bill somebody questioned, as it stood then; the complaint it became has the clocks.

    The complaint names this row as what it is about. `mark`: the form, so that one sent twice counts once.
    """

    append_only = True

    link = models.ForeignKey(BillLink, on_delete=models.PROTECT, related_name="questions")
    case = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    line = models.CharField(_("line of the bill"), max_length=12)
    fen = models.BigIntegerField(_("amount of the line, fen"))
    total_fen = models.BigIntegerField(_("total charge, fen"))
    listed = models.BooleanField(_("from the settlement list"))
    asked_at = models.DateTimeField(_("asked"))
    mark = models.CharField(max_length=64, editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("question about a bill"), _("questions about bills")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "mark"], name="bill_question_once")]


class BillGuide(AllianceRow):
    """What is reimbursed, how much, and what people pay themselves, from a day on (S1-24).

    `rows`: [{"who", "deductible_fen", "percent"}], percent as text. It counts once a second person has
    confirmed it.
    """

    append_only = True
    fill_once = ("confirmed_at", "confirmed_by_id")

    from_date = models.DateField(_("in force from"))
    decided_by = models.CharField(_("decided by"), max_length=120)
    scope = models.TextField(_("what is reimbursed"), max_length=2000)
    own = models.TextField(_("what you pay yourself"), max_length=2000)
    rows = models.JSONField(_("ratios"))
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("guide to reimbursement"), _("guides to reimbursement")
        ordering = ["-from_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by=F("entered_by"))),
                name="bill_guide_two_persons",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_date}"
