"""What belongs to a clue: its frozen records, what the institution says, the pattern that rests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.models.clues import Clue, Detector
from performance.models.declared import link


class ClueRecord(AllianceRow):
    """One record of the evidence as it was: what it is, its id, what is striking; once in a pattern."""

    append_only = True

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="records")
    detector = models.CharField(max_length=12)
    subject = models.CharField(max_length=120)
    kind = models.CharField(_("kind"), max_length=12)
    object_id = models.BigIntegerField()
    told = models.JSONField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("evidence of a clue"), _("evidence of clues")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "detector", "subject", "kind", "object_id"], name="clue_record_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class ClueAnswer(AllianceRow):
    """What an institution says about a clue (陈述申辩); added, never changed."""

    append_only = True

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="said")
    institution = link(_("institution"), "alliance.Institution")
    text = models.CharField(_("explanation"), max_length=2000)
    said_by = link(_("explained by"), "alliance.Membership")
    said_at = models.DateTimeField(_("explained at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("explanation"), _("explanations")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="clue_answer_said")]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.institution_id}"


class ClueFile(AllianceRow):
    """A file an explanation rests on."""

    append_only = True

    answer = models.ForeignKey(ClueAnswer, on_delete=models.PROTECT, related_name="files")
    file = link(_("file"), "alliance.Attachment")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file of an explanation"), _("files of explanations")
        constraints = [models.UniqueConstraint(fields=["alliance", "answer", "file"], name="clue_file_once")]

    def __str__(self) -> str:
        return str(self.file_id)


class ClueException(AllianceRow):
    """A pattern that opens no clue until a day, as its reason is known; revoked by anybody who decides."""

    append_only = True
    fill_once = ("revoked_by_id", "revoked_at", "revoked_why")

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="exceptions")
    detector = models.CharField(_("pattern"), max_length=12, choices=Detector)
    subject = models.CharField(max_length=120)
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=1000)
    made_by = link(_("made by"), "alliance.Membership")
    made_at = models.DateTimeField(_("made at"))
    revoked_by = link(_("revoked by"), "alliance.Membership", null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_why = models.CharField(_("why revoked"), max_length=300, null=True)  # noqa: DJ001 (filled once)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("exception"), _("exceptions")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="clue_exception_why"),
            models.CheckConstraint(
                condition=Q(revoked_by=None, revoked_at=None, revoked_why=None)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False, revoked_why__gt=""),
                name="clue_exception_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.until}"
