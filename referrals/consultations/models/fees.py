"""What a consultation costs and how the fee is shared between houses (S3-51)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from referrals.consultations.models.questions import Consultation
from referrals.consultations.models.words import Kind, link, optional


class FeeRate(AllianceRow):
    """What a kind costs from a day on; a row of one answering institution goes before that of all."""

    append_only = True

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    institution = optional("alliance.Institution", _("only when answered by"))
    fen = models.BigIntegerField(_("fee (fen)"))
    from_date = models.DateField(_("holds from"))
    source = models.CharField(_("document of the fee"), max_length=200)
    entered_by = link("alliance.Membership", _("fee entered by"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("fee of a kind"), _("fees of kinds")
        ordering = ["kind", "-from_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "kind", "institution", "from_date"],
                name="fee_rate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="fee_rate_positive"),
        ]


class Fee(AllianceRow):
    """The fee of one answered consultation in two parts, each an institution's (S3-51); never rewritten.

    The asking institution collects the fee from the patient, keeps its part and owes the other.
    """

    append_only = True

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="fees")
    rate = link("consultations.FeeRate", _("fee of a kind"))
    origin_institution = link("alliance.Institution", _("asking side"))
    target_institution = link("alliance.Institution", _("answering side"))
    fen = models.BigIntegerField(_("fee (fen)"))
    asker_fen = models.BigIntegerField(_("part of the asking side (fen)"))
    answerer_fen = models.BigIntegerField(_("part of the answering side (fen)"))
    # Method, percent points and factors that made the parts, as text: the trail of the number.
    reason = models.JSONField()
    charged_at = models.DateTimeField(_("charged at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("fee of a consultation"), _("fees of consultations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "consultation"], name="fee_once"),
            models.CheckConstraint(
                condition=Q(fen=F("asker_fen") + F("answerer_fen"), asker_fen__gte=0, answerer_fen__gte=0),
                name="fee_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "charged_at"], name="fee_when")]
