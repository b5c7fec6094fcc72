"""What is added to an appeal and never changed: its evidence, the entries that correct what it is about."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.models.appeals import Appeal
from performance.models.declared import link


class AppealAddition(AllianceRow):
    """What the person who filed an appeal adds to it until it is decided: words, evidence, further lines.

    Nothing filed before is overwritten; the clock of the appeal goes on unchanged.
    """

    append_only = True

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="additions")
    number = models.PositiveSmallIntegerField(_("addition"))
    text = models.CharField(_("what is added"), max_length=2000, blank=True)
    added_by = link(_("added by"), "alliance.Membership")
    added_at = models.DateTimeField(_("added"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("addition to an appeal"), _("additions to appeals")
        ordering = ["appeal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "appeal", "number"], name="appealaddition_number")
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}+{self.number}"


class AppealFile(AllianceRow):
    """One piece of evidence of an appeal, filed with it or added later (`addition`)."""

    append_only = True

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    file = link(_("file"), "alliance.Attachment")
    addition = link(_("addition"), "performance.AppealAddition", null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("evidence of an appeal"), _("evidence of appeals")
        constraints = [models.UniqueConstraint(fields=["alliance", "appeal", "file"], name="appealfile_once")]

    def __str__(self) -> str:
        return str(self.file)


class AppealCorrection(AllianceRow):
    """One correcting entry of an upheld appeal: what an account had, has and gets (signed fen).

    The entries of a revision add up to zero; only those of the appeal's own `revision` count. `why` keeps the
    corrected numbers they follow from.
    """

    append_only = True

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="corrections")
    revision = models.PositiveSmallIntegerField(_("revision"))
    number = models.PositiveIntegerField(_("entry"))
    account = models.CharField(_("account"), max_length=80)
    institution = link(_("institution"), "alliance.Institution", null=True)
    staff = link(_("staff member"), "alliance.Staff", null=True)
    pay_line = link(_("line of pay"), "performance.PayLine", null=True)
    # Of a share: the pool it is of, where it is not the month's own.
    pool = link(_("pool of pay"), "performance.PayPool", null=True)
    # Of what flows down from a corrected share: the pot it flows to.
    pot = link(_("pot"), "performance.PayPot", null=True)
    before_fen = models.BigIntegerField(_("so far (fen)"), null=True)
    after_fen = models.BigIntegerField(_("corrected (fen)"), null=True)
    fen = models.BigIntegerField(_("difference (fen)"))
    why = models.JSONField(default=dict)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("correcting entry"), _("correcting entries")
        ordering = ["appeal", "revision", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "appeal", "revision", "number"], name="appealcorrection_number"
            ),
            models.UniqueConstraint(
                fields=["alliance", "appeal", "revision", "account", "pay_line", "pot", "pool"],
                name="appealcorrection_account", nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(fen=0), name="appealcorrection_not_zero"),
            models.CheckConstraint(
                condition=Q(before_fen=None, after_fen=None) | Q(after_fen=F("before_fen") + F("fen")),
                name="appealcorrection_adds_up",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account} {self.fen:+d}"


class AppealCase(AllianceRow):
    """What an upheld appeal says to be right of a case: a decision beside it, the record stays as delivered.

    `content`: columns of its front page that should say something else; `drg`: the group it belongs to where
    its codes do not come to it; `before` and `after`: groups; `facts`: those of its month as corrected, each
    [institution, fact, value]. Only those of the appeal's own `revision` count.
    """

    append_only = True

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="cases")
    revision = models.PositiveSmallIntegerField(_("revision"))
    line = link(_("line"), "performance.AppealLine")
    case = link(_("case"), "grouping.Case")
    # What the case said when it was decided about: a later delivery that corrects it speaks for itself.
    case_revision = models.PositiveSmallIntegerField(_("revision of the case"))
    counts = models.BooleanField(_("counts in its month"), default=True)
    content = models.JSONField(_("front page as corrected"), default=dict)
    drg = models.CharField(_("group decided"), max_length=20, blank=True)
    before = models.CharField(_("group so far"), max_length=20, blank=True)
    after = models.CharField(_("group as corrected"), max_length=20, blank=True)
    facts = models.JSONField(_("corrected facts"), default=list)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("correction of a case"), _("corrections of cases")
        ordering = ["appeal", "revision", "line"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "appeal", "revision", "line"], name="appealcase_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case} {self.appeal}"
