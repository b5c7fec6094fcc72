"""What institutions declare about their discharges: this month's for completeness, earlier years' as
totals.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class Declared(models.Model):
    """Discharges and total charges one institution states for one month."""

    month = models.DateField(_("month"))
    discharges = models.PositiveIntegerField(_("discharges"))
    total_fen = models.BigIntegerField(_("total charges, fen"))
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} · {self.discharges}"


class Declaration(AllianceRow, Declared):
    """The declaration of a month; a later one replaces it by a higher `revision`, none is changed."""

    append_only = True

    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        "alliance.Department", on_delete=models.PROTECT, null=True, related_name="+"
    )
    unfinished = models.PositiveIntegerField(_("unfinished records"), default=0)
    revision = models.PositiveSmallIntegerField(default=1)
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("declaration"), _("declarations")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "department", "month", "revision"],
                name="declaration_once",
                nulls_distinct=False,
            ),
        ]


class DeclaredTotal(AllianceRow, Declared):
    """A month from before the system, as a dated fact with its source (cost comparison with last year)."""

    append_only = True

    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(_("source"), max_length=200)
    from_date = models.DateField(_("stated on"))
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("declared total"), _("declared totals")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "month", "from_date"], name="declared_total_once"
            ),
        ]
