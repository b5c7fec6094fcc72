"""What an emergency keeps beside the form, and when the form has to be there (practice section 8)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models.fields import SealedField


class Emergency(models.Model):
    """Columns of an emergency; empty for every other referral. Both times are kept: telephone and system."""

    class Onset(models.TextChoices):
        ONSET = "onset", _("onset")
        LAST_WELL = "last_well", _("last seen well")

    suspected = models.CharField(_("suspected"), max_length=16, blank=True, editable=False)
    onset_kind = models.CharField(max_length=10, choices=Onset, blank=True, editable=False)
    onset_at = models.DateTimeField(_("onset or last seen well"), null=True, editable=False)
    # What was said of a patient who is not known by number: a name, or sex and age as they look.
    said_to_be = SealedField(_("who it may be"), null=True, blank=True)
    telephoned_at = models.DateTimeField(_("telephoned"), null=True, editable=False)
    escalated_at = models.DateTimeField(_("escalated"), null=True, editable=False)
    # Who agreed for the hospital an emergency was diverted to.
    agreed_by = models.CharField(_("agreed by"), max_length=60, blank=True, editable=False)
    form_rule = models.CharField(max_length=8, blank=True, editable=False)
    form_due_at = models.DateTimeField(_("form due"), null=True, editable=False)
    form_completed_at = models.DateTimeField(_("form completed"), null=True, editable=False)

    class Meta:
        abstract = True
