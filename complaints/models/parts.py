"""What stands beside a complaint: departments, answers, additions, files, escalations. Never rewritten."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.models import AllianceRow
from complaints.models.complaint import Complaint
from complaints.models.words import Clock, Level, Verdict, link, optional


class Concerned(AllianceRow):
    """A department a complaint concerns; with several the result has the longer limit."""

    append_only = True

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="concerned")
    department = link("alliance.Department", _("department"))
    added_by = optional("alliance.Membership", _("added by"))
    added_at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("department concerned"), _("departments concerned")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "complaint", "department"], name="complaint_concerned"
            )
        ]


class Answer(AllianceRow):
    """What the house answered: the first answer once, a result in each round."""

    append_only = True

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(_("answer"), max_length=8, choices=Clock)
    round = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(_("answer"))
    verdict = models.CharField(_("finding"), max_length=8, choices=Verdict, blank=True)
    by = link("alliance.Membership", _("answered by"))
    at = models.DateTimeField(_("answered at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("answer to a complaint"), _("answers to complaints")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "complaint", "round", "kind"], name="complaint_answer"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="complaint_answer_said"),
            models.CheckConstraint(condition=Q(kind="first") | ~Q(verdict=""), name="complaint_answer_found"),
        ]


class Addition(AllianceRow):
    """What the person said later by the private link, or a member took down."""

    append_only = True

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="additions")
    text = models.TextField(_("what was added"))
    mark = models.CharField(max_length=64, editable=False)
    by = optional("alliance.Membership", _("entered by"))
    at = models.DateTimeField(_("added at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("addition"), _("additions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "mark"], name="complaint_addition")]


class ComplaintFile(AllianceRow):
    """A photo or a PDF the person sent, sealed."""

    append_only = True

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="files")
    attachment = link("alliance.Attachment", _("file"))
    at = models.DateTimeField(_("file added at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file of a complaint"), _("files of complaints")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "attachment"], name="complaint_file")]


class Escalation(AllianceRow):
    """A complaint went one level up: by the clock before or after a limit, each exactly once a round, or by
    hand with a reason.
    """

    append_only = True

    class When(models.TextChoices):
        BEFORE = "before", _("before the limit")
        AFTER = "after", _("after the limit")
        BY_HAND = "by_hand", _("by hand")

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="escalations")
    round = models.PositiveSmallIntegerField()
    clock = models.CharField(_("clock"), max_length=8, choices=Clock, blank=True)
    when = models.CharField(_("when"), max_length=8, choices=When)
    level = models.CharField(_("went to"), max_length=12, choices=Level)
    due_at = models.DateTimeField(_("limit"))
    at = models.DateTimeField(_("went up at"))
    by = optional("alliance.Membership", _("by"))
    reason = models.CharField(_("why"), max_length=300, blank=True)
    # Who held the complaint office of that level at that moment, by name.
    told = models.CharField(pgettext_lazy("escalation", "told"), max_length=500, blank=True, db_default="")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("escalation"), _("escalations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "complaint", "round", "clock", "when"], condition=~Q(when="by_hand"),
                name="complaint_escalation_once",
            ),
            models.CheckConstraint(
                condition=Q(when="by_hand", by__isnull=False, clock="")
                | (~Q(when="by_hand") & Q(by__isnull=True) & ~Q(clock="")),
                name="complaint_escalation_who",
            ),
        ]  # fmt: skip
