"""What money is shared and by which bases: dated decisions, written once; a later revision counts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


class Basis(AllianceRow):
    """The performance-pay base of an institution in fen, from a month on, with its source."""

    append_only = True

    institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    from_date = models.DateField(_("from month"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    fen = models.BigIntegerField(_("performance-pay base (fen)"))
    source = models.CharField(_("source"), max_length=200)
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"), auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("performance-pay base"), _("performance-pay bases")
        ordering = ["institution", "-from_date", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "from_date", "revision"], name="basis_once"
            ),
            models.CheckConstraint(condition=Q(from_date__day=1), name="basis_first_day"),
            models.CheckConstraint(condition=Q(fen__gte=0), name="basis_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.from_date:%Y-%m}"


class PoolDecision(AllianceRow):
    """The money shared in a month, entered by one person and confirmed by another (practice.md section 6)."""

    append_only = True
    fill_once = ("confirmed_by_id", "confirmed_at")

    class Source(models.TextChoices):
        """Lawful source types; neither the insurance fund nor earmarked public-health money is one."""

        PAY_TOTAL = "pay_total", _("within the approved pay total")
        RETAINED = "retained", _("retained surplus, with the approving document")
        FISCAL = "fiscal", _("fiscal grant for performance")
        BETWEEN = "between", _("settlement between institutions")

    month = models.DateField(_("month"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    fen = models.BigIntegerField(_("amount (fen)"))
    source_kind = models.CharField(_("kind of source"), max_length=12, choices=Source)
    source = models.CharField(_("source"), max_length=200)
    document = models.CharField(_("decision number"), max_length=80, blank=True)
    entered_by = models.ForeignKey(
        "alliance.Membership", verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "alliance.Membership",
        verbose_name=_("confirmed by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("pool decision"), _("pool decisions")
        ordering = ["-month", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "revision"], name="pool_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="pool_first_day"),
            models.CheckConstraint(condition=~Q(fen=0), name="pool_not_zero"),
            models.CheckConstraint(condition=~Q(entered_by=F("confirmed_by")), name="pool_two_people"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="pool_confirmed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(source_kind="retained") | ~Q(document=""), name="pool_retained_document"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.month:%Y-%m}"
