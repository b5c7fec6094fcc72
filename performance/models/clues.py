"""Clues (异常线索): patterns worth a look, their frozen evidence, what the institution says, who decides.

Nobody is accused by a machine: a clue is dismissed, explained or confirmed by people, after the institution
could speak, and changes no score by itself (S3-36, S3-49, practice 9).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from performance.models.declared import link

DECIDE = "fairness.decide"


class Detector(models.TextChoices):
    """Who looks."""

    PINGPONG = "pingpong", _("Idle referrals of a pair")
    SPLIT = "split", _("Split admissions")
    ERASED = "erased", _("Readmissions erased by referrals")
    PRAISE = "praise", _("Reciprocal praise")
    DRIFT = "drift", _("Drifting codes")
    RUSH = "rush", _("Rush at the end of the month")
    BALANCE = "balance", _("Much done, little reached")
    HEAPING = "heaping", _("Round numbers")


class FairnessRun(AllianceRow):
    """One look at a month: with which limits, how many places were tested, what came of it."""

    append_only = True
    fill_once = ("counts", "ended_at")
    month = models.DateField(_("month"))
    limits = models.JSONField(_("limits"))
    started_by = link(_("started by"), "alliance.Membership", null=True)
    started_at = models.DateTimeField(_("started"))
    # By detector: tested, small, found, opened, known, live, excepted.
    counts = models.JSONField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("look for clues"), _("looks for clues")
        ordering = ["-started_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="fairness_run_first_day")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ClueQuerySet(AllianceQuerySet):
    """Which clues a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """An institution its own; what is confidential only those of the alliance who decide."""
        if (here := membership.institution_id) is not None:
            return self.filter(Q(institution=here) | Q(other=here), confidential=False)
        return self.all() if membership.can(DECIDE) else self.filter(confidential=False)

    def named(self) -> Any:
        """With what a list names."""
        return self.select_related("institution", "other")


class Clue(AllianceRow):
    """A pattern of an institution (and another one of a pair) in a month, with numbers and limits frozen.

    `subject` names the pattern from month to month; one clue of it is open at a time. `part`: department,
    kind of event, axis, day of a change. A confidential one is known to those who decide alone and asks
    nobody: it comes from opinions given back to back.
    """

    class Severity(models.TextChoices):
        LOW = "low", pgettext_lazy("clue", "slight")
        MIDDLE = "middle", pgettext_lazy("clue", "clear")
        HIGH = "high", pgettext_lazy("clue", "strong")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("clue", "waits for an explanation")
        ANSWERED = "answered", pgettext_lazy("clue", "explained, to be decided")
        PROPOSED = "proposed", pgettext_lazy("clue", "waits for the second person")
        DISMISSED = "dismissed", pgettext_lazy("clue", "dismissed")
        ACCEPTED = "accepted", pgettext_lazy("clue", "explanation accepted")
        CONFIRMED = "confirmed", pgettext_lazy("clue", "confirmed")

    class Measure(models.TextChoices):
        EXCLUDE = "exclude", _("leave the records out of the indicators")
        NOTICE = "notice", _("data-quality notice: put it right in the own system")
        DEDUCT = "deduct", _("deduct from the performance pay of the month")
        VETO = "veto", _("one-vote veto for falsification, by the committee")
        REPEAT = "repeat", _("repeat the round with other raters")
        TALK = "talk", _("talk with the institution")

    LIVE = (State.OPEN, State.ANSWERED, State.PROPOSED)
    DECIDED = (State.DISMISSED, State.ACCEPTED, State.CONFIRMED)

    run = models.ForeignKey(FairnessRun, on_delete=models.PROTECT, related_name="clues")
    detector = models.CharField(_("pattern"), max_length=12, choices=Detector)
    month = models.DateField(_("month"))
    institution = link(_("institution"), "alliance.Institution")
    other = link(_("other institution"), "alliance.Institution", null=True)
    part = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=120)
    severity = models.CharField(_("strength"), max_length=8, choices=Severity)
    numbers = models.JSONField(_("numbers"))
    limits = models.JSONField(_("limits"))
    chance = models.DecimalField(_("probability by accident"), max_digits=14, decimal_places=12)
    share = models.DecimalField(_("after correction"), max_digits=14, decimal_places=12)
    evidence = models.PositiveIntegerField(_("records"))
    confidential = models.BooleanField(default=False)
    state = StateField(_("state"), max_length=12, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("explanation due"), null=True)
    answers = models.PositiveSmallIntegerField(_("explanations"), default=0, editable=False)
    decided_by = link(_("decided by"), "alliance.Membership", null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    measure = models.CharField(_("what should follow"), max_length=10, choices=Measure, blank=True)
    confirmed_by = link(_("second person"), "alliance.Membership", null=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ClueQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("clue"), _("clues")
        ordering = ["-month", "share", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "detector", "subject"],
                condition=Q(state__in=["open", "answered", "proposed"]), name="clue_one_open",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="clue_first_day"),
            models.CheckConstraint(condition=~Q(institution=F("other")), name="clue_two_places"),
            # Opinions given back to back stay with those who decide.
            models.CheckConstraint(
                condition=~Q(detector="praise") | Q(confidential=True, due_at=None), name="clue_confidential"
            ),
            models.CheckConstraint(
                condition=Q(confidential=True) | Q(due_at__isnull=False), name="clue_asked"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
                name="clue_decided",
            ),
            # Nothing is held against anybody who could not speak.
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "confirmed"]) | Q(confidential=True) | Q(answers__gt=0)
                | Q(decided_at__gte=F("due_at")),
                name="clue_heard",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(measure="")
                   & ~Q(confirmed_by=F("decided_by"))),
                name="clue_two_persons",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["alliance", "institution", "-month"], name="clue_institution"),
            models.Index(fields=["alliance", "other", "-month"], name="clue_other"),
        ]

    def __str__(self) -> str:
        return f"{self.get_detector_display()} {self.month:%Y-%m}"

    @property
    def places(self) -> set[int]:
        """The institutions it is about."""
        return {pk for pk in (self.institution_id, self.other_id) if pk is not None}

    @transition(state, State.OPEN, State.ANSWERED)
    def answer(self) -> None:
        """The institution has explained."""

    @transition(state, [State.OPEN, State.ANSWERED], State.DISMISSED)
    def dismiss(self) -> None:
        """It is none: chance, or a pattern with a known reason."""

    @transition(state, State.ANSWERED, State.ACCEPTED)
    def accept(self) -> None:
        """The explanation holds."""

    @transition(state, [State.OPEN, State.ANSWERED], State.PROPOSED)
    def propose(self) -> None:
        """The first person holds it for real."""

    @transition(state, State.PROPOSED, State.CONFIRMED)
    def confirm(self) -> None:
        """The second person agrees: what should follow is opened, to be decided by a vote."""

    @transition(state, State.PROPOSED, State.ANSWERED)
    def give_back(self) -> None:
        """The second person does not agree: it is to be decided anew."""
