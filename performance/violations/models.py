"""Violation control (S4-32): fund obtained by fraud, wrong grouping, false data; identify, warn, dispose.

Nobody is found guilty unheard, nobody finds who is involved, nothing takes effect without the vote: the
database holds all three (performance.violations.sql).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.improvement.models import link

VIEW, RUN, FIND, STATE = "violation.view", "violation.run", "violation.find", "violation.state"
UNHEARD = ("identified", "dropped")
# Kinds of the zero-tolerance clauses every responsibility letter holds (S1-62).
ZERO = ("fictitious", "swapped")


class ViolationQuerySet(AllianceQuerySet):
    """Which cases a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The own institution's from the warning on, or all for the whole alliance (second wall)."""
        here = membership.institution_id
        if here is None:
            return self.all()
        return self.filter(institution=here, warned_at__isnull=False)

    def named(self) -> Any:
        """With what a page names."""
        return self.select_related(
            "institution", "opened_by__user", "warned_by__user", "stated_by__user", "found_by__user",
            "decided_by__user", "statement_file", "approval", "person__user",
        )  # fmt: skip


class Violation(AllianceRow, Stepped):
    """One case against one institution. `attempt`: which finding counts; another follows a refused one."""

    class Kind(models.TextChoices):
        FUND = "fund", pgettext_lazy("violation", "fund obtained by fraud")
        GROUPING = "grouping", pgettext_lazy("violation", "wrong grouping")
        DATA = "data", pgettext_lazy("violation", "false data")
        FICTITIOUS = "fictitious", pgettext_lazy("violation", "fictitious medical services")
        SWAPPED = "swapped", pgettext_lazy("violation", "swapped drugs")

    class Source(models.TextChoices):
        CLUE = "clue", pgettext_lazy("violation", "clue of an unusual pattern")
        CLAUSE = "clause", pgettext_lazy("violation", "broken clause of an agreement")
        SIGNAL = "signal", pgettext_lazy("violation", "unusual movement of a figure")
        CENTRAL = "central", pgettext_lazy("violation", "check against the insurer's groups")
        ENTRY = "entry", pgettext_lazy("violation", "double entry of referrals")
        NOTICE = "notice", pgettext_lazy("violation", "cross-check of declared values")
        REPORT = "report", pgettext_lazy("violation", "taken up by discipline inspection")
        HAND = "hand", pgettext_lazy("violation", "found on an inspection or otherwise")

    class State(models.TextChoices):
        IDENTIFIED = "identified", pgettext_lazy("violation", "identified")
        WARNED = "warned", pgettext_lazy("violation", "warned, may state its view")
        HEARD = "heard", pgettext_lazy("violation", "heard, waits for a finding")
        FOUND = "found", pgettext_lazy("violation", "finding waits for the vote")
        DECIDED = "decided", pgettext_lazy("violation", "decided, being carried out")
        CLOSED = "closed", pgettext_lazy("violation", "closed")
        DROPPED = "dropped", pgettext_lazy("violation", "dropped")

    number = models.CharField(pgettext_lazy("violation", "number"), max_length=20, editable=False)
    kind = models.CharField(pgettext_lazy("violation", "kind"), max_length=10, choices=Kind)
    institution = link(_("institution"), "alliance.Institution")
    title = models.CharField(pgettext_lazy("violation", "title"), max_length=160)
    facts = models.CharField(pgettext_lazy("violation", "facts"), max_length=4000)
    person = link(pgettext_lazy("violation", "person"), "alliance.Membership", null=True)
    happened_on = models.DateField(pgettext_lazy("violation", "happened on"), null=True)
    source = models.CharField(pgettext_lazy("violation", "comes from"), max_length=10, choices=Source)
    source_id = models.BigIntegerField(null=True)
    source_mark = models.CharField(max_length=40, blank=True, editable=False)
    state = StateField(
        _("state"), max_length=12, choices=State.choices, default=State.IDENTIFIED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_by = link(pgettext_lazy("violation", "opened by"), "alliance.Membership")
    opened_at = models.DateTimeField(pgettext_lazy("violation", "opened"))
    warning = models.CharField(pgettext_lazy("violation", "warning"), max_length=2000, blank=True)
    warned_by = link(pgettext_lazy("violation", "warned by"), "alliance.Membership", null=True)
    warned_at = models.DateTimeField(pgettext_lazy("violation", "warned"), null=True)
    due_at = models.DateTimeField(pgettext_lazy("violation", "statement until"), null=True)
    # When the institution was told of evidence added since: its time to state its view ran anew from there.
    notified_at = models.DateTimeField(pgettext_lazy("violation", "told of new evidence"), null=True)
    statement = models.TextField(pgettext_lazy("violation", "statement"), blank=True)
    statement_file = link(
        pgettext_lazy("violation", "file of the statement"), "alliance.Attachment", null=True
    )
    stated_by = link(pgettext_lazy("violation", "stated by"), "alliance.Membership", null=True)
    stated_at = models.DateTimeField(pgettext_lazy("violation", "stated"), null=True)
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    violated = models.BooleanField(pgettext_lazy("violation", "violated"), null=True)
    finding = models.CharField(pgettext_lazy("violation", "finding"), max_length=4000, blank=True)
    found_by = link(pgettext_lazy("violation", "found by"), "alliance.Membership", null=True)
    found_at = models.DateTimeField(pgettext_lazy("violation", "found"), null=True)
    approval = link(pgettext_lazy("violation", "vote"), "approvals.Approval", null=True)
    decided_by = link(pgettext_lazy("violation", "decided by"), "alliance.Membership", null=True)
    decided_at = models.DateTimeField(pgettext_lazy("violation", "decided"), null=True)
    closed_at = models.DateTimeField(pgettext_lazy("violation", "closed"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ViolationQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("violation case"), _("violation cases")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="violation_number"),
            models.UniqueConstraint(
                fields=["alliance", "source", "source_id", "source_mark"],
                condition=Q(source_id__isnull=False), name="violation_source_once",
            ),
            models.CheckConstraint(
                condition=Q(source_mark="") | Q(source="signal", source_id__isnull=False),
                name="violation_source_mark",
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(facts=""), name="violation_written"),
            # The responsibility letter of the day stands beside a case nothing is tolerated of.
            models.CheckConstraint(
                condition=~Q(kind__in=ZERO) | Q(happened_on__isnull=False), name="violation_zero_dated"
            ),
            # Where inspectors took it up, nothing leads back to a report or to who made it.
            models.CheckConstraint(
                condition=~Q(source__in=["report", "hand"]) | Q(source_id=None), name="violation_no_reporter"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNHEARD)
                | Q(warned_by__isnull=False, warned_at__isnull=False, due_at__isnull=False) & ~Q(warning=""),
                name="violation_warned_first",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["found", "decided", "closed"])
                | Q(violated__isnull=False, found_by__isnull=False, found_at__isnull=False,
                    approval__isnull=False) & ~Q(finding=""),
                name="violation_found_with_a_vote",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "closed"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="violation_decided",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "institution", "state"], name="violation_place")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """`office` for the whole alliance, `own` for the institution it is about."""
        if membership.institution_id is None:
            return frozenset({"office"})
        return frozenset({"own"} if membership.institution_id == self.institution_id else ())

    @transition(state, State.IDENTIFIED, State.WARNED, custom=step(
        1, "office", RUN, _("Warn the institution…"), "alert", "warned_at"))  # fmt: skip
    def warn(self) -> None:
        """The warning notice goes out; the clock of the statement runs."""

    @transition(state, State.WARNED, State.HEARD, custom=step(
        2, "own", STATE, _("State our view…"), "msg", "stated_at"))  # fmt: skip
    def state_view(self) -> None:
        """The institution states its view 陈述申辩."""

    @transition(state, [State.WARNED, State.HEARD], State.WARNED, custom=step(
        8, "", RUN, "", "", "notified_at"))  # fmt: skip
    def reopen(self) -> None:
        """Evidence came after the warning: the institution may state its view on it, in a term of its own."""

    @transition(state, [State.WARNED, State.HEARD], State.FOUND, custom=step(
        3, "office", FIND, _("Propose a finding…"), "scale", "found_at"))  # fmt: skip
    def find(self) -> None:
        """Somebody uninvolved proposes what was violated and what follows."""

    @transition(state, State.FOUND, State.DECIDED, custom=step(4, "", FIND, "", "", "decided_at"))
    def agree(self) -> None:
        """The vote agreed."""

    @transition(state, State.FOUND, State.HEARD, custom=step(5, "", FIND, "", ""))
    def decline(self) -> None:
        """The vote did not agree, or the finding was taken back: another may be proposed."""

    @transition(state, State.DECIDED, State.CLOSED, custom=step(
        6, "office", RUN, _("Close the case"), "check", "closed_at"))  # fmt: skip
    def close(self) -> None:
        """Everything that followed is carried out."""

    @transition(state, [State.IDENTIFIED, State.WARNED, State.HEARD], State.DROPPED, custom=step(
        7, "office", FIND, _("Drop the case…"), "x", "closed_at"))  # fmt: skip
    def drop(self) -> None:
        """It is none; somebody uninvolved says why."""


