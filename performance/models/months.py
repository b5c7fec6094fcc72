"""A month on its way: runs with their state machine, and signed exceptions from completeness."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from alliance.lib.period import Month
from alliance.models import AllianceRow, Job
from alliance.models.state import StateField


class MonthRun(AllianceRow):
    """One attempt to settle a month, from the job that computes it to the journal in the books.

    One run of a month may be running, before its approval or posted; the database refuses a second (walls 2).
    """

    class State(models.TextChoices):
        RUNNING = "running", _("being computed")
        COMPUTED = "computed", _("computed")
        BLOCKED = "blocked", _("blocked by the scheme")
        FAILED = "failed", _("could not be computed")
        SUPERSEDED = "superseded", _("replaced by a later run")
        PROPOSED = "proposed", _("waiting for approval")
        APPROVED = "approved", _("approved")
        POSTED = "posted", _("posted")

    LIVE = (State.RUNNING, State.PROPOSED, State.APPROVED, State.POSTED)
    WITH_RESULT = (State.COMPUTED, State.BLOCKED, State.PROPOSED, State.APPROVED, State.POSTED)

    month = models.DateField(_("month"))
    number = models.PositiveIntegerField(_("run"))
    state = StateField(_("state"), max_length=12, choices=State.choices, default=State.RUNNING)
    settlement = models.ForeignKey(
        "performance.Settlement", on_delete=models.PROTECT, null=True, related_name="+"
    )
    job = models.ForeignKey("alliance.Job", on_delete=models.PROTECT, null=True, related_name="+")
    # Why the month was refused: the sentence's template and what fills it, for any language.
    refusal = models.JSONField(null=True)
    started_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    approval = models.ForeignKey("approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+")
    journal = models.ForeignKey("ledger.LedgerJournal", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("run of a month"), _("runs of months")
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "number"], name="month_run_number"),
            models.UniqueConstraint(
                fields=["alliance", "month"],
                condition=Q(state__in=["running", "proposed", "approved", "posted"]),
                name="month_run_one_live",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_run_first_day"),
            models.CheckConstraint(
                condition=Q(state__in=["running", "failed"]) | Q(settlement__isnull=False),
                name="month_run_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(journal__isnull=False), name="month_run_in_the_books"
            ),
        ]

    def __str__(self) -> str:
        return f"{Month.of(self.month)} #{self.number}"

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)

    @property
    def is_lost(self) -> bool:
        """True when the job that should compute it has ended without a result; it stands in nobody's way."""
        ended = self.job is not None and self.job.state in (Job.State.FAILED, Job.State.DEAD)
        return self.state == self.State.RUNNING and ended

    @property
    def is_provisional(self) -> bool:
        """True until the month is approved: figures may still change (预估)."""
        return self.state not in (self.State.APPROVED, self.State.POSTED)

    @transition(field=state, source=State.RUNNING, target=State.COMPUTED)
    def compute(self) -> None:
        """The result stands."""

    @transition(field=state, source=State.RUNNING, target=State.BLOCKED)
    def block(self) -> None:
        """The scheme lets a missing indicator stop the month."""

    @transition(field=state, source=State.RUNNING, target=State.FAILED)
    def fail(self) -> None:
        """The month cannot be computed as things stand; `refusal` says why."""

    @transition(field=state, source=[State.COMPUTED, State.BLOCKED], target=State.SUPERSEDED)
    def supersede(self) -> None:
        """A later run has a result."""

    @transition(field=state, source=State.COMPUTED, target=State.PROPOSED)
    def propose(self) -> None:
        """The office puts the result before the deciders."""

    @transition(field=state, source=State.PROPOSED, target=State.COMPUTED)
    def give_back(self) -> None:
        """Declined or withdrawn: it may be computed again."""

    @transition(field=state, source=State.PROPOSED, target=State.APPROVED)
    def approve(self) -> None:
        """The chain has agreed."""

    @transition(field=state, source=State.APPROVED, target=State.POSTED)
    def post(self) -> None:
        """The shares are in the books; nothing changes any more."""


class MonthException(AllianceRow):
    """A signed exception: this institution's data may be less complete than the minimum this month.

    Signed by one person and confirmed by another (practice.md section 2); counts once it is confirmed.
    """

    append_only = True
    fill_once = ("confirmed_by_id", "confirmed_at")

    month = models.DateField(_("month"))
    institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300)
    # What had arrived when it was signed.
    declared = models.PositiveIntegerField(null=True)
    delivered = models.PositiveIntegerField()
    signed_by = models.ForeignKey(
        "alliance.Membership", verbose_name=_("signed by"), on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(_("signed"), auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "alliance.Membership",
        verbose_name=_("confirmed by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("signed exception"), _("signed exceptions")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "institution"], name="month_exception_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_exception_first_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="month_exception_reason"),
            models.CheckConstraint(
                condition=~Q(signed_by=F("confirmed_by")), name="month_exception_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="month_exception_confirmed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.month:%Y-%m}"
