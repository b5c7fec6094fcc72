"""What stands beside an answer: files of either side, and whether it was right (S2-30)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from referrals.consultations.models.questions import Consultation
from referrals.consultations.models.words import link


class ConsultationFile(AllianceRow):
    """A file one side added: an image, a report, a tracing. Never removed."""

    append_only = True

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="files")
    attachment = link("alliance.Attachment", _("file"))
    added_by = link("alliance.Membership", _("file added by"))
    added_at = models.DateTimeField(_("file added at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file of a consultation"), _("files of consultations")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "attachment"], name="consultation_file")]


class Concordance(AllianceRow):
    """How far the asking side's own impression and a better word agree (S2-30); never rewritten.

    `basis` answer: the asker compares with the answer. `basis` gold: operation, pathology or another final
    proof known later, compared with the answer; where it is there it counts.
    """

    append_only = True

    class Basis(models.TextChoices):
        ANSWER = "answer", _("own impression against the answer")
        GOLD = "gold", _("answer against the final proof")

    class Verdict(models.TextChoices):
        AGREES = "agrees", _("agrees")
        PARTLY = "partly", _("agrees in part")
        DIFFERS = "differs", _("does not agree")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="concordances")
    basis = models.CharField(_("comparison of"), max_length=8, choices=Basis)
    verdict = models.CharField(_("concordance"), max_length=8, choices=Verdict)
    text = models.CharField(_("what differs, or the final proof"), max_length=300, blank=True)
    recorded_by = link("alliance.Membership", _("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("concordance"), _("concordance")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "consultation", "basis"], name="concordance_once"),
            models.CheckConstraint(condition=~Q(basis="gold", text=""), name="concordance_proof"),
        ]
