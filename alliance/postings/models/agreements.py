"""Postings 派驻: who goes from one institution to another, and what both sides agreed (S2-23, S3-52)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership, Stepped
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.postings import machine


def place(label: Any, *, to: str = "alliance.Institution", **extra: Any) -> Any:
    """A link to a place or person of the ground."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class PostingQuerySet(AllianceQuerySet):
    """Which postings, in one word each."""

    def visible_to(self, membership: Membership) -> PostingQuerySet:
        """Sent or hosted by the member's institution; all for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(sender=here) | Q(host=here))

    def with_names(self) -> PostingQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related("staff", "sender", "sender_department", "host", "host_department")


class Sided(Stepped, AllianceRow):
    """What a posting and a visit share: two sides, each with its own steps."""

    class Meta:
        abstract = True

    @property
    def ends(self) -> tuple[int, int]:
        """Ids of sender and host."""
        raise NotImplementedError

    def side_of(self, membership: Membership) -> str:
        """ "sender", "host" or "" for a member of neither side."""
        sender, host = self.ends
        return {sender: "sender", host: "host"}.get(membership.institution_id or 0, "")

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The same as a set."""
        return frozenset({self.side_of(membership)} - {""})


class Posting(Sided):
    """An agreement: one expert of the sender serves at the host on certain days between two dates."""

    class Kind(models.TextChoices):
        RESIDENT = "resident", _("resident posting")
        VISITING = "visiting", _("regular visits")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed to the host")
        AGREED = "agreed", _("agreed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        ENDED = "ended", _("ended early")

    state = StateField(
        _("state"), max_length=12, choices=State.choices, default=State.PROPOSED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    kind = models.CharField(_("kind of posting"), max_length=10, choices=Kind)
    staff = place(_("expert"), to="alliance.Staff")
    sender = place(_("posted from"))
    sender_department = place(_("department of the expert"), to="alliance.Department", null=True, blank=True)
    host = place(_("posted to"))
    host_department = place(_("department of the host"), to="alliance.Department", null=True, blank=True)
    backbone = models.BooleanField(_("backbone doctor"), default=False)
    purpose = models.CharField(_("purpose"), max_length=300)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        verbose_name=_("weekdays"),
    )
    morning = models.BooleanField(_("morning"), default=True)
    afternoon = models.BooleanField(_("afternoon"), default=True)
    # What the two sides agreed: pay goes on at home (S2-23), the host adds this for each confirmed half day.
    kept_salary_fen = models.BigIntegerField(_("pay kept by the sender, a month"), null=True, blank=True)
    allowance_fen = models.BigIntegerField(_("local allowance for half a day"), default=0)
    proposed_by = place(_("proposed by"), to="alliance.Membership", editable=False)
    proposed_at = models.DateTimeField(_("proposed"), editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(PostingQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("posting"), _("postings")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(sender=F("host")), name="posting_elsewhere"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="posting_days"),
            models.CheckConstraint(condition=Q(morning=True) | Q(afternoon=True), name="posting_half"),
            models.CheckConstraint(condition=~Q(weekdays=[]), name="posting_weekdays"),
            models.CheckConstraint(
                condition=Q(allowance_fen__gte=0) & (Q(kept_salary_fen__gte=0) | Q(kept_salary_fen=None)),
                name="posting_money",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "withdrawn", "ended"]) | ~Q(why=""), name="posting_why"
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "sender", "-first_day"], name="posting_sender"),
            models.Index(fields=["alliance", "host", "-first_day"], name="posting_host"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.first_day:%Y-%m-%d}"

    @property
    def ends(self) -> tuple[int, int]:
        return self.sender_id, self.host_id

    @transition(state, State.PROPOSED, State.AGREED, custom=machine.AGREE)
    def agree(self) -> None:
        """The host takes the expert; the days are planned."""

    @transition(state, State.PROPOSED, State.REFUSED, custom=machine.REFUSE)
    def refuse(self) -> None:
        """The host says no, and why."""

    @transition(state, State.AGREED, State.ENDED, custom=machine.END)
    def end(self) -> None:
        """The posting stops before its last day; days still planned are dropped."""

    @transition(state, State.PROPOSED, State.WITHDRAWN, custom=machine.WITHDRAW)
    def withdraw(self) -> None:
        """The sender takes the offer back."""
