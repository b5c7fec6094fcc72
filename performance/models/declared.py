"""Facts that no record of the alliance gives: declared or imported, proved, confirmed by a second person.

S0-15 (no figure without its source), S3-33, S3-36. Nothing is overwritten: a correction is the next revision.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from alliance.models.stepped import Stepped, step
from performance.engine.spans import Span

ENTER, CONFIRM = "declared.enter", "declared.confirm"
PLACE = ("level", "institution", "department", "staff", "team", "fact", "frequency", "first_day")


def link(label: Any, to: str, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class DeclaredQuerySet(AllianceQuerySet):
    """Which values a member sees, and which count."""

    def seen_by(self, membership: Membership) -> Any:
        """The member's own institution's, or all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here)

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related(
            "institution", "department", "staff", "entered_by__user", "submitted_by__user",
            "confirmed_by__user",
        )  # fmt: skip


class DeclaredValue(AllianceRow, Stepped):
    """One fact of one place and span: its number, who answers for it, how far it has come.

    `value` is in the unit of the fact book (money in fen). `proofs` counts its files; where the book says
    declared, none is submitted without. Village rooms report through their township.
    """

    class Level(models.TextChoices):
        ALLIANCE = "alliance", pgettext_lazy("level", "alliance")
        INSTITUTION = "institution", pgettext_lazy("level", "institution")
        DEPARTMENT = "department", pgettext_lazy("level", "department")
        TEAM = "team", pgettext_lazy("level", "team")
        PERSON = "person", pgettext_lazy("level", "person")

    class Frequency(models.TextChoices):
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every quarter")
        YEAR = "year", _("every year")

    class Way(models.TextChoices):
        FORM = "form", _("typed")
        SHEET = "sheet", _("from a sheet")
        API = "api", _("from another system")
        VISIT = "visit", _("from the on-site assessment")

    class State(models.TextChoices):
        ENTERED = "entered", pgettext_lazy("declared value", "entered")
        SUBMITTED = "submitted", pgettext_lazy("declared value", "waits for the second person")
        CONFIRMED = "confirmed", pgettext_lazy("declared value", "confirmed")
        RETURNED = "returned", pgettext_lazy("declared value", "sent back")
        WITHDRAWN = "withdrawn", pgettext_lazy("declared value", "withdrawn")
        SUPERSEDED = "superseded", pgettext_lazy("declared value", "replaced by a correction")

    OPEN = (State.ENTERED, State.SUBMITTED, State.RETURNED)
    COUNTED = (State.CONFIRMED, State.SUPERSEDED)

    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.INSTITUTION)
    institution = link(_("institution"), "alliance.Institution", null=True)
    department = link(_("department"), "alliance.Department", null=True)
    staff = link(_("staff member"), "alliance.Staff", null=True)
    team = models.CharField(_("team"), max_length=60, blank=True)
    fact = models.CharField(_("fact"), max_length=40)
    frequency = models.CharField(_("frequency"), max_length=8, choices=Frequency)
    first_day = models.DateField(_("period from"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=4)
    responsible = models.CharField(_("responsible person"), max_length=60)
    note = models.CharField(_("note"), max_length=300, blank=True)
    needs_proof = models.BooleanField(default=False, editable=False)
    proofs = models.PositiveSmallIntegerField(_("evidence files"), default=0, editable=False)
    way = models.CharField(_("came in"), max_length=8, choices=Way, default=Way.FORM)
    state = StateField(
        _("state"), max_length=12, choices=State.choices, default=State.ENTERED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(_("entered"))
    submitted_by = link(_("submitted by"), "alliance.Membership", null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    confirmed_by = link(_("confirmed by"), "alliance.Membership", null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    superseded_at = models.DateTimeField(_("replaced"), null=True)
    why = models.CharField(_("why"), max_length=300, blank=True)
    batch = models.ForeignKey(
        "performance.DeclaredBatch", on_delete=models.PROTECT, null=True, related_name="values"
    )

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(DeclaredQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("declared value"), _("declared values")
        ordering = ["-first_day", "fact", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", *PLACE, "revision"], name="declared_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["alliance", *PLACE], condition=Q(state="confirmed"), name="declared_one_counts",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["alliance", *PLACE], condition=Q(state__in=["entered", "submitted", "returned"]),
                name="declared_one_open", nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(first_day__day=1), name="declared_first_day"),
            models.CheckConstraint(condition=Q(value__gte=0), name="declared_not_negative"),
            models.CheckConstraint(condition=~Q(responsible=""), name="declared_responsible"),
            models.CheckConstraint(
                condition=Q(state__in=["entered", "returned", "withdrawn"]) | Q(needs_proof=False)
                | Q(proofs__gt=0),
                name="declared_proved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "confirmed", "superseded"])
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="declared_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "superseded"])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="declared_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("entered_by")) & ~Q(confirmed_by=F("submitted_by")),
                name="declared_two_persons",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(why=""), name="declared_why"),
            models.CheckConstraint(
                condition=Q(level="alliance", institution=None, department=None, staff=None, team="")
                | Q(level="institution", institution__isnull=False, department=None, staff=None, team="")
                | Q(level="department", institution__isnull=False, department__isnull=False, staff=None,
                    team="")
                | Q(level="person", institution__isnull=False, department=None, staff__isnull=False, team="")
                | Q(level="team", institution__isnull=False, department=None, staff=None, team__gt=""),
                name="declared_place",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "first_day", "fact"], name="declared_span")]

    def __str__(self) -> str:
        return f"{self.fact} {self.span}"

    @property
    def span(self) -> Span:
        """The month, quarter or year it speaks of."""
        return Span(Month.of(self.first_day), self.frequency)  # type: ignore[arg-type]

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """First: who may enter and submit it. Second: who may confirm it, never the same person."""
        if membership.institution_id not in (None, self.institution_id):
            return frozenset()
        if self.way == self.Way.VISIT and membership.institution_id is not None:
            return frozenset()  # what was found on site is not the inspected's to judge
        first = {one.user_id for one in (self.entered_by, self.submitted_by) if one is not None}
        return frozenset({"first"} if membership.user_id in first else {"first", "second"})

    @transition(
        state,
        State.ENTERED,
        State.SUBMITTED,
        custom=step(1, "first", ENTER, _("Submit"), "up", "submitted_at"),
    )
    def submit(self) -> None:
        """The place stands by the number."""

    @transition(
        state, State.RETURNED, State.SUBMITTED,
        custom=step(1, "first", ENTER, _("Submit again"), "up", "submitted_at"),
    )  # fmt: skip
    def resubmit(self) -> None:
        """Put right, or explained."""

    @transition(
        state, State.SUBMITTED, State.CONFIRMED,
        custom=step(2, "second", CONFIRM, _("Confirm"), "check", "confirmed_at"),
    )  # fmt: skip
    def confirm(self) -> None:
        """A second person has compared it with its evidence: it counts."""

    @transition(
        state, State.SUBMITTED, State.RETURNED, custom=step(3, "second", CONFIRM, _("Send back…"), "x")
    )
    def send_back(self) -> None:
        """A second person says what is wrong."""

    @transition(state, State.ENTERED, State.WITHDRAWN, custom=step(4, "first", ENTER, _("Withdraw…"), "x"))
    def withdraw(self) -> None:
        """Entered by mistake."""

    @transition(state, State.RETURNED, State.WITHDRAWN, custom=step(4, "first", ENTER, _("Withdraw…"), "x"))
    def give_up(self) -> None:
        """Sent back with good reason: there is no such number."""

    @transition(
        state, State.CONFIRMED, State.SUPERSEDED, custom=step(9, "", CONFIRM, "", "", "superseded_at")
    )
    def supersede(self) -> None:
        """A correction was confirmed."""


class DeclaredProof(AllianceRow):
    """One file that proves a value; several values may rest on one file."""

    append_only = True

    value = models.ForeignKey(DeclaredValue, on_delete=models.PROTECT, related_name="files")
    file = link(_("file"), "alliance.Attachment")
    added_by = link(_("entered by"), "alliance.Membership")
    added_at = models.DateTimeField(_("entered"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("evidence file"), _("evidence files")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "value", "file"], name="declared_proof_once"),
        ]

    def __str__(self) -> str:
        return str(self.file)
