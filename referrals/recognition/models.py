"""Recognition of results 检查检验结果互认: items, results, orders and what was decided about them.

Sources: S3-09, S3-10, S3-32; definitions section 5.2 (reasons, rates), section 8 (R11).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership, Stepped
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from referrals.recognition import machine, reasons


def link(to: str, label: Any, **more: Any) -> Any:
    """A link that stays as long as the row."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **more)


def optional(to: str, label: Any, **more: Any) -> Any:
    """A link that may be absent."""
    return link(to, label, null=True, blank=True, **more)


class Modality(models.TextChoices):
    """How an examination is made."""

    LABORATORY = "laboratory", _("laboratory test")
    IMAGING = "imaging", _("X-ray, CT or MR")
    ULTRASOUND = "ultrasound", _("ultrasound examination")
    ECG = "ecg", _("electrocardiogram")
    PATHOLOGY = "pathology", _("pathology examination")
    ENDOSCOPY = "endoscopy", _("endoscopy")
    OTHER = "other", _("other examination")


class ItemQuerySet(AllianceQuerySet):
    """Which items of the register."""

    def in_force(self, on: date) -> ItemQuerySet:
        """The row of each code that holds on a day, without those taken off the register."""
        newer = self.model.objects.filter(
            code=OuterRef("code"), from_date__lte=on, from_date__gt=OuterRef("from_date")
        )
        return self.filter(~Exists(newer), from_date__lte=on, retired=False)


class Item(AllianceRow):
    """A recognisable item as it holds from a day on: a change is a new row with a later day.

    `family` joins items that answer the same question (a plain chest CT and one of another machine): a result
    of one stands for all of them. `validity_days` is how long a result may be recognised.
    """

    append_only = True

    code = models.CharField(_("item code"), max_length=32)
    name = models.CharField(_("name"), max_length=100)
    family = models.CharField(_("item family"), max_length=32)
    modality = models.CharField(_("modality"), max_length=12, choices=Modality)
    validity_days = models.PositiveSmallIntegerField(_("valid for (days)"))
    mark = models.CharField(_("recognition mark"), max_length=20, blank=True)
    retired = models.BooleanField(_("taken off the register"), default=False)
    from_date = models.DateField(_("holds from"))
    source = models.CharField(_("source of the register"), max_length=200, blank=True)
    entered_by = link("alliance.Membership", _("entered into the register by"))

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ItemQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("recognisable item"), _("recognisable items")
        ordering = ["code", "-from_date"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code", "from_date"], name="item_from"),
            models.CheckConstraint(condition=Q(validity_days__gte=1), name="item_validity"),
        ]
        indexes = [models.Index(fields=["alliance", "family"], name="item_family")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ResultQuerySet(AllianceQuerySet):
    """Which results."""

    def of_house(self, membership: Membership) -> ResultQuerySet:
        """Made by the member's institution; all of them for who stands for the whole alliance.

        A result of another member is read only through an order for that patient (`Offer`).
        """
        here = membership.institution_id
        return self if here is None else self.filter(institution=here)

    def standing(self) -> ResultQuerySet:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def valid_for(self, *, person: int, family: str, at: datetime) -> ResultQuerySet:
        """Results of a patient and family that may be recognised at an instant, the latest first."""
        rows = self.standing().filter(person=person, family=family, taken_at__lte=at, valid_until__gt=at)
        return rows.order_by("-taken_at", "-pk")


class Result(AllianceRow):
    """One result of one patient, made at a member institution; corrected only by withdrawing it.

    Family and validity are those of the item on the day it was taken. `number` is the house's own report
    number: the same report twice is the same row.
    """

    append_only = True
    fill_once = ("withdrawn_at", "withdrawn_by_id", "withdrawn_why")

    class Channel(models.TextChoices):
        HAND = "hand", _("typed in")
        API = "api", _("sent by a program")
        SHEET = "sheet", _("from a sheet")

    person = link("alliance.Person", _("patient"))
    institution = link("alliance.Institution", _("examining institution"))
    item = link("recognition.Item", _("recognisable item"))
    family = models.CharField(_("item family"), max_length=32, editable=False)
    number = models.CharField(_("report number"), max_length=40)
    taken_at = models.DateTimeField(_("examination made"))
    reported_at = models.DateTimeField(_("report issued"), null=True, blank=True)
    valid_until = models.DateTimeField(_("may be recognised until"), editable=False)
    conclusion = models.TextField(_("conclusion"))
    reference = models.CharField(_("address of report and images"), max_length=300, blank=True)
    channel = models.CharField(_("came by"), max_length=8, choices=Channel)
    entered_by = link("alliance.Membership", _("result entered by"))
    entered_at = models.DateTimeField(_("result entered at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_by = optional("alliance.Membership", _("withdrawn by"), editable=False)
    withdrawn_why = models.CharField(_("why withdrawn"), max_length=200, null=True, editable=False)  # noqa: DJ001

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ResultQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("result"), _("results of examinations")
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "institution", "number", "item"], name="result_once"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("taken_at")), name="result_validity"),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True) | Q(reported_at__gte=F("taken_at")),
                name="result_reported",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "person", "family", "valid_until"], name="result_of_person"),
            models.Index(fields=["alliance", "institution", "-taken_at"], name="result_of_house"),
            models.Index(fields=["alliance", "taken_at"], name="result_taken"),
        ]

    def __str__(self) -> str:
        return self.number


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
