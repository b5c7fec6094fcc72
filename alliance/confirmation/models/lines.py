"""Mutual confirmation 互认确认 (practice.md section 4, D5): what the records say, what each side says.

A line is one kind of record between two institutions in one month. Opening a month freezes nothing: a line is
counted again and again, and every count it had is kept as a picture. What a side says refers to a picture;
both sides stand by the same one, or nobody calls it agreed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from alliance.lib.workdays import SHANGHAI
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet

SIDES = ("giver", "taker")


class Side(models.TextChoices):
    """The two sides of a line."""

    GIVER = "giver", _("the giving side")
    TAKER = "taker", _("the taking side")


def other(side: str) -> str:
    """The other of the two sides."""
    return "taker" if side == "giver" else "giver"


def last_day(due_at: datetime) -> date:
    """The last day on which an answer due at an instant is in time."""
    return (due_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()


def link(to: str, label: Any, **extra: Any) -> Any:
    """A link that stays as long as the row."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


def optional(to: str, label: Any, **extra: Any) -> Any:
    """A link that may be absent."""
    return link(to, label, null=True, editable=False, **extra)


class Round(AllianceRow):
    """A month that is being confirmed: opened by the office or by the calendar, answers due at an instant."""

    month = models.DateField(_("month"))
    opened_at = models.DateTimeField(_("opened"))
    opened_by = optional("alliance.Membership", _("opened by"))
    due_at = models.DateTimeField(_("answers due"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("month of confirmation"), _("months of confirmation")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month"], name="confirmation_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="confirmation_first_day"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="confirmation_due_later"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def last_day(self) -> date:
        """The last day on which an answer is in time."""
        return last_day(self.due_at)


class LineQuerySet(AllianceQuerySet):
    """Which lines, in one word each."""

    def of_side(self, institution_id: int) -> LineQuerySet:
        """Lines of which an institution is one side."""
        return self.filter(Q(giver=institution_id) | Q(taker=institution_id))

    def visible_to(self, membership: Membership) -> LineQuerySet:
        """Lines of the member's institution; all for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.of_side(here)

    def with_names(self) -> LineQuerySet:
        """Everything a list names, in one query."""
        return self.select_related("round", "giver", "taker")


class Line(AllianceRow):
    """One kind of record between two institutions in a month, with what the records said when last counted.

    `units`: minutes, half days or nothing, as the kind says. `number` counts the pictures.
    """

    round = models.ForeignKey(Round, verbose_name=_("month"), on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(_("what is counted"), max_length=32)
    giver = link("alliance.Institution", _("the giving side"))
    taker = link("alliance.Institution", _("the taking side"))
    number = models.PositiveIntegerField(default=1, editable=False)
    count = models.PositiveIntegerField(_("count"), editable=False)
    units = models.BigIntegerField(_("units"), default=0, editable=False)
    pending = models.PositiveIntegerField(_("of one side alone"), default=0, editable=False)
    digest = models.CharField(_("digest"), max_length=64, editable=False)
    taken_at = models.DateTimeField(_("counted"), editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(LineQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("line to confirm"), _("lines to confirm")
        ordering = ["round", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="confirmation_two_sides"),
            models.UniqueConstraint(
                fields=["alliance", "round", "kind", "giver", "taker"], name="confirmation_line_once"
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "giver", "round"], name="confirmation_giver"),
            models.Index(fields=["alliance", "taker", "round"], name="confirmation_taker"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.giver_id} → {self.taker_id}"

    @property
    def key(self) -> tuple[str, int, int]:
        """How the countables name the line."""
        return self.kind, self.giver_id, self.taker_id

    def side_of(self, membership: Membership) -> str:
        """ "giver", "taker" or "" for a member of neither side."""
        sides = {self.giver_id: "giver", self.taker_id: "taker"}
        return sides.get(membership.institution_id or 0, "")

    def institution_of(self, side: str) -> Any:
        """The institution on a side."""
        return self.giver if side == "giver" else self.taker


class Picture(AllianceRow):
    """What the records of a line said at one time."""

    append_only = True

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="pictures")
    number = models.PositiveIntegerField()
    count = models.PositiveIntegerField(_("count"))
    units = models.BigIntegerField(_("units"))
    ids = ArrayField(models.BigIntegerField(), verbose_name=_("records"))
    digest = models.CharField(_("digest"), max_length=64)
    taken_at = models.DateTimeField(_("counted"))

    class Meta(AllianceRow.Meta):
        ordering = ["line", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "line", "number"], name="confirmation_picture_once"),
            models.CheckConstraint(condition=Q(ids__len=F("count")), name="confirmation_picture_count"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}/{self.number}"
