"""What each side says about a line, where both agree, and the queue of differences."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.confirmation.models.lines import Line, Picture, Side, link, optional
from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class Statement(AllianceRow):
    """What one side said about a line: it stands by the records, or objects. A later one takes its place."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("stands by it")
        OBJECTED = "objected", _("objected")

    class Reason(models.TextChoices):
        UNLOGGED = "unlogged", _("we have one that is not logged")
        NEVER = "never", _("never arrived or never took place")
        TWICE = "twice", _("logged twice")
        MONTH = "month", _("belongs to another month")
        PLACE = "place", _("belongs to another institution")
        FIGURES = "figures", _("minutes or half days are wrong")
        OTHER = "other", _("other reason")

    append_only = True
    fill_once = ("superseded_at",)

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="statements")
    side = models.CharField(_("side"), max_length=5, choices=Side)
    institution = link("alliance.Institution", _("institution"))
    number = models.PositiveIntegerField()
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(_("count"))
    digest = models.CharField(_("digest"), max_length=64)
    own_count = models.PositiveIntegerField(_("our count"), null=True)
    own_units = models.PositiveIntegerField(_("our minutes or half days"), null=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, blank=True)
    text = models.CharField(_("in words"), max_length=500, blank=True)
    record_ids = ArrayField(models.BigIntegerField(), verbose_name=_("records meant"), default=list)
    by = link("alliance.Membership", _("by"))
    at = models.DateTimeField(_("time"))
    superseded_at = models.DateTimeField(null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("statement"), _("statements")
        ordering = ["line", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "line", "side", "number"], name="confirmation_said_once"
            ),
            # What a side says now is one thing: two tabs, two colleagues, one wins.
            models.UniqueConstraint(
                fields=["alliance", "line", "side"],
                condition=Q(superseded_at=None),
                name="confirmation_said_now",
            ),
            models.CheckConstraint(
                condition=Q(verdict="confirmed", own_count=None, own_units=None, reason="", record_ids=[])
                | (Q(verdict="objected", own_count__isnull=False) & ~Q(reason="") & ~Q(text="")),
                name="confirmation_objection_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.side} {self.verdict}"


class Agreement(AllianceRow):
    """Both sides stand by one picture of a line: two confirmations with the same digest."""

    append_only = True

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="agreements")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(_("count"))
    units = models.BigIntegerField(_("units"))
    digest = models.CharField(_("digest"), max_length=64)
    giver_statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    taker_statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("agreement"), _("agreements")
        ordering = ["line", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "line", "giver_statement", "taker_statement"],
                name="confirmation_agreed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.count}"


class Reopening(AllianceRow):
    """The office opens a line again after its deadline: until when, and why both sides may speak anew."""

    append_only = True

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="reopenings")
    until = models.DateTimeField(_("answers due"))
    text = models.CharField(_("why"), max_length=500)
    by = link("alliance.Membership", _("by"))
    at = models.DateTimeField(_("time"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("reopening"), _("reopenings")
        ordering = ["line", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="confirmation_reopened_ahead"),
            models.CheckConstraint(condition=~Q(text=""), name="confirmation_reopened_why"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.until:%Y-%m-%d}"


class Difference(AllianceRow):
    """One side counts otherwise: answered by the other, ended by both or by the office."""

    class State(models.TextChoices):
        OPEN = "open", _("to be answered")
        ANSWERED = "answered", _("answered by the other side")
        SETTLED = "settled", _("settled")

    class Answer(models.TextChoices):
        RIGHT = "right", _("you are right, the records are corrected")
        WRONG = "wrong", _("our records stand")

    class How(models.TextChoices):
        CORRECTED = "corrected", _("records corrected and confirmed")
        TAKEN_BACK = "back", _("taken back by who objected")
        OFFICE = "office", _("decided by the office")

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="differences")
    side = models.CharField(_("side"), max_length=5, choices=Side)
    # The objection as it stands now; an insistence puts a newer one in its place.
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, blank=True)
    answer_text = models.CharField(_("in words"), max_length=500, blank=True)
    answered_by = optional("alliance.Membership", _("answer by"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    how = models.CharField(_("settled how"), max_length=10, choices=How, blank=True)
    settled_by = optional("alliance.Membership", _("settled by"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_text = models.CharField(_("why"), max_length=500, blank=True)
    settled_count = models.PositiveIntegerField(_("count decided"), null=True)
    settled_units = models.PositiveIntegerField(_("minutes or half days decided"), null=True)
    # The picture it was settled about: with other records the decision no longer holds.
    digest = models.CharField(max_length=64, blank=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("difference"), _("differences")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "line", "side"], condition=~Q(state="settled"),
                name="confirmation_one_difference",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered")
                | Q(answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answer="")
                & ~Q(answer_text=""),
                name="confirmation_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settled_at__isnull=False, settled_by__isnull=False) & ~Q(how="")
                | (~Q(state="settled") & Q(settled_at=None, how="")),
                name="confirmation_settled_whole",
            ),
            models.CheckConstraint(
                condition=~Q(how="office")
                | (Q(settled_count__isnull=False) & ~Q(settled_text="") & ~Q(digest="")),
                name="confirmation_decision_whole",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "state", "-opened_at"], name="confirmation_queue")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.side} {self.state}"

    @transition(state, State.OPEN, State.ANSWERED)
    def reply(self) -> None:
        """The other side answers."""

    @transition(state, State.ANSWERED, State.OPEN)
    def insist(self) -> None:
        """Who objected is not content with the answer."""

    @transition(state, [State.OPEN, State.ANSWERED], State.SETTLED)
    def settle(self) -> None:
        """It is over."""
