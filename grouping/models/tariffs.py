"""Tariffs 费率与系数: sheets on the way to a decision, and the dated rows that were released."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from alliance.models import AllianceRow
from alliance.models.state import StateField


class TariffKind(models.TextChoices):
    """What a row of a tariff says."""

    RATE = "rate", _("rate for a unit of weight")
    COEFFICIENT = "coefficient", _("institution coefficient")
    ADJUSTMENT = "adjustment", _("adjustment coefficient")
    POINT = "point", _("DIP point value")
    QUALITY = "quality", _("quality coefficient")


# Kinds whose values are money: whole fen, by insurance and level.
MONEY = (TariffKind.RATE, TariffKind.POINT)
# Kinds whose values are factors by institution or level.
PLACED = (TariffKind.COEFFICIENT, TariffKind.QUALITY)


class TariffSheet(AllianceRow):
    """Rows somebody wants to hold from a day: edited while a draft, released by a second person."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RELEASED = "released", _("released")
        DISCARDED = "discarded", _("discarded")

    kind = models.CharField(_("kind"), max_length=12, choices=TariffKind)
    from_date = models.DateField(_("in force from"))
    decided_by = models.CharField(_("decided by"), max_length=200)
    source = models.CharField(_("document number"), max_length=200, blank=True)
    # [{"key", "value", "terms"}]: what becomes rows; see services.tariff.
    rows = models.JSONField(default=list)
    state = StateField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("sheet of a tariff"), _("sheets of tariffs")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_date}"

    @transition(field=state, source=State.DRAFT, target=State.RELEASED)
    def release(self) -> None:
        """A second person agreed; its rows hold from their day."""

    @transition(field=state, source=State.DRAFT, target=State.DISCARDED)
    def discard(self) -> None:
        """Put aside."""


class Tariff(AllianceRow):
    """One released row, written once: a later row of the same key holds from its own day.

    key: of a rate or point value "insurance/level", of a coefficient "code" or "*level", of an adjustment its
    code. value: fen of a rate or point (whole), else a factor. terms: the conditions of an adjustment.
    """

    append_only = True

    kind = models.CharField(_("kind"), max_length=12, choices=TariffKind)
    key = models.CharField(_("key of the row"), max_length=60)
    from_date = models.DateField(_("in force from"))
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=6)
    institution = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, null=True, related_name="+"
    )
    terms = models.JSONField(default=dict)
    sheet = models.ForeignKey(TariffSheet, on_delete=models.PROTECT, related_name="released_rows")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("row of a tariff"), _("rows of tariffs")
        ordering = ["kind", "key", "from_date"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "kind", "key", "from_date"], name="tariff_from"),
            models.CheckConstraint(condition=Q(value__gt=0), name="tariff_positive"),
            models.CheckConstraint(
                condition=~Q(kind__in=["rate", "point"]) | Q(value=Floor(F("value"))),
                name="tariff_rate_whole_fen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key} {self.from_date}"


class WeightProposal(AllianceRow):
    """Weights computed from stored cases for a version: what they were computed by, what came out."""

    class Method(models.TextChoices):
        PLAIN = "plain", _("mean cost")
        STRUCTURE = "structure", _("mean cost by five classes")

    version = models.ForeignKey("grouping.SchemeVersion", on_delete=models.PROTECT, related_name="proposals")
    method = models.CharField(_("method"), max_length=12, choices=Method)
    first_month = models.DateField(_("first month"))
    last_month = models.DateField(_("last month"))
    # The limits in force when it was computed, as text.
    terms = models.JSONField(default=dict)
    # {"used", "left_out", "mean_fen", "empty", "groups": {drg: a Proposal as JSON}}; null until the job ends.
    result = models.JSONField(null=True)
    job = models.ForeignKey("alliance.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    made_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("weight proposal"), _("weight proposals")
        ordering = ["-pk"]
