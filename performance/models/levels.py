"""Scores of an alliance, of departments, teams and persons: one run a month and level, its rows narrow.

Ten thousand persons with 130 indicators are more than a million rows a month: a row holds numbers, the
sentences are written when somebody asks (`performance.engine.levels`).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from alliance.lib.period import Month
from alliance.models import AllianceRow
from alliance.models.base import leaf_alliance, leaf_key
from alliance.models.state import StateField


class Level(models.TextChoices):
    """What a scheme scores; institutions are scored with their money, in the month itself."""

    ALLIANCE = "alliance", _("alliance")
    INSTITUTION = "institution", _("institution")
    DEPARTMENT = "department", _("department")
    TEAM = "team", _("family-doctor team")
    PERSON = "person", pgettext_lazy("level of a score", "person")


class LevelRun(AllianceRow):
    """One computation of a month at one level; the latest computed one counts, one at a time may run."""

    class State(models.TextChoices):
        RUNNING = "running", _("being computed")
        COMPUTED = "computed", _("computed")
        FAILED = "failed", _("could not be computed")

    month = models.DateField(_("month"))
    level = models.CharField(_("level"), max_length=12, choices=Level)
    number = models.PositiveIntegerField(_("run"))
    state = StateField(_("state"), max_length=12, choices=State.choices, default=State.RUNNING)
    scheme = models.ForeignKey("performance.SchemeVersion", on_delete=models.PROTECT, related_name="+")
    scheme_digest = models.CharField(max_length=64)
    job = models.ForeignKey("alliance.Job", on_delete=models.PROTECT, null=True, related_name="+")
    # Why it was refused: the sentence's template and what fills it, for any language.
    refusal = models.JSONField(null=True)
    started_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    computed_at = models.DateTimeField(_("computed"), null=True)
    subjects = models.PositiveIntegerField(_("scored"), default=0)
    result_digest = models.CharField(_("digest of the result"), max_length=64, blank=True)
    code_version = models.CharField(_("code version"), max_length=80, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("run of a level"), _("runs of levels")
        ordering = ["-month", "level", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "level", "number"], name="level_run_number"),
            models.UniqueConstraint(
                fields=["alliance", "month", "level"], condition=Q(state="running"), name="level_run_one_live"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="level_run_first_day"),
            models.CheckConstraint(condition=~Q(level="institution"), name="level_run_no_institution"),
            models.CheckConstraint(
                condition=~Q(state="computed") | (~Q(result_digest="") & Q(computed_at__isnull=False)),
                name="level_run_has_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{Month.of(self.month)} {self.level} #{self.number}"

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)

    @transition(field=state, source=State.RUNNING, target=State.COMPUTED)
    def compute(self) -> None:
        """The result stands."""

    @transition(field=state, source=State.RUNNING, target=State.FAILED)
    def fail(self) -> None:
        """It cannot be computed as things stand; `refusal` says why."""


class LevelSubject(AllianceRow):
    """One department, team, person (or the alliance) of a run with its score of 100, four decimals.

    `role` and `kind` are those it was scored by; `dimensions` holds [code, points, possible points].
    """

    append_only = True

    run = models.ForeignKey(LevelRun, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, null=True,
        related_name="+",
    )  # fmt: skip
    department = models.ForeignKey(
        "alliance.Department", verbose_name=_("department"), on_delete=models.PROTECT, null=True,
        related_name="+",
    )  # fmt: skip
    staff = models.ForeignKey(
        "alliance.Staff", verbose_name=_("staff member"), on_delete=models.PROTECT, null=True,
        related_name="+",
    )  # fmt: skip
    team = models.ForeignKey(
        "alliance.Team", verbose_name=_("team"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    code = models.CharField(_("code"), max_length=60)
    role = models.CharField(max_length=16)
    kind = models.CharField(max_length=16)
    column = models.CharField(max_length=40)
    status = models.CharField(_("status"), max_length=16)
    score = models.DecimalField(_("score"), max_digits=10, decimal_places=4, null=True)
    points = models.DecimalField(max_digits=10, decimal_places=4)
    possible = models.DecimalField(max_digits=10, decimal_places=4)
    missing = ArrayField(models.CharField(max_length=40), default=list)
    dimensions = models.JSONField(default=list)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("score of a level"), _("scores of a level")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "run", "code"], name="level_subject_once"),
            models.CheckConstraint(
                condition=Q(status__in=["assessed", "reweighted"], score__isnull=False)
                | (~Q(status__in=["assessed", "reweighted"]) & Q(score=None)),
                name="level_subject_score",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class LevelScore(AllianceRow):
    """One indicator of a subject: value and both terms, points of 100; empty means not assessed, not zero."""

    append_only = True
    keys_by_statement = True

    alliance = leaf_alliance()
    subject = leaf_key("performance.LevelSubject")
    indicator = models.CharField(_("indicator"), max_length=40)
    value = models.DecimalField(_("value"), max_digits=30, decimal_places=6, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=40, decimal_places=12, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=40, decimal_places=12, null=True)
    score = models.DecimalField(_("points"), max_digits=10, decimal_places=4, null=True)
    reason = models.CharField(max_length=20, blank=True)

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["alliance", "subject", "indicator"], name="level_score_once"),
        ]


class LevelFact(AllianceRow):
    """A number a score was computed from, frozen: kind and count of the records, their ids where listed.

    `ids` empty (NULL): the records are found by month and subject, as those of cases are.
    """

    append_only = True
    keys_by_statement = True

    alliance = leaf_alliance()
    subject = leaf_key("performance.LevelSubject")
    month = models.DateField(_("month"))
    key = models.CharField(max_length=40)
    value = models.DecimalField(_("value"), max_digits=40, decimal_places=12)
    kind = models.CharField(max_length=20)
    count = models.PositiveIntegerField()
    ids = ArrayField(models.BigIntegerField(), null=True)

    class Meta(AllianceRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["alliance", "subject", "month", "key"], name="level_fact_once"),
        ]
