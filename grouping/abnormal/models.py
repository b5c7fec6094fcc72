"""Abnormal cases (S1-54): what a department's liaison saw of a case, and what the office answered."""

from __future__ import annotations

from datetime import datetime
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
from alliance.models.stepped import Stepped, step

VIEW, REPORT, ANSWER = "abnormal.view", "abnormal.report", "abnormal.answer"


def link(label: Any, to: str, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class Kind(models.TextChoices):
    """What is unusual about a case."""

    COST = "cost", pgettext_lazy("abnormal", "cost outlier")
    UNGROUPED = "ungrouped", pgettext_lazy("abnormal", "ungrouped")
    CODING = "coding", pgettext_lazy("abnormal", "suspected wrong coding")
    REFUSED = "refused", pgettext_lazy("abnormal", "refused reimbursement")


class ReportQuerySet(AllianceQuerySet):
    """Which reports a member sees."""

    def visible_to(self, membership: Membership) -> Any:
        """Those of the member's institution; all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here)

    def named(self) -> Any:
        """With what a list or a page names."""
        return self.select_related(
            "institution", "department", "case", "reported_by__user", "answered_by__user", "dispute"
        )


class AbnormalReport(Stepped, AllianceRow):
    """One report about one case. What it led to: a dispute of this floor, or (kind, id) of a thing above."""

    class State(models.TextChoices):
        SENT = "sent", pgettext_lazy("abnormal", "waiting for the insurance office")
        ANSWERED = "answered", pgettext_lazy("abnormal", "answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("abnormal", "withdrawn")

    class Finding(models.TextChoices):
        CONFIRMED = "confirmed", pgettext_lazy("abnormal", "confirmed")
        EXPLAINED = "explained", pgettext_lazy("abnormal", "explained, nothing to change")

    case = link(_("case"), "grouping.Case")
    institution = link(_("institution"), "alliance.Institution")
    department = link(_("department"), "alliance.Department", null=True)
    kind = models.CharField(pgettext_lazy("abnormal", "what is unusual"), max_length=12, choices=Kind)
    text = models.CharField(pgettext_lazy("abnormal", "what was seen"), max_length=1000)
    reported_by = link(pgettext_lazy("abnormal", "reported by"), "alliance.Membership")
    reported_at = models.DateTimeField(pgettext_lazy("abnormal", "reported"))
    rule = models.CharField(max_length=8, editable=False)
    due_at = models.DateTimeField(pgettext_lazy("abnormal", "answer due"))
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.SENT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    finding = models.CharField(
        pgettext_lazy("abnormal", "finding"), max_length=10, choices=Finding, blank=True
    )
    answer = models.CharField(pgettext_lazy("abnormal", "answer"), max_length=1000, blank=True)
    answered_by = link(pgettext_lazy("abnormal", "answered by"), "alliance.Membership", null=True)
    answered_at = models.DateTimeField(pgettext_lazy("abnormal", "answered at"), null=True)
    dispute = link(_("dispute"), "grouping.Dispute", null=True)
    followed_kind = models.CharField(max_length=60, blank=True)
    followed_id = models.BigIntegerField(null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ReportQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("abnormal case"), _("abnormal cases")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(due_at__gt=F("reported_at")), name="abnormal_told"
            ),
            models.UniqueConstraint(
                fields=["alliance", "case", "kind"], condition=Q(state="sent"), name="abnormal_open_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="answered",
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                    answered_at__gte=F("reported_at"),
                )
                & ~Q(answer="")
                & ~Q(finding="")
                | ~Q(state="answered") & Q(answered_by=None, answered_at=None, answer="", finding=""),
                name="abnormal_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(followed_kind="", followed_id=None)
                | ~Q(followed_kind="") & Q(followed_id__isnull=False),
                name="abnormal_followed",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "institution", "state"], name="abnormal_place"),
            models.Index(fields=["alliance", "reported_at"], name="abnormal_when"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case_id}"

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Office: of the institution or the alliance; reporter: who saw it."""
        found = {"office"} if membership.sees(self.institution_id) else set()
        if self.reported_by_id == membership.pk:
            found.add("reporter")
        return frozenset(found)

    def in_time(self, now: datetime) -> bool | None:
        """Whether the answer kept its limit; None while it runs. A day ends before the midnight it names."""
        at = self.answered_at or now
        by_day = self.rule[:1] in ("W", "D")
        kept = at < self.due_at if by_day else at <= self.due_at
        return kept if self.answered_at is not None or not kept else None

    @transition(state, State.SENT, State.ANSWERED, custom=step(
        1, "office", ANSWER, pgettext_lazy("abnormal", "Answer"), "send", "answered_at"))  # fmt: skip
    def reply(self) -> None:
        """The insurance office says what it found."""

    @transition(state, State.SENT, State.WITHDRAWN, custom=step(
        2, "reporter", REPORT, pgettext_lazy("abnormal", "Withdraw"), "undo"))  # fmt: skip
    def withdraw(self) -> None:
        """Reported by mistake."""
