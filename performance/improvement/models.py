"""Improvement items (PDCA, S1-73): a baseline that was computed, cause, actions, the same figure again.

Nothing is typed: baseline and later figures are values of computed months, or counted from the complaints of
a month, of the same indicator by the same definition. An item is closed by a later figure and never without
one (performance.improvement.sql).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Institution, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.engine.indicators import Indicator
from performance.engine.restore import restore

VIEW, RUN = "improvement.view", "improvement.run"


def link(label: Any, to: str, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class ItemQuerySet(AllianceQuerySet):
    """Which items a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The member's own institution's, or all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here)

    def named(self) -> Any:
        """With what a list or a page names."""
        return self.select_related("institution", "department", "opened_by__user", "closing")

    def open_on(self, institution: Institution, indicator: str, month: Month) -> Any:
        """Open items whose baseline is this figure of this month: one at most (sql.ONE_OPEN)."""
        begun = Measure.objects.filter(item=models.OuterRef("pk"), baseline=True, month=month.first_day)
        return self.filter(
            models.Exists(begun), institution=institution, indicator=indicator, state__in=Item.OPEN
        )


class Item(AllianceRow, Stepped):
    """One thing to get better at. `definition`: the indicator as at the baseline, `wanted` its goal."""

    class Source(models.TextChoices):
        PORTRAIT = "portrait", pgettext_lazy("improvement", "figures of the institution")
        RESOLUTION = "resolution", pgettext_lazy("improvement", "resolution of a meeting")
        COMPLAINT = "complaint", pgettext_lazy("improvement", "complaint")
        CAUSE = "cause", pgettext_lazy("improvement", "cause of complaints")
        REVIEW = "review", pgettext_lazy("improvement", "case review")
        CLUE = "clue", pgettext_lazy("improvement", "clue")
        OTHER = "other", pgettext_lazy("improvement", "other")

    class State(models.TextChoices):
        PLAN = "plan", pgettext_lazy("improvement", "plan: cause and actions")
        DO = "do", pgettext_lazy("improvement", "do: actions under way")
        CHECK = "check", pgettext_lazy("improvement", "check: measured again")
        CLOSED = "closed", pgettext_lazy("improvement", "act: closed by its figure")
        WITHDRAWN = "withdrawn", pgettext_lazy("improvement", "withdrawn before it began")

    OPEN = (State.PLAN, State.DO, State.CHECK)

    title = models.CharField(pgettext_lazy("improvement", "title"), max_length=160)
    institution = link(_("institution"), "alliance.Institution")
    department = link(_("department"), "alliance.Department", null=True)
    source = models.CharField(pgettext_lazy("improvement", "follows from"), max_length=12, choices=Source)
    source_id = models.BigIntegerField(null=True)
    source_text = models.CharField(pgettext_lazy("improvement", "what showed it"), max_length=300, blank=True)
    indicator = models.CharField(_("indicator"), max_length=40)
    definition = models.JSONField()
    definition_digest = models.CharField(max_length=64)
    wanted = models.DecimalField(pgettext_lazy("improvement", "goal"), max_digits=30, decimal_places=6)
    cause = models.CharField(pgettext_lazy("improvement", "cause"), max_length=2000, blank=True)
    conclusion = models.CharField(pgettext_lazy("improvement", "conclusion"), max_length=2000, blank=True)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.PLAN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_by = link(pgettext_lazy("improvement", "opened by"), "alliance.Membership")
    opened_at = models.DateTimeField(pgettext_lazy("improvement", "opened"))
    closing = link(pgettext_lazy("improvement", "figure it was closed by"), "improvement.Measure", null=True)
    reached = models.BooleanField(pgettext_lazy("improvement", "goal reached"), null=True)
    closed_by = link(pgettext_lazy("improvement", "closed by"), "alliance.Membership", null=True)
    closed_at = models.DateTimeField(pgettext_lazy("improvement", "closed"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ItemQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("improvement item"), _("improvement items")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="improvement_titled"),
            models.CheckConstraint(
                condition=Q(state__in=["plan", "withdrawn"]) | ~Q(cause=""), name="improvement_caused"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="closed", closing__isnull=False, reached__isnull=False, closed_by__isnull=False,
                    closed_at__isnull=False,
                )
                & ~Q(conclusion="")
                | ~Q(state="closed") & Q(closing=None, reached=None, closed_by=None, closed_at=None),
                name="improvement_closed_by_a_figure",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "institution", "state"], name="improvement_place")]

    def __str__(self) -> str:
        return self.title

    def defined(self) -> Indicator:
        """The indicator as it was defined at the baseline."""
        return restore(Indicator, self.definition)

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Own: who runs items of the institution, or of all."""
        return frozenset({"own"} if membership.sees(self.institution_id) else ())

    @transition(state, State.PLAN, State.DO, custom=step(
        1, "own", RUN, _("Begin the actions"), "play"))  # fmt: skip
    def begin(self) -> None:
        """Cause and actions stand."""

    @transition(state, [State.DO, State.CHECK], State.CHECK, custom=step(
        2, "own", RUN, _("Measure again"), "refresh"))  # fmt: skip
    def measure(self) -> None:
        """The same figure of a later month."""

    @transition(state, State.CHECK, State.DO, custom=step(
        3, "own", RUN, _("Go on: another round"), "undo"))  # fmt: skip
    def go_on(self) -> None:
        """Not enough yet: another round."""

    @transition(state, State.CHECK, State.CLOSED, custom=step(
        4, "own", RUN, _("Close by this figure"), "check", "closed_at"))  # fmt: skip
    def close(self) -> None:
        """Reached or not, as the figure says."""

    @transition(state, State.PLAN, State.WITHDRAWN, custom=step(
        5, "own", RUN, _("Withdraw"), "x"))  # fmt: skip
    def withdraw(self) -> None:
        """Opened by mistake; nothing was begun."""


class Measure(AllianceRow):
    """One figure of an item: the value a month computed, once a month; the earliest is the baseline.

    The database takes it from the computed value itself and refuses another indicator, institution or
    definition.
    """

    append_only = True

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="measures")
    month = models.DateField(_("month"))
    baseline = models.BooleanField(pgettext_lazy("improvement", "baseline"))
    computed = link(pgettext_lazy("improvement", "computed value"), "performance.IndicatorValue", null=True)
    # Of a figure that was counted from records and not computed with a month.
    numerator = models.DecimalField(_("numerator"), max_digits=40, decimal_places=12, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=40, decimal_places=12, null=True)
    value = models.DecimalField(_("value"), max_digits=30, decimal_places=6)
    definition_digest = models.CharField(max_length=64)
    # Mean of all institutions that month, where there is one: the benchmark beside the own figure.
    mean = models.DecimalField(
        pgettext_lazy("improvement", "mean of the alliance"), max_digits=30, decimal_places=6, null=True
    )
    taken_by = link(pgettext_lazy("improvement", "taken by"), "alliance.Membership")
    taken_at = models.DateTimeField(pgettext_lazy("improvement", "taken"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("measured figure"), _("measured figures")
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "item", "month"], name="improvement_month_once"),
            models.UniqueConstraint(
                fields=["alliance", "item"], condition=Q(baseline=True), name="improvement_one_baseline"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="improvement_first_day"),
            models.CheckConstraint(
                condition=Q(computed__isnull=False, numerator=None, denominator=None)
                | Q(computed=None, numerator__isnull=False, denominator__isnull=False),
                name="improvement_computed_or_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.month:%Y-%m}"

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)
