"""What a committee decides: numbers with the day they begin to hold and who decided them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models.base import AllianceRow


class Parameter(AllianceRow):
    """One value of the register, from a day on; `level` narrows it to an institution level or kind ('' =
    all).
    """

    key = models.CharField(_("key"), max_length=60)
    value = models.JSONField(_("value"))
    level = models.CharField(_("level or kind"), max_length=16, blank=True, default="")
    from_date = models.DateField(_("in force from"))
    decided_by = models.CharField(_("decided by"), max_length=200)
    source = models.CharField(_("source"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("parameter"), _("parameters")
        ordering = ["key", "level", "from_date"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "key", "level", "from_date"], name="parameter_from"),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.from_date}"
