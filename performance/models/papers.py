"""Papers of a month: collaboration bulletin, assessment notice, minutes (S3-43, practice.md 4 and 10).

Filled from the month's facts, its texts edited by one person, released by another; what is released never
changes. A correction is the next number.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.documents import Part
from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.engine.restore import restore
from performance.models.declared import link
from performance.models.life import LEAD, LOOK, SECOND

__all__ = ["LEAD", "LOOK", "SECOND", "Paper"]


class PaperQuerySet(AllianceQuerySet):
    """Which papers a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The office all; an institution what is released."""
        return self.all() if membership.institution_id is None else self.filter(state="released")

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related("run", "edited_by__user", "released_by__user")


class Paper(AllianceRow, Stepped):
    """One paper: its title, the line below, its parts (alliance.lib.documents.Part), the small print."""

    class Kind(models.TextChoices):
        BULLETIN = "bulletin", pgettext_lazy("paper", "collaboration bulletin")
        NOTICE = "notice", pgettext_lazy("paper", "assessment notice")
        MINUTES = "minutes", pgettext_lazy("paper", "minutes of the data-check meeting")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("paper", "draft")
        RELEASED = "released", pgettext_lazy("paper", "released")

    month = models.DateField(_("month"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=120)
    line = models.CharField(_("line below the title"), max_length=200)
    parts = models.JSONField(_("parts"))
    foot = models.CharField(_("small print"), max_length=500, blank=True)
    run = link(_("run of the month"), "performance.MonthRun", null=True)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_at = models.DateTimeField(_("made"))
    edited_by = link(_("edited by"), "alliance.Membership")
    edited_at = models.DateTimeField(_("edited"))
    released_by = link(pgettext_lazy("paper", "released by"), "alliance.Membership", null=True)
    released_at = models.DateTimeField(_("released"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PaperQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("paper of a month"), _("papers of months")
        ordering = ["-month", "kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "kind", "number"], name="paper_number"),
            models.UniqueConstraint(
                fields=["alliance", "month", "kind"], condition=Q(state="draft"), name="paper_one_draft"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="paper_first_day"),
            models.CheckConstraint(condition=~Q(title=""), name="paper_titled"),
            models.CheckConstraint(
                condition=Q(state="draft", released_by=None, released_at=None)
                | Q(state="released", released_by__isnull=False, released_at__isnull=False)
                & ~Q(released_by=F("edited_by")),
                name="paper_released_by_two",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)

    def content(self) -> tuple[Part, ...]:
        """The parts as values."""
        return restore(tuple[Part, ...], self.parts)

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Office: who acts for the alliance; who edited last does not release."""
        if membership.institution_id is not None:
            return frozenset()
        own = self.edited_by.user_id == membership.user_id
        return frozenset({"office"} if own else {"office", "second"})

    @transition(state, State.DRAFT, State.RELEASED, custom=step(
        1, "second", SECOND, _("Release"), "check", "released_at"))  # fmt: skip
    def release(self) -> None:
        """Everybody of the alliance reads it."""
