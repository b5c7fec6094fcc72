"""The roll-up of a month: sums by institution, department, doctor, group; what they are compared with."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow


def _count() -> models.PositiveIntegerField:
    return models.PositiveIntegerField(default=0)


def _fen() -> models.BigIntegerField:
    return models.BigIntegerField(default=0)


class MonthSum(AllianceRow):
    """Sums over the front pages of one month, institution, department, doctor and DRG ("" in no group).

    Written by the refresh of the month only. Columns as grouping.engine.sums.Sums: money in fen, weight
    exact, stay in days; the month is a column of its own (never derived from a time with a zone).
    """

    month = models.DateField(_("month of discharge"))
    institution = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    department_code = models.CharField(_("department"), max_length=20)
    doctor = models.CharField(_("doctor"), max_length=60, blank=True)
    drg = models.CharField(max_length=20, blank=True)
    submitted = _count()
    grouped = _count()
    ungrouped = _count()
    ambiguous = _count()
    adrg_only = _count()
    pending = _count()
    out_of_scope = _count()
    out_of_scope_grouped = _count()
    weighted_cases = _count()
    weight_sum = models.DecimalField(max_digits=30, decimal_places=12, default=0)
    stay_days = models.BigIntegerField(default=0)
    cost_fen = _fen()
    own_pay_fen = _fen()
    own_pay_cost_fen = _fen()
    deaths = _count()
    day_surgery_24h = _count()
    day_surgery_48h = _count()
    day_surgery_24h_any_procedure = _count()
    table_times = _count()
    level3_times = _count()
    level4_times = _count()
    minimal_times = _count()
    elective_times = _count()
    day_times = _count()
    service_fen = _fen()
    exam_fen = _fen()
    treatment_fen = _fen()
    rehabilitation_fen = _fen()
    tcm_fen = _fen()
    western_drugs_fen = _fen()
    patent_drugs_fen = _fen()
    herbal_drugs_fen = _fen()
    blood_fen = _fen()
    consumables_fen = _fen()
    other_fen = _fen()

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "month", "institution", "department_code", "doctor", "drg"],
                name="month_sum_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_sum_first_day"),
        ]


class RolledMonth(AllianceRow):
    """When the sums of a month were made, and by which rules; other rules, or a mark, make them stale."""

    month = models.DateField(_("month of discharge"))
    rules = models.JSONField(default=dict)
    refreshed_at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "month"], name="rolled_month_once")]


class StaleMark(AllianceRow):
    """Something of a month changed: written by the database itself, taken away by the refresh that saw it.

    Marks are rows, not a counter, so that deliveries of one month never wait for each other.
    """

    month = models.DateField(_("month of discharge"))

    class Meta(AllianceRow.Meta):
        indexes = [models.Index(fields=["alliance", "month"], name="stale_mark_month")]


class Benchmark(AllianceRow):
    """A published list of groups (region, province, nation) with what they cost there; written once.

    The newest list that has begun holds; where it names a risk grade, that wins over one's own computation.
    """

    append_only = True

    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(_("source"), max_length=200)
    from_date = models.DateField(_("holds from"))
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("benchmark"), _("benchmarks")
        ordering = ["-from_date", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "name", "from_date"], name="benchmark_once")
        ]

    def __str__(self) -> str:
        return self.name


class BenchmarkGroup(AllianceRow):
    """One DRG of a list: mean cost (fen) and stay (days) there, risk grade 0 to 4; empty where not stated."""

    append_only = True

    benchmark = models.ForeignKey(Benchmark, on_delete=models.PROTECT, related_name="groups")
    drg = models.CharField(max_length=20)
    mean_cost_fen = models.BigIntegerField(null=True)
    mean_stay = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    risk = models.PositiveSmallIntegerField(null=True)

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["alliance", "benchmark", "drg"], name="benchmark_group_once"),
            models.CheckConstraint(
                condition=(Q(mean_cost_fen=None) | Q(mean_cost_fen__gt=0))
                & (Q(mean_stay=None) | Q(mean_stay__gt=0))
                & (Q(risk=None) | Q(risk__lte=4)),
                name="benchmark_group_sound",
            ),
        ]


class OperationCatalogue(AllianceRow):
    """The codes of the minimally invasive operations (微创手术目录) from a day on; written once."""

    append_only = True

    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(_("source"), max_length=200)
    from_date = models.DateField(_("holds from"))
    codes = ArrayField(models.CharField(max_length=40))
    entered_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("operation catalogue"), _("operation catalogues")
        ordering = ["-from_date", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "from_date"], name="operation_catalogue_from")
        ]

    def __str__(self) -> str:
        return self.name


class ReferralLink(AllianceRow):
    """A referral in an accepted state and the stays it joins, as the floor above states them.

    `number` is the referral's own; a later statement replaces the earlier one.
    """

    number = models.CharField(_("number"), max_length=40)
    direction = models.CharField(_("direction"), max_length=8)
    origin = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey("alliance.Institution", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, null=True, related_name="+")
    admission = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "number"], name="referral_link_once")]
        indexes = [
            models.Index(fields=["alliance", "admission"], name="referral_link_admission"),
            models.Index(fields=["alliance", "source"], name="referral_link_source"),
        ]
