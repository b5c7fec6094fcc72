"""Orders of examinations, the results shown with them, and what was decided (S3-10, S3-32)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership, Stepped
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from referrals.recognition import machine, reasons
from referrals.recognition.models.register import link, optional
from referrals.recognition.models.results import Result


class OrderNumber(AllianceRow):
    """The last number given on a day."""

    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "day"], name="order_number_day")]


class OrderQuerySet(AllianceQuerySet):
    """Which orders, in one word each."""

    def visible_to(self, membership: Membership) -> OrderQuerySet:
        """Ordered at the member's institution; all of them for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(institution=here)

    def undecided(self) -> OrderQuerySet:
        """With a result in front of the doctor and no decision."""
        return self.filter(state=Order.State.OPEN)

    def late(self, now: datetime) -> OrderQuerySet:
        """Undecided past the limit."""
        return self.undecided().filter(due_at__lt=now)

    def with_names(self) -> OrderQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(
            "person", "institution", "department", "item", "ordered_by__user", "ordering_doctor",
            "decided_by__user", "result__institution", "result__item",
        )  # fmt: skip


class Order(Stepped, AllianceRow):
    """An examination ordered for a patient: recognise the result the alliance already holds, or repeat.

    Several valid results of the family count as one recognisable result, the latest: recognising it answers
    the order. An order without a valid result is clear at once and counts in no recognition rate.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to recognise or repeat")
        CLEAR = "clear", _("no earlier result")
        RECOGNISED = "recognised", _("recognised")
        REPEATED = "repeated", _("repeated with a reason")
        WITHDRAWN = "withdrawn", _("order withdrawn")

    number = models.CharField(_("examination order number"), max_length=24, editable=False)
    state = StateField(_("state"), max_length=12, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    person = link("alliance.Person", _("patient"))
    institution = link("alliance.Institution", _("ordering institution"))
    department = optional("alliance.Department", _("ordering department"))
    ordered_by = link("alliance.Membership", _("ordered by"))
    ordering_doctor = optional("alliance.Staff", _("ordering doctor"))
    item = link("recognition.Item", _("recognisable item"))
    family = models.CharField(_("item family"), max_length=32, editable=False)
    indication = models.CharField(_("indication"), max_length=300, blank=True)
    emergency = models.BooleanField(_("emergency order"), default=False)
    external_number = models.CharField(_("number in the hospital's system"), max_length=40, blank=True)
    ordered_at = models.DateTimeField(_("ordered at"))
    due_rule = models.CharField(max_length=8, editable=False)
    due_at = models.DateTimeField(_("decision due"), editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = optional("alliance.Membership", _("decided by"), editable=False)
    result = optional("recognition.Result", _("result recognised"), editable=False)
    reason = models.CharField(_("reason for repeating"), max_length=8, blank=True, editable=False)
    reason_text = models.CharField(_("reason in words"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(OrderQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("ordered examination"), _("ordered examinations")
        ordering = ["-ordered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="order_number"),
            models.UniqueConstraint(
                fields=["alliance", "institution", "external_number"],
                condition=~Q(external_number=""),
                name="order_external",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="order_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="recognised", result__isnull=False, decided_by__isnull=False)
                | (~Q(state="recognised") & Q(result__isnull=True)),
                name="order_result",
            ),
            # Repeating needs a reason of the six, and a reason stands nowhere else (S3-32).
            models.CheckConstraint(
                condition=Q(
                    state="repeated",
                    reason__in=["R1", "R2", "R3", "R4", "R5", "R6"],
                    decided_by__isnull=False,
                )
                | (~Q(state="repeated") & Q(reason="")),
                name="order_reason",
            ),
            models.CheckConstraint(condition=~Q(reason="R6") | ~Q(reason_text=""), name="order_reason_words"),
        ]
        indexes = [
            models.Index(fields=["alliance", "institution", "state", "due_at"], name="order_waiting"),
            models.Index(fields=["alliance", "institution", "-ordered_at"], name="order_of_house"),
            models.Index(fields=["alliance", "state", "due_at"], name="order_due"),
            models.Index(fields=["alliance", "ordered_at"], name="order_when"),
            models.Index(fields=["alliance", "person", "family", "ordered_at"], name="order_of_person"),
        ]

    def __str__(self) -> str:
        return self.number

    def is_late_at(self, now: datetime) -> bool:
        """Undecided past the limit: a wall clock, which includes its last instant."""
        return bool(self.state == self.State.OPEN and now > self.due_at)

    @property
    def reason_words(self) -> str:
        """The coded reason in words."""
        return reasons.words(self.reason)

    def is_own(self, membership: Membership) -> bool:
        """Ordered at the member's institution."""
        return membership.institution_id is not None and membership.institution_id == self.institution_id

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """ "own" at the ordering institution; nobody else takes a step."""
        return frozenset({"own"} if self.is_own(membership) else ())

    @transition(state, State.OPEN, State.RECOGNISED, custom=machine.RECOGNISE)
    def recognise(self) -> None:
        """The doctor takes the result that exists."""

    @transition(state, State.OPEN, State.REPEATED, custom=machine.REPEAT)
    def repeat(self) -> None:
        """The doctor orders it again, for one of six reasons."""

    @transition(state, State.OPEN, State.WITHDRAWN, custom=machine.WITHDRAW)
    def withdraw(self) -> None:
        """The examination is not needed any more."""

    @transition(state, State.OPEN, State.CLEAR, custom=machine.CLEAR)
    def clear(self) -> None:
        """There is nothing to recognise."""


class Offer(AllianceRow):
    """A valid result shown to the doctor who ordered: the only way to read a result of another member.

    Written with the order, never later: it is the proof of what was in front of the doctor (S3-32).
    """

    append_only = True

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="offers")
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="offers")
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("result shown"), _("results shown")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "order", "result"], name="offer_once"),
            models.UniqueConstraint(fields=["alliance", "order", "rank"], name="offer_rank"),
        ]
