"""What becomes of a month after its approval: published, paid, closed, final (practice.md 4).

The steps before stand at MonthRun; this row begins with the posted run, and the database keeps its guards
(performance.life.sql): no pay before the publication has ended, closed only with its books, final without a
dispute.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.models.declared import link

# LEAD: the office, which publishes and corrects; SECOND: who answers for it beside the office.
LOOK, LEAD, SECOND = "month.view", "month.propose", "month.approve"


class MonthLife(AllianceRow, Stepped):
    """A month from its approval on; one row a month, begun with its posted run."""

    class State(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("month", "approved")
        PUBLISHED = "published", pgettext_lazy("month", "published")
        PAID = "paid", pgettext_lazy("month", "paid")
        CLOSED = "closed", pgettext_lazy("month", "closed")
        FINAL = "final", pgettext_lazy("month", "final")

    month = models.DateField(_("month"))
    run = link(_("run of the month"), "performance.MonthRun")
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.APPROVED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    published_at = models.DateTimeField(_("published from"), null=True)
    published_until = models.DateTimeField(_("published until"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    final_at = models.DateTimeField(_("final"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("month after approval"), _("months after approval")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month"], name="month_life_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="month_life_first_day"),
            models.CheckConstraint(
                condition=Q(state="approved") | Q(published_until__gt=F("published_at")),
                name="month_life_published",
            ),
            # Pay waits for the end of the publication, not for appeals.
            models.CheckConstraint(
                condition=Q(state__in=["approved", "published"]) | Q(paid_at__gte=F("published_until")),
                name="month_life_paid_after_publication",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["closed", "final"]) | Q(closed_at__gte=F("paid_at")),
                name="month_life_closed_after_pay",
            ),
            models.CheckConstraint(
                condition=~Q(state="final") | Q(final_at__gte=F("closed_at")),
                name="month_life_final_last",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.period)

    @property
    def period(self) -> Month:
        """The month as a value."""
        return Month.of(self.month)

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Office: who acts for the alliance."""
        return frozenset({"office"} if membership.institution_id is None else ())

    @transition(state, State.APPROVED, State.PUBLISHED, custom=step(
        1, "office", LEAD, pgettext_lazy("month", "Publish"), "eye", "published_at"))  # fmt: skip
    def publish(self) -> None:
        """Everybody sees it for the days of the parameter."""

    @transition(state, State.PUBLISHED, State.PAID, custom=step(
        2, "office", SECOND, _("Mark as paid"), "coin", "paid_at"))  # fmt: skip
    def pay(self) -> None:
        """The money is out: every pot is in the books, every lot paid."""

    @transition(state, State.PAID, State.CLOSED, custom=step(
        3, "office", SECOND, _("Close the month"), "lock", "closed_at"))  # fmt: skip
    def close(self) -> None:
        """Paid, and its books are closed by two people."""

    @transition(state, State.CLOSED, State.FINAL, custom=step(
        4, "office", SECOND, _("Mark as final"), "check", "final_at"))  # fmt: skip
    def end(self) -> None:
        """The last appeal has ended; nothing more can come of it."""


class LockException(AllianceRow):
    """One institution's data of a locked month may be corrected for some days, instead of reopening all.

    By two people, with a reason; it ends by itself. What was corrected meanwhile goes into an open month.
    """

    append_only = True
    fill_once: ClassVar[tuple[str, ...]] = ("confirmed_by_id", "confirmed_at")

    month = models.DateField(_("month"))
    institution = link(_("institution"), "alliance.Institution")
    reason = models.CharField(_("reason"), max_length=300)
    opened_by = link(_("opened by"), "alliance.Membership")
    opened_at = models.DateTimeField(_("opened"))
    until = models.DateTimeField(_("until"))
    confirmed_by = link(_("confirmed by"), "alliance.Membership", null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("lock exception"), _("lock exceptions")
        ordering = ["-month", "institution__code", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(month__day=1), name="lock_exception_first_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="lock_exception_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="lock_exception_ends"),
            models.CheckConstraint(
                condition=~Q(opened_by=F("confirmed_by")), name="lock_exception_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(
                    confirmed_by__isnull=False,
                    confirmed_at__gte=F("opened_at"),
                    confirmed_at__lt=F("until"),
                ),
                name="lock_exception_confirmed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.month:%Y-%m}"

    def holds(self, now: Any) -> bool:
        """Whether corrections are accepted now."""
        return self.confirmed_at is not None and self.confirmed_at <= now < self.until