class Evidence(AllianceRow):
    """What a case rests on: a record of the system by kind and number, words, a file."""

    append_only = True

    class Kind(models.TextChoices):
        CLUE = "clue", pgettext_lazy("evidence", "clue")
        CLAUSE = "clause", pgettext_lazy("evidence", "clause check")
        CASE = "case", pgettext_lazy("evidence", "case")
        SIGNAL = "signal", pgettext_lazy("evidence", "unusual movement of a figure")
        CENTRAL = "central", pgettext_lazy("evidence", "row of the insurer's file")
        ENTRY = "entry", pgettext_lazy("evidence", "difference between two houses")
        NOTICE = "notice", pgettext_lazy("evidence", "data-quality notice")
        OTHER = "other", pgettext_lazy("evidence", "other")

    violation = models.ForeignKey(Violation, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(pgettext_lazy("evidence", "kind"), max_length=10, choices=Kind)
    object_id = models.BigIntegerField(null=True)
    text = models.CharField(pgettext_lazy("evidence", "what it shows"), max_length=500)
    file = link(_("file"), "alliance.Attachment", null=True)
    added_by = link(pgettext_lazy("evidence", "added by"), "alliance.Membership")
    added_at = models.DateTimeField(pgettext_lazy("evidence", "added"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("evidence"), _("evidence")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="violation_evidence_written"),
            models.CheckConstraint(
                condition=Q(kind="other", object_id=None) | ~Q(kind="other") & Q(object_id__isnull=False),
                name="violation_evidence_named",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Penalty(AllianceRow):
    """One thing that follows from a finding, by the dated table; `attempt` of the case it was proposed with.

    Deduction: `percent` of the month's performance pay, as a consequence with its own vote. Repayment: `fen`,
    through a claw-back. Ending: of `agreement`.
    """

    append_only = True
    fill_once = ("carried_by_id", "carried_at", "consequence_id", "clawback_id", "outcome")

    class Measure(models.TextChoices):
        WARNING = "warning", pgettext_lazy("penalty", "written warning")
        DEDUCT = "deduct", pgettext_lazy("penalty", "deduction of performance pay")
        REPAY = "repay", pgettext_lazy("penalty", "repayment")
        END = "end", pgettext_lazy("penalty", "ending of the agreement")

    violation = models.ForeignKey(Violation, on_delete=models.PROTECT, related_name="penalties")
    attempt = models.PositiveSmallIntegerField()
    measure = models.CharField(pgettext_lazy("penalty", "what follows"), max_length=8, choices=Measure)
    percent = models.DecimalField(
        pgettext_lazy("penalty", "percent"), max_digits=6, decimal_places=2, null=True
    )
    fen = models.BigIntegerField(pgettext_lazy("penalty", "amount (fen)"), null=True)
    agreement = link(pgettext_lazy("agreement", "agreement"), "agreements.Agreement", null=True)
    carried_by = link(pgettext_lazy("penalty", "carried out by"), "alliance.Membership", null=True)
    carried_at = models.DateTimeField(pgettext_lazy("penalty", "carried out"), null=True)
    consequence = link(_("consequence"), "performance.Consequence", null=True)
    clawback = link(_("claw-back"), "performance.Clawback", null=True)
    outcome = models.CharField(  # noqa: DJ001  (filled once)
        pgettext_lazy("penalty", "what came of it"), max_length=300, null=True
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("penalty"), _("penalties")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "violation", "attempt", "measure"], name="violation_penalty_once"
            ),
            models.CheckConstraint(
                condition=Q(measure="warning", percent=None, fen=None, agreement=None)
                | Q(measure="deduct", percent__gt=0, fen=None, agreement=None)
                | Q(measure="repay", percent=None, fen__gt=0, agreement=None)
                | Q(measure="end", percent=None, fen=None, agreement__isnull=False),
                name="violation_penalty_of_its_measure",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.measure
