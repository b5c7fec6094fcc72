"""Work queues of coding 待处理数据: what is wrong with a record, whom it waits for, how it ended.

Nothing here changes a record: a coder may not change a doctor's diagnosis. It is corrected in the hospital's
system, and an item closes by itself when the corrected file removes its cause (practice.md section 2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from grouping.models.cases import Document


class Cause(models.TextChoices):
    """Why a record is here: first what the checks of a file find, then what grouping and cost show."""

    NO_PRINCIPAL = "no_principal", _("no principal diagnosis")
    UNKNOWN_CODE = "unknown_code", _("unknown code")
    CLINICAL_CODE = "clinical_code", _("clinical code in an insurance source")
    SEX_AGE = "sex_age", _("sex or age conflict")
    TIMES = "times", _("dates or days of stay")
    CHARGES = "charges", _("charges do not tie")
    VALUE = "value", _("value missing or wrong")
    UNGROUPED = "ungrouped", _("in no group")
    AMBIGUOUS = "ambiguous", _("ambiguous")
    ADRG_ONLY = "adrg_only", _("ADRG only")
    OUT_OF_SCOPE = "out_of_scope", _("out of scope")
    COST_HIGH = "cost_high", _("cost far above the group")
    COST_LOW = "cost_low", _("cost far below the group")


ROW_CAUSES = (
    Cause.NO_PRINCIPAL, Cause.UNKNOWN_CODE, Cause.CLINICAL_CODE, Cause.SEX_AGE, Cause.TIMES, Cause.CHARGES,
    Cause.VALUE,
)  # fmt: skip
CASE_CAUSES = (
    Cause.UNGROUPED, Cause.AMBIGUOUS, Cause.ADRG_ONLY, Cause.OUT_OF_SCOPE, Cause.COST_HIGH, Cause.COST_LOW,
)  # fmt: skip


class State(models.TextChoices):
    """Whom an item waits for."""

    OPEN = "open", _("to be looked at")
    ASKED = "asked", _("the doctor is asked")
    ANSWERED = "answered", pgettext_lazy("work item", "answered")
    WAITING = "waiting", _("waits for the source 待源系统更正")
    ACCEPTED = "accepted", _("no error")
    CLOSED = "closed", _("cause gone")


LIVE = (State.OPEN, State.ASKED, State.ANSWERED, State.WAITING)


class WorkItemQuerySet(AllianceQuerySet):
    """Which items, in one word each."""

    def visible_to(self, membership: Membership) -> WorkItemQuerySet:
        """The member's institution's; all for the whole alliance. Who only answers sees what was asked."""
        own = membership.institution_id
        found = self if own is None else self.filter(institution=own)
        if membership.can("queue.work") or not membership.can("queue.answer"):
            return found
        return found.filter(questions__isnull=False).distinct()

    def live(self) -> WorkItemQuerySet:
        """Neither accepted nor closed."""
        return self.filter(state__in=LIVE)


class WorkItem(AllianceRow):
    """One record with one cause: found once, however often the file comes again.

    `subject` is record number/visit, or `#file/line` where the row does not say which record it is.
    """

    institution = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, null=True, related_name="+"
    )
    document = models.CharField(_("document"), max_length=16, choices=Document, default=Document.FRONT_PAGE)
    subject = models.CharField(_("record number"), max_length=60)
    cause = models.CharField(_("cause"), max_length=16, choices=Cause)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    case = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, null=True, related_name="work_items")
    file = models.ForeignKey("grouping.CaseFile", on_delete=models.PROTECT, null=True, related_name="+")
    line = models.PositiveIntegerField(null=True)
    month = models.DateField(_("month of discharge"), null=True)
    department_code = models.CharField(_("department"), max_length=20, blank=True)
    # Findings of a row [{column, code, value, message, params}], or {drg, ...} of a case; no patient values.
    detail = models.JSONField(default=dict)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)
    # After this instant the insurer takes no more changes of the month: a correction counts inside only.
    internal_from = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(WorkItemQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("work item"), _("work items")
        ordering = ["found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "institution", "document", "subject", "cause"], name="work_item_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="work_item_cause"),
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(file__isnull=False), name="work_item_of_something"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["alliance", "institution", "state", "cause"], name="work_item_queue"),
            models.Index(fields=["alliance", "month", "cause"], name="work_item_month"),
        ]

    def __str__(self) -> str:
        return self.subject

    def steps_for(self, membership: Membership) -> Iterator[Any]:
        """The steps this member may take now."""
        machine = cast(Any, self)
        for step in machine.get_available_state_transitions():
            if step.custom.get("permit") and membership.can(step.custom["permit"]):
                yield step

    @transition(state, State.OPEN, State.ASKED, custom={"permit": "queue.work"})
    def ask(self) -> None:
        """The doctor is asked what the record should say."""

    @transition(state, State.ANSWERED, State.ASKED, custom={"permit": "queue.work"})
    def ask_again(self) -> None:
        """The answer leaves something open."""

    @transition(state, State.ASKED, State.ANSWERED, custom={"permit": "queue.answer"})
    def answer(self) -> None:
        """The doctor answers."""

    @transition(
        state, [State.OPEN, State.ASKED, State.ANSWERED], State.WAITING, custom={"permit": "queue.work"}
    )
    def wait(self) -> None:
        """It is being corrected in the hospital's system."""

    @transition(
        state, [State.OPEN, State.ANSWERED, State.WAITING], State.ACCEPTED, custom={"permit": "queue.work"}
    )
    def accept(self) -> None:
        """The record is right as it is."""

    @transition(state, State.ACCEPTED, State.OPEN, custom={"permit": "queue.work"})
    def look_again(self) -> None:
        """It was no error by mistake."""

    @transition(state, [*LIVE, State.ACCEPTED], State.CLOSED, custom={})
    def close(self) -> None:
        """The cause is gone: a corrected file came, or the file was put aside. Only the system does this."""

    @transition(state, State.CLOSED, State.OPEN, custom={})
    def return_(self) -> None:
        """The cause is there again. Only the system does this."""


class CaseQuestion(AllianceRow):
    """A question to the doctor about one item, with its limit; the answer is written once."""

    append_only = True
    fill_once = ("answer", "answered_by_id", "answered_at")

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    text = models.CharField(_("question"), max_length=500)
    rule = models.CharField(max_length=8)
    due_at = models.DateTimeField(_("answer due"))
    answer = models.CharField(_("answer"), max_length=500, null=True)  # noqa: DJ001  (null: not yet)
    answered_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("question"), _("questions")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "item"], condition=Q(answered_at=None), name="case_question_open_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer=None, answered_by=None)
                | Q(answered_at__isnull=False, answer__isnull=False, answered_by__isnull=False),
                name="case_question_answered",
            ),
        ]
