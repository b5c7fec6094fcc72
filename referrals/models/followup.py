"""The community's follow-ups of a referred patient: three task items each (S0-06)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow

TASKS = ("rehabilitation", "medication", "complications")


class FollowUp(AllianceRow):
    """One visit after a referral: who saw the patient when, and what became of each task. Written once."""

    append_only = True

    class Way(models.TextChoices):
        HOME = "home", _("home visit")
        CLINIC = "clinic", _("at the clinic")
        PHONE = "phone", _("by telephone")
        VIDEO = "video", _("by video")

    class Task(models.TextChoices):
        DONE = "done", _("done")
        NOT_NEEDED = "not_needed", _("not needed")
        PROBLEM = "problem", _("problem found")

    class Condition(models.TextChoices):
        STABLE = "stable", _("stable")
        BETTER = "better", _("better")
        WORSE = "worse", _("worse")

    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="follow_ups")
    recorded_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    seen_at = models.DateTimeField(_("seen on"))
    seen_by = models.CharField(_("seen by"), max_length=60)
    way = models.CharField(_("way of the follow-up"), max_length=8, choices=Way)
    rehabilitation = models.CharField(_("rehabilitation training"), max_length=12, choices=Task)
    medication = models.CharField(_("adjustment of medication"), max_length=12, choices=Task)
    complications = models.CharField(_("prevention of complications"), max_length=12, choices=Task)
    condition = models.CharField(_("condition of the patient"), max_length=8, choices=Condition)
    note = models.CharField(_("what was found"), max_length=500, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("follow-up"), _("follow-ups")
        ordering = ["seen_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(rehabilitation="problem") & ~Q(medication="problem")
                & ~Q(complications="problem") & ~Q(condition="worse") | ~Q(note=""),
                name="followup_problem_noted",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "referral", "seen_at"], name="followup_of")]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.seen_at:%Y-%m-%d}"
