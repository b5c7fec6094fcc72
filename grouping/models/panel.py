"""The panel of a dispute 专家评议: who is asked, who stands back, and what each says (S4-21, S4-22)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class DisputeExpert(AllianceRow):
    """An expert asked about a dispute; one who stands back says why and gives no opinion."""

    append_only = True
    fill_once = ("recused_at", "recused_why")

    class Kind(models.TextChoices):
        CLINICAL = "clinical", _("clinical medicine")
        INSURANCE = "insurance", _("medical insurance")
        STATISTICS = "statistics", _("statistics")

    dispute = models.ForeignKey("grouping.Dispute", on_delete=models.PROTECT, related_name="experts")
    member = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("field"), max_length=12, choices=Kind)
    asked_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    recused_at = models.DateTimeField(_("stood back"), null=True)
    recused_why = models.CharField(_("why"), max_length=300, null=True)  # noqa: DJ001 filled once

    class Meta(AllianceRow.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "dispute", "member"], name="dispute_expert_once"),
            models.CheckConstraint(
                condition=Q(recused_at=None, recused_why=None)
                | (Q(recused_at__isnull=False, recused_why__isnull=False) & ~Q(recused_why="")),
                name="dispute_expert_says_why",
            ),
        ]


class DisputeOpinion(AllianceRow):
    """What an expert says, in own words, dated; written once."""

    append_only = True

    class Verdict(models.TextChoices):
        CHANGE = "change", _("the scheme should change")
        KEEP = "keep", _("the scheme is right")
        MORE = "more", _("cannot be said yet")

    dispute = models.ForeignKey("grouping.Dispute", on_delete=models.PROTECT, related_name="opinions")
    expert = models.ForeignKey(DisputeExpert, on_delete=models.PROTECT, related_name="opinions")
    verdict = models.CharField(_("opinion"), max_length=8, choices=Verdict)
    text = models.TextField(_("why"), max_length=2000)
    given_at = models.DateTimeField(_("given"))

    class Meta(AllianceRow.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "expert"], name="dispute_opinion_once"),
            models.CheckConstraint(condition=~Q(text=""), name="dispute_opinion_says_why"),
        ]
