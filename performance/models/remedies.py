"""What follows from a confirmed clue: decided by a vote, ended by people, taken back only by another vote."""

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
from performance.models.clues import Clue
from performance.models.declared import link


class RemedyQuerySet(AllianceQuerySet):
    """Which remedies a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """Those of the clues the member sees."""
        return self.filter(clue__in=Clue.objects.seen_by(membership))

    def named(self) -> Any:
        """With what a page names."""
        return self.select_related(
            "clue__institution", "clue__other", "approval", "proposed_by__user", "decided_by__user",
            "answered_by__user", "ended_by__user", "lifts",
        )  # fmt: skip


class ClueRemedy(AllianceRow):
    """One measure about one clue (S3-36, S3-49; practice 3, 9).

    `exclude` in force: the records of the clue count in no month computed from `decided_at` on, until it is
    lifted by a `restore` that was voted as well. The others are tasks until `due_at`.
    """

    class Kind(models.TextChoices):
        EXCLUDE = "exclude", _("leave the records out of the indicators")
        NOTICE = "notice", _("data-quality notice: put it right in the own system")
        REPEAT = "repeat", _("repeat the round with other raters")
        TALK = "talk", _("talk with the institution")
        RESTORE = "restore", _("count the records again")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("remedy", "not put to the vote yet")
        PROPOSED = "proposed", pgettext_lazy("remedy", "waits for the vote")
        IN_FORCE = "in_force", pgettext_lazy("remedy", "in force")
        ANSWERED = "answered", pgettext_lazy("remedy", "answered, to be closed")
        DONE = "done", pgettext_lazy("remedy", "carried out")
        DECLINED = "declined", pgettext_lazy("remedy", "not agreed")
        LIFTED = "lifted", pgettext_lazy("remedy", "lifted by a later decision")

    LIVE = (State.OPEN, State.PROPOSED, State.IN_FORCE, State.ANSWERED)
    TASKS = (Kind.NOTICE, Kind.REPEAT, Kind.TALK)

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="remedies")
    kind = models.CharField(_("what follows"), max_length=10, choices=Kind)
    lifts = link(_("lifts"), "self", null=True)
    why = models.CharField(_("reason"), max_length=1000)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    approval = link(_("approval"), "approvals.Approval", null=True)
    proposed_by = link(_("proposed by"), "alliance.Membership", null=True)
    decided_by = link(_("decided by"), "alliance.Membership", null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    due_at = models.DateTimeField(_("due by"), null=True)
    answer = models.CharField(_("what was put right"), max_length=1000, blank=True)
    answered_by = link(_("answered by"), "alliance.Membership", null=True)
    outcome = models.CharField(_("what came of it"), max_length=1000, blank=True)
    ended_by = link(_("closed by"), "alliance.Membership", null=True)
    ended_at = models.DateTimeField(_("closed"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(RemedyQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("measure after a clue"), _("measures after clues")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "clue", "kind"],
                condition=Q(state__in=["open", "proposed", "in_force", "answered"]), name="clue_remedy_once",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="clue_remedy_why"),
            models.CheckConstraint(
                condition=Q(kind="restore", lifts__isnull=False) | ~Q(kind="restore") & Q(lifts=None),
                name="clue_remedy_lifts",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(approval__isnull=False, proposed_by__isnull=False),
                name="clue_remedy_voted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in_force", "answered", "done", "lifted"])
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="clue_remedy_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(kind="notice", answered_by__isnull=False) & ~Q(answer=""),
                name="clue_remedy_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "lifted"])
                | Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(outcome=""),
                name="clue_remedy_ended",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "kind", "state"], name="clue_remedy_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.clue}"

    @transition(state, State.OPEN, State.PROPOSED)
    def propose(self) -> None:
        """Somebody uninvolved puts it before the deciders."""

    @transition(state, State.PROPOSED, State.OPEN)
    def give_back(self) -> None:
        """Taken back by who proposed it."""

    @transition(state, State.PROPOSED, State.DECLINED)
    def decline(self) -> None:
        """The deciders have not agreed: nothing follows."""

    @transition(state, State.PROPOSED, State.IN_FORCE)
    def agree(self) -> None:
        """The deciders have agreed: it takes effect."""

    @transition(state, State.IN_FORCE, State.ANSWERED)
    def reply(self) -> None:
        """The institution says what it put right."""

    @transition(state, [State.IN_FORCE, State.ANSWERED], State.DONE)
    def finish(self) -> None:
        """It was carried out, with what came of it."""

    @transition(state, State.IN_FORCE, State.LIFTED)
    def lift(self) -> None:
        """A later vote lets the records count again."""
