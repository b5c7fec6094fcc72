"""What corrected data of one institution change in a month that is approved: booked into an open month."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from performance.models.declared import link
from performance.models.life import LockException
from performance.models.statements import Booked


class MonthCorrection(Booked):
    """A month settled again with one institution's data as they are under its lock exception.

    The approved result stays; the differences of the shares are booked. `inputs` is the canonical JSON the
    differences follow from: the next correction of the month starts there.
    """

    exception = link(_("lock exception"), LockException)
    inputs = models.BinaryField()
    inputs_digest = models.CharField(_("digest of the inputs"), max_length=64)

    class Meta(Booked.Meta):
        verbose_name, verbose_name_plural = _("correction of a month"), _("corrections of months")
        constraints = [*Booked.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.exception} {self.pk}"


class CorrectionLine(AllianceRow):
    """An institution's share before and after, of the month itself or (`pool`) of a pool that the same scores
    divided; the differences of a correction add up to zero, of each pool alone too.
    """

    append_only = True
    discardable = True

    correction = models.ForeignKey(MonthCorrection, on_delete=models.CASCADE, related_name="lines")
    institution = link(_("institution"), "alliance.Institution")
    pool = link(_("pool of pay"), "performance.PayPool", null=True)
    before_fen = models.BigIntegerField(_("share before (fen)"))
    after_fen = models.BigIntegerField(_("share after (fen)"))
    before_score = models.DecimalField(_("score before"), max_digits=8, decimal_places=4, null=True)
    after_score = models.DecimalField(_("score after"), max_digits=8, decimal_places=4, null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("share corrected"), _("shares corrected")
        ordering = ["institution__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "correction", "institution", "pool"], name="correction_line_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(before_fen=F("after_fen")) | ~Q(before_score=F("after_score")),
                name="correction_line_differs",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.institution} {self.correction}"

    @property
    def diff_fen(self) -> int:
        """What the institution gets more (+) or less (-)."""
        return int(self.after_fen - self.before_fen)


class CorrectionPart(AllianceRow):
    """What a correction moves below an institution: at a pot nobody divided, else at a person's line.

    The parts of an institution's divided and undivided pots add up to the difference that flows down.
    """

    append_only = True
    discardable = True

    correction = models.ForeignKey(MonthCorrection, on_delete=models.CASCADE, related_name="parts")
    pot = link(_("pot"), "performance.PayPot")
    line = link(_("person's line"), "performance.PayLine", null=True)
    staff = link(_("staff member"), "alliance.Staff", null=True)
    before_fen = models.BigIntegerField(_("so far (fen)"))
    after_fen = models.BigIntegerField(_("corrected (fen)"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("part of a correction"), _("parts of corrections")
        ordering = ["correction", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "correction", "pot", "line"], name="correction_part_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(before_fen=F("after_fen")), name="correction_part_differs"
            ),
            models.CheckConstraint(
                condition=Q(line=None, staff=None) | Q(line__isnull=False, staff__isnull=False),
                name="correction_part_whose",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.staff or self.pot} {self.correction}"

    @property
    def diff_fen(self) -> int:
        """What it gets more (+) or less (-)."""
        return int(self.after_fen - self.before_fen)
