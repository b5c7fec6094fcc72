"""Values of months before the first result, as each institution's own records have them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class EarlierValue(AllianceRow):
    """One indicator of one institution in a month without a result of ours: shown, compared, never scored.

    `counted`: the numerator, where the records say it; a sudden jump is told only where enough was counted.
    A month that was settled speaks for itself: its own value wins.
    """

    month = models.DateField(_("month"))
    institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    indicator = models.CharField(_("indicator"), max_length=40)
    value = models.DecimalField(_("value"), max_digits=30, decimal_places=6)
    counted = models.DecimalField(
        _("counted (numerator)"), max_digits=40, decimal_places=12, null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=100)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("earlier value"), _("earlier values")
        ordering = ["-month", "institution", "indicator"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "indicator", "month"], name="earlier_value_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="earlier_value_first_day"),
            models.CheckConstraint(condition=~Q(source=""), name="earlier_value_source"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.month:%Y-%m}"

    def clean(self) -> None:
        """The indicator is one of the dictionary."""
        from performance.dictionary import book

        if self.indicator and self.indicator not in book.entries():
            raise ValidationError({"indicator": _t("The dictionary has no indicator of this code.")})
