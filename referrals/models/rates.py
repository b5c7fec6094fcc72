"""What people decide about the month's referrals: why a rate is outside its band, what a stay really was."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class RateExplanation(AllianceRow):
    """Why the alliance's referral rate of a month lies outside its band, and its counts then (S3-58)."""

    append_only = True

    month = models.DateField(_("month"))
    variant = models.CharField(max_length=12)
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    text = models.TextField(_("explanation"))
    written_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("explanation of a rate"), _("explanations of rates")
        ordering = ["pk"]
        indexes = [models.Index(fields=["alliance", "month"], name="rate_explained")]


class CapturedDown(AllianceRow):
    """What was decided of a stay that looks like a down-referral without a logged one (S3-33)."""

    append_only = True

    class Verdict(models.TextChoices):
        REFERRAL = "referral", _("a down-referral that was not logged")
        NONE = "none", _("no referral")

    month = models.DateField(_("month"))
    # The id of the case: evidence, not a link, because a corrected file replaces cases.
    case = models.BigIntegerField()
    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("alliance.Person", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    note = models.CharField(_("why"), max_length=300, blank=True)
    decided_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("captured down-referral"), _("captured down-referrals")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "case"], name="captured_once")]
