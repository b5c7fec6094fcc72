"""What consultations are called: kinds, urgency; links to the ground."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def link(to: str, label: Any, **more: Any) -> Any:
    """A link that stays as long as the row."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **more)


def optional(to: str, label: Any, **more: Any) -> Any:
    """A link that may be absent."""
    return link(to, label, null=True, blank=True, **more)


class Kind(models.TextChoices):
    """What is asked for."""

    CONSULTATION = "consultation", _("remote consultation")
    IMAGING = "imaging", _("remote imaging")
    ECG = "ecg", _("remote ECG")
    ULTRASOUND = "ultrasound", _("remote ultrasound")
    PATHOLOGY = "pathology", _("remote pathology")
    LABORATORY = "laboratory", _("test of the shared laboratory")


# Readings carry a fee whose share goes to the primary institution (S3-51); a consultation is a doctor's word.
READINGS = (Kind.IMAGING, Kind.ECG, Kind.ULTRASOUND, Kind.PATHOLOGY)
# Answered by a shared centre; a consultation by any department.
BY_CENTRES = (*READINGS, Kind.LABORATORY)


class Urgency(models.TextChoices):
    """How fast an answer is needed; the words are those of a referral."""

    ORDINARY = "ordinary", _("ordinary")
    URGENT = "urgent", _("urgent")
    CRITICAL = "critical", _("critical")
