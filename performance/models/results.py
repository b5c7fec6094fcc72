"""The computed month: frozen inputs with the result, written once, and the same result as rows to ask for."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.lib.period import Month
from alliance.models import AllianceRow
from performance.engine.indicators import Indicator
from performance.engine.month import MonthResult
from performance.engine.restore import restore


class Settlement(AllianceRow):
    """One computed month: the frozen inputs (canonical JSON) and what follows from them.

    The same inputs under the same scheme are one settlement, however often the month is computed.
    """

    append_only = True

    month = models.DateField(_("month"))
    scheme = models.ForeignKey("performance.SchemeVersion", on_delete=models.PROTECT, related_name="+")
    scheme_digest = models.CharField(max_length=64)
    pool = models.ForeignKey("performance.PoolDecision", on_delete=models.PROTECT, related_name="+")
    pool_fen = models.BigIntegerField(_("pool (fen)"))
    # Sum of the lines' weights: score x base, in point-fen.
    weight = models.DecimalField(max_digits=40, decimal_places=4)
    blocked = models.BooleanField(_("blocked"), default=False)
    inputs = models.BinaryField()
    inputs_digest = models.CharField(_("digest of the inputs"), max_length=64)
    result = models.JSONField()
    result_digest = models.CharField(_("digest of the result"), max_length=64)
    code_version = models.CharField(_("code version"), max_length=80)
    computed_at = models.DateTimeField(_("computed"), auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("settlement"), _("settlements")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "month", "scheme_digest", "inputs_digest"], name="settlement_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{Month.of(self.month)} {self.inputs_digest[:8]}"

    def frozen(self) -> bytes:
        """The canonical JSON the month was computed from, byte by byte."""
        return bytes(self.inputs)

    def indicators(self) -> dict[str, Indicator]:
        """The indicators as they were defined when the month was frozen, by code."""
        found = restore(tuple[Indicator, ...], json.loads(self.frozen())["indicators"])
        return {indicator.code: indicator for indicator in found}

    def values(self) -> MonthResult:
        """The whole result as the engine's frozen value."""
        return restore(MonthResult, self.result)


class Row(AllianceRow):
    """One institution's row of a settlement; `formula` holds the tokens of the line with numbers put in."""

    append_only = True

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    formula = models.JSONField()
    reason = models.JSONField(null=True)

    class Meta(AllianceRow.Meta):
        abstract = True

    @property
    def tokens(self) -> list[dict[str, Any]]:
        """The line with numbers put in, left to right."""
        return list(self.formula["tokens"])


class IndicatorValue(Row):
    """An indicator of an institution: value rounded once, both its terms, the reason when not assessed."""

    indicator = models.CharField(_("indicator"), max_length=40)
    value = models.DecimalField(_("value"), max_digits=30, decimal_places=6, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=40, decimal_places=12, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=40, decimal_places=12, null=True)
    flags = ArrayField(models.CharField(max_length=20), default=list)

    class Meta(Row.Meta):
        verbose_name, verbose_name_plural = _("indicator value"), _("indicator values")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "settlement", "institution", "indicator"], name="indicator_value_once"
            ),
        ]


class Score(Row):
    """Points (of 100, four decimals) of an indicator of an institution, its weight and that in effect."""

    indicator = models.CharField(_("indicator"), max_length=40)
    dimension = models.CharField(_("dimension"), max_length=40)
    weight = models.DecimalField(_("weight"), max_digits=10, decimal_places=4)
    weight_in_effect = models.DecimalField(_("weight in effect"), max_digits=10, decimal_places=4, null=True)
    score = models.DecimalField(_("points"), max_digits=10, decimal_places=4, null=True)
    limited = models.CharField(max_length=8, blank=True)

    class Meta(Row.Meta):
        verbose_name, verbose_name_plural = _("points"), _("points")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "settlement", "institution", "indicator"], name="score_once"
            ),
        ]


class Line(Row):
    """An institution's score and share; money is empty while the month is blocked.

    `formula` and `reason` belong to the share, `score_formula` to the score. `weight` = score x base
    (point-fen), `quota` the exact share (fen, four decimals), `fen` what largest remainder makes of it.
    """

    column = models.CharField(max_length=40)
    status = models.CharField(_("status"), max_length=16)
    score = models.DecimalField(_("score"), max_digits=10, decimal_places=4, null=True)
    points = models.DecimalField(max_digits=10, decimal_places=4)
    possible = models.DecimalField(max_digits=10, decimal_places=4)
    missing = ArrayField(models.CharField(max_length=40), default=list)
    dimensions = models.JSONField(default=list)
    score_formula = models.JSONField()
    basis_fen = models.BigIntegerField(_("performance-pay base (fen)"))
    fen = models.BigIntegerField(_("amount (fen)"), null=True)
    weight = models.DecimalField(max_digits=40, decimal_places=4, null=True)
    quota = models.DecimalField(max_digits=40, decimal_places=4, null=True)
    remainder_rank = models.PositiveIntegerField(null=True)
    got_extra_fen = models.BooleanField(default=False)

    class Meta(Row.Meta):
        verbose_name, verbose_name_plural = _("share"), _("shares")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "settlement", "institution"], name="line_once"),
        ]
