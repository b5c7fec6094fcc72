"""Days asked for: no two proposals that wait may want the same thing from the same day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class ReleaseClaim(AllianceRow):
    """While a proposal waits, what it would let hold from its day is asked for once. Gone with the decision.

    kind: "scheme", the kind of a tariff ("rate", "coefficient"), "adjustment:" and its code.
    """

    kind = models.CharField(max_length=60)
    from_date = models.DateField(_("in force from"))
    approval = models.ForeignKey("approvals.Approval", on_delete=models.PROTECT, related_name="+")

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["alliance", "kind", "from_date"], name="release_claimed_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_date}"
