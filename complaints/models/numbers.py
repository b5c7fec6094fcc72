"""The numbers that complaints bear, day by day."""

from __future__ import annotations

from django.db import models

from alliance.models import AllianceRow


class ComplaintNumber(AllianceRow):
    """The last complaint number given on a day."""

    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "day"], name="complaint_number_day")]
