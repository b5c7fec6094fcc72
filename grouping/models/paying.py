"""How encounters are paid: the alliance's own dated tables of rules (S4-25)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class PaymentRules(AllianceRow):
    """A table of rules from a day on; it holds once two people have agreed (`released_at`)."""

    append_only = True
    fill_once = ("released_at",)

    from_date = models.DateField(_("in force from"))
    rules = models.JSONField(_("rules"))
    source = models.CharField(_("source"), max_length=200)
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(_("released"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("payment rules"), _("payment rules")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "from_date"],
                condition=Q(released_at__isnull=False),
                name="payment_rules_from",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('payment rules')} {self.from_date}"
