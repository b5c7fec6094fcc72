"""The insurer's statement of a month and what follows from it (practice.md 3): 补差 and 扣回, case by case.

Everything is posted into an open month and names the month it belongs to; a closed month never changes.
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
from performance.models.life import LEAD


class Booked(AllianceRow, Stepped):
    """A draft somebody proposes and a second person agrees to; in the books it never changes."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("correction", "draft")
        PROPOSED = "proposed", pgettext_lazy("correction", "waits for approval")
        POSTED = "posted", pgettext_lazy("correction", "in the books")

    month = models.DateField(_("belongs to"))
    into = models.DateField(_("posted into"))
    digest = models.CharField(_("digest"), max_length=64)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = link(_("made by"), "alliance.Membership")
    made_at = models.DateTimeField(_("made"))
    approval = link(_("approval"), "approvals.Approval", null=True)
    journal = link(_("ledger journal"), "ledger.LedgerJournal", null=True)

    class Meta(AllianceRow.Meta):
        abstract = True
        ordering: ClassVar[list[str]] = ["-month", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(month__day=1, into__day=1, into__gte=F("month")), name="%(class)s_months"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "posted"]) | Q(approval__isnull=False),
                name="%(class)s_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(journal__isnull=False), name="%(class)s_in_the_books"
            ),
        ]

    @property
    def period(self) -> Month:
        """The month it belongs to."""
        return Month.of(self.month)

    @property
    def open_month(self) -> Month:
        """The month whose books take it."""
        return Month.of(self.into)

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Office: who acts for the alliance."""
        return frozenset({"office"} if membership.institution_id is None else ())

    @transition(state, State.DRAFT, State.PROPOSED, custom=step(
        1, "office", LEAD, _("Propose for approval"), "up"))  # fmt: skip
    def propose(self) -> None:
        """The office puts it before a second person."""

    @transition(state, State.PROPOSED, State.DRAFT, custom=step(9, "", LEAD, "", ""))
    def give_back(self) -> None:
        """Declined or withdrawn."""

    @transition(state, State.PROPOSED, State.POSTED, custom=step(9, "", LEAD, "", ""))
    def post(self) -> None:
        """Agreed: it is in the books."""


class Statement(Booked):
    """What the insurer says of a month's cases at one stage, against what was expected (补差)."""

    class Stage(models.TextChoices):
        FEEDBACK = "feedback", pgettext_lazy("stage", "insurer's answer")
        MONTH = "month", pgettext_lazy("stage", "settlement of the month")
        YEAR = "year", pgettext_lazy("stage", "clearing of the year")

    stage = models.CharField(_("stage"), max_length=10, choices=Stage)
    file = link(_("file of the statement"), "grouping.CentralFile")
    document = models.CharField(_("number of the statement"), max_length=80)
    total_fen = models.BigIntegerField(_("total of the statement (fen)"))
    # What the total holds beside its cases, and why: 0 where the cases add up to it.
    other_fen = models.BigIntegerField(_("beside the cases (fen)"), default=0)
    other_why = models.CharField(_("why"), max_length=300, blank=True)

    class Meta(Booked.Meta):
        verbose_name, verbose_name_plural = _("insurer's statement"), _("insurer's statements")
        constraints = [
            *Booked.Meta.constraints,
            models.UniqueConstraint(fields=["alliance", "month", "stage"], name="statement_once"),
            models.CheckConstraint(condition=~Q(document=""), name="statement_document"),
            models.CheckConstraint(
                condition=Q(other_fen=0) | ~Q(other_why=""), name="statement_other_explained"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.document} {self.month:%Y-%m}"


class StatementLine(AllianceRow):
    """One case of a statement: expected, paid, rejected, and what the rest of the difference comes from.

    `paid` = `expected` - `rejected` + `rest`, all in fen; expected is what stood of the case before: the
    estimate, or what an earlier stage paid.
    """

    class Cause(models.TextChoices):
        EQUAL = "equal", pgettext_lazy("cause", "no difference")
        GROUP = "group", pgettext_lazy("cause", "other group")
        MULTIPLE = "multiple", pgettext_lazy("cause", "multiple or rate")
        SCOPE = "scope", pgettext_lazy("cause", "out of scope")
        UNPRICED = "unpriced", pgettext_lazy("cause", "not estimated before")
        NO_CASE = "no_case", pgettext_lazy("cause", "no case of ours")

    append_only = True
    discardable = True

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lines")
    result = link(_("row of the file"), "grouping.CentralResult")
    case = link(_("case"), "grouping.Case", null=True)
    institution = link(_("institution"), "alliance.Institution")
    expected_fen = models.BigIntegerField(_("expected (fen)"))
    paid_fen = models.BigIntegerField(_("paid (fen)"))
    rejected_fen = models.BigIntegerField(_("rejected (fen)"), default=0)
    rest_fen = models.BigIntegerField(_("other difference (fen)"))
    cause = models.CharField(_("cause"), max_length=10, choices=Cause)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("case of a statement"), _("cases of a statement")
        ordering = ["statement", "result"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "statement", "result"], name="statement_line_once"),
            models.UniqueConstraint(
                fields=["alliance", "statement", "case"], name="statement_case_once",
                condition=Q(case__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(paid_fen=F("expected_fen") - F("rejected_fen") + F("rest_fen")),
                name="statement_line_explained",
            ),
            models.CheckConstraint(condition=Q(rejected_fen__gte=0), name="statement_line_rejected"),
            models.CheckConstraint(condition=~Q(cause="equal") | Q(rest_fen=0), name="statement_line_equal"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.statement} {self.pk}"


class Clawback(Booked):
    """Confirmed rejections of a statement charged to those who were paid from the cases (扣回)."""

    statement = link(_("insurer's statement"), Statement)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta(Booked.Meta):
        verbose_name, verbose_name_plural = _("claw-back"), _("claw-backs")
        constraints = [
            *Booked.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="clawback_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.statement} {self.pk}"


class ClawbackShare(AllianceRow):
    """Who bears how much of one rejected case: institution, department or person; never a patient."""

    class Bearer(models.TextChoices):
        INSTITUTION = "institution", pgettext_lazy("bearer", "institution")
        DEPARTMENT = "department", pgettext_lazy("bearer", "department")
        PERSON = "person", pgettext_lazy("bearer", "person")

    append_only = True
    discardable = True

    clawback = models.ForeignKey(Clawback, on_delete=models.CASCADE, related_name="shares")
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="+")
    bearer = models.CharField(_("bearer"), max_length=12, choices=Bearer)
    institution = link(_("institution"), "alliance.Institution")
    department = link(_("department"), "alliance.Department", null=True)
    staff = link(_("staff member"), "alliance.Staff", null=True)
    fen = models.BigIntegerField(_("amount (fen)"))
    # What the person was paid by the department's pots in the month the case belongs to.
    paid_fen = models.BigIntegerField(_("paid then (fen)"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("share of a claw-back"), _("shares of a claw-back")
        ordering = ["clawback", "line", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "line", "staff"], name="clawback_person_once",
                condition=Q(staff__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["alliance", "line", "bearer"], name="clawback_bearer_once", condition=Q(staff=None)
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="clawback_share_above_zero"),
            models.CheckConstraint(
                condition=Q(bearer="institution", department=None, staff=None, paid_fen=None)
                | Q(bearer="department", department__isnull=False, staff=None, paid_fen=None)
                | Q(bearer="person", department__isnull=False, staff__isnull=False, paid_fen__gte=F("fen")),
                name="clawback_share_whose",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.clawback} {self.get_bearer_display()}"


class PayDeduction(AllianceRow):
    """What is taken of a person's line of an open month's pay for a claw-back's share or for an amount of a
    correction; the floor carries the rest on.

    A share takes of one line once; a line bears what is paid, held and deducted of it, and never more.
    """

    append_only = True

    share = models.ForeignKey(ClawbackShare, on_delete=models.PROTECT, related_name="deductions", null=True)
    due = models.ForeignKey(
        "performance.PayDue", verbose_name=_("amount of a correction"), on_delete=models.PROTECT, null=True,
        related_name="deductions",
    )  # fmt: skip
    line = link(_("person's line"), "performance.PayLine")
    staff = link(_("staff member"), "alliance.Staff")
    into = models.DateField(_("from the pay of"))
    fen = models.BigIntegerField(_("amount (fen)"))
    journal = link(_("ledger journal"), "ledger.LedgerJournal")

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("deduction of pay"), _("deductions of pay")
        ordering = ["into", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "share", "line"], name="paydeduction_once"),
            models.CheckConstraint(
                condition=Q(share=None, due__isnull=False) | Q(share__isnull=False, due=None),
                name="paydeduction_of_one",
            ),
            models.CheckConstraint(condition=Q(into__day=1), name="paydeduction_first_day"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="paydeduction_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.into:%Y-%m}"
