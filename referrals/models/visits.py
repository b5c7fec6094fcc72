"""How many visits a primary institution had in a month: the denominator of its up-referrals (V2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class VisitCount(AllianceRow):
    """Visits of a month 诊疗人次, out-patient, emergency and in-patient together; a later statement counts.

    `revision` numbers the statements of an institution and month; none is changed.
    """

    append_only = True

    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    visits = models.PositiveIntegerField(_("visits"))
    revision = models.PositiveSmallIntegerField(default=1)
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("visits of a month"), _("visits of months")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "month", "revision"], name="visit_count_once"
            )
        ]
