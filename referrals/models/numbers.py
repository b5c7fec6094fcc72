"""The numbers that referrals bear, day by day."""

from __future__ import annotations

from django.db import models

from alliance.models import AllianceRow


class ReferralNumber(AllianceRow):
    """The last referral number given on a day."""

    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "day"], name="referral_number_day")]
