"""What corrections in the books owe persons and take of them, beside the lines of the month (practice.md 3).

A line never changes. What a correction gives is paid with the next lot, what it takes is deducted of the next
pay above the floor; each names the month it belongs to (performance.payout.sql_dues keeps it).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet
from performance.models.appeal_parts import AppealCorrection
from performance.models.corrections import CorrectionPart
from performance.models.declared import link


class PayDueQuerySet(AllianceQuerySet):
    """What is owed, what is to be taken."""

    def of_lines(self) -> Any:
        """What changes lines or pots: all but what is given back of a claw-back."""
        return self.exclude(kind=PayDue.Kind.EXEMPT)

    def owed(self) -> Any:
        """What persons get."""
        return self.filter(staff__isnull=False, fen__gt=0)

    def to_take(self) -> Any:
        """What is taken of persons, with what was taken so far (`done`), the eldest first."""
        rows = self.filter(staff__isnull=False, fen__lt=0).annotate(done=Sum("deductions__fen", default=0))
        return rows.order_by("pk")


class PayDue(AllianceRow):
    """A posted correction of one person's line, or of a pot that nobody divided (signed fen, never zero).

    `kind` says whether it flowed from the institution's share, comes of points of the pot itself, or gives
    back what a claw-back took of the line's pay and a decision on error tolerance exempts: no line changes.
    """

    class Kind(models.TextChoices):
        SHARE = "share", pgettext_lazy("due", "share of the institution corrected")
        POINTS = "points", pgettext_lazy("due", "points corrected")
        EXEMPT = "exempt", pgettext_lazy("due", "claw-back exempted")

    append_only = True

    month = models.DateField(_("belongs to"))
    into = models.DateField(_("posted into"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    pot = link(_("pot"), "performance.PayPot")
    line = link(_("person's line"), "performance.PayLine", null=True)
    staff = link(_("staff member"), "alliance.Staff", null=True)
    fen = models.BigIntegerField(_("amount (fen)"))
    entry = link(_("correcting entry"), AppealCorrection, null=True)
    part = link(_("part of a correction"), CorrectionPart, null=True)
    relief = link(_("correction of an exemption"), "tolerance.Relief", null=True)
    journal = link(_("ledger journal"), "ledger.LedgerJournal")

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PayDueQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("amount of a correction"), _("amounts of corrections")
        ordering = ["month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "entry"], name="paydue_entry_once", condition=Q(entry__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["alliance", "part"], name="paydue_part_once", condition=Q(part__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["alliance", "relief", "line"], name="paydue_relief_once",
                condition=Q(relief__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(entry=None, part__isnull=False, relief=None)
                | Q(entry__isnull=False, part=None, relief=None)
                | Q(entry=None, part=None, relief__isnull=False),
                name="paydue_one_origin",
            ),
            models.CheckConstraint(
                condition=Q(relief=None) & ~Q(kind="exempt")
                | Q(relief__isnull=False, kind="exempt", line__isnull=False, fen__gt=0),
                name="paydue_exempt",
            ),
            models.CheckConstraint(condition=~Q(fen=0), name="paydue_not_zero"),
            models.CheckConstraint(
                condition=Q(line=None, staff=None) | Q(line__isnull=False, staff__isnull=False),
                name="paydue_whose",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1, into__day=1, into__gte=F("month")), name="paydue_months"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "into"], name="paydue_into")]

    def __str__(self) -> str:
        return f"{self.staff or self.pot} {self.month:%Y-%m} {self.fen:+d}"

    @property
    def period(self) -> Month:
        """The month it belongs to."""
        return Month.of(self.month)
