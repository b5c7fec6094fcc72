"""Runs of the grouper over stored cases, and the group each case came to: results that count, and trials."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.models import AllianceRow
from alliance.models.base import leaf_alliance, leaf_key


class GroupingRun(AllianceRow):
    """One run over the cases discharged in some months. Live: what counts. Trial: to see, and to discard.

    A live run writes `GroupedCase` for cases that have no result under its scheme yet; a trial writes
    `TrialCase` for all of them and changes no result. `parts` jobs share the run by ranges of case ids; the
    last to end sets `ended_at`.
    """

    class Kind(models.TextChoices):
        LIVE = "live", _("live")
        TRIAL = "trial", _("trial run")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    # A live run is of a scheme in force, a trial of any version.
    scheme = models.ForeignKey("grouping.Scheme", on_delete=models.PROTECT, null=True, related_name="runs")
    version = models.ForeignKey(
        "grouping.SchemeVersion", on_delete=models.PROTECT, null=True, related_name="runs"
    )
    digest = models.CharField(_("digest of the package"), max_length=64)
    first_month = models.DateField(_("first month"))
    last_month = models.DateField(_("last month"))
    engine = models.CharField(_("version of the grouper"), max_length=20)
    by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    # The first of its jobs.
    job = models.ForeignKey("alliance.Job", on_delete=models.PROTECT, null=True, related_name="+")
    parts = models.PositiveSmallIntegerField(default=1)
    parts_done = models.PositiveSmallIntegerField(default=0)
    # Cases by outcome: {"grouped": 812, "ungroupable": 3}.
    counts = models.JSONField(_("cases by outcome"), default=dict)
    begun_at = models.DateTimeField(_("begun"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    # A trial's rows are gone from here on; that it was made stays known.
    discarded_at = models.DateTimeField(_("discarded"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("grouping run"), _("grouping runs")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="live", scheme__isnull=False) | Q(kind="trial", version__isnull=False),
                name="run_has_a_scheme",
            ),
            models.CheckConstraint(condition=Q(discarded_at=None) | Q(kind="trial"), name="run_live_is_kept"),
            models.CheckConstraint(condition=Q(last_month__gte=F("first_month")), name="run_months"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first_month:%Y-%m} – {self.last_month:%Y-%m}"


class Outcome(AllianceRow):
    """The group one revision of a case comes to under the scheme of a run."""

    class Status(models.TextChoices):
        GROUPED = "grouped", _("grouped")
        ADRG_ONLY = "adrg_only", _("ADRG only")
        AMBIGUOUS = "ambiguous", _("ambiguous")
        UNGROUPABLE = "ungroupable", _("ungrouped")

    alliance = leaf_alliance()
    case = leaf_key("grouping.Case")
    revision = models.PositiveSmallIntegerField()
    mdc = models.CharField(max_length=20, blank=True)
    adrg = models.CharField(max_length=20, blank=True)
    drg = models.CharField(max_length=20)
    status = models.CharField(_("outcome"), max_length=12, choices=Status)
    weight = models.DecimalField(_("weight"), max_digits=20, decimal_places=12, null=True)

    class Meta(AllianceRow.Meta):
        abstract = True


class GroupedCase(Outcome):
    """A result that counts. It is a pure function of its keys, so it is written once, by the first run.

    A correction or another scheme adds a result and destroys none; the current one is that of the case's
    revision and of the scheme in force on the day of discharge.

    One table, not parts by month or run: rows written into a part by its own name would pass by the trigger
    that proves their keys, the unique key would need the month in it, and nothing is deleted by the month.
    """

    append_only = True
    keys_by_statement = True

    scheme = leaf_key("grouping.Scheme")
    # None: stored before runs were kept.
    run = leaf_key("grouping.GroupingRun", null=True)

    class Meta(Outcome.Meta):
        verbose_name, verbose_name_plural = _("group of a case"), _("groups of cases")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "case", "revision", "scheme"], name="grouped_once"),
        ]


class TrialCase(Outcome):
    """A result of a trial run: apart from those that count, deleted when the trial is discarded."""

    append_only = True
    discardable = True
    keys_by_statement = True

    run = leaf_key("grouping.GroupingRun")

    class Meta(Outcome.Meta):
        verbose_name, verbose_name_plural = _("group in a trial run"), _("groups in trial runs")
        constraints = [models.UniqueConstraint(fields=["alliance", "run", "case"], name="trial_once")]
