"""Objections and appeals (practice.md 4, S3-29, S0-66): filed from a line, answered in time by others.

The database fills whose number a line is, and refuses that the filer, whose number it is or who made it
decides (performance.appeals.sql). What an upheld one changes is posted into an open month, never edited.
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
from performance.models.declared import link
from performance.models.pay import LOOK
from performance.models.pay_sight import PERSONS, leads_all

VIEW, FILE, HANDLE, DECIDE, REVIEW = (
    "appeal.view", "appeal.file", "appeal.handle", "appeal.decide", "appeal.review",
)  # fmt: skip


def sees_all(membership: Membership) -> bool:
    """True for the offices of the alliance that handle and decide appeals or look at everybody's pay."""
    whole = membership.institution_id is None
    return whole and any(membership.can(right) for right in (HANDLE, DECIDE, LOOK))


class AppealQuerySet(AllianceQuerySet):
    """Which appeals a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """What the member is a party of, and the first instance of what is theirs to answer now."""
        if sees_all(membership):
            return self.all()
        first = self.examined_by(membership).values("earlier")
        return self.party(membership) | self.filter(pk__in=first)

    def examined_by(self, membership: Membership) -> Any:
        """What is the member's to answer now."""
        return Appeal.objects.filter(handler__user=membership.user_id, state=Appeal.State.ASSIGNED)

    def party(self, membership: Membership) -> Any:
        """The offices that handle, decide or look at pay all; others, discipline inspection among them, what
        they filed, handle or are concerned by; an institution's leaders those about its numbers, a head
        those about pay of the own department (second wall; practice.md 4).
        """
        if sees_all(membership):
            return self.all()
        me, here = membership.user_id, membership.institution_id
        mine = Q(filed_by__user=me) | Q(handler__user=me) | Q(
            pk__in=AppealLine.objects.filter(staff__user=me).values("appeal")
        )  # fmt: skip
        if here is not None and leads_all(membership):
            mine |= Q(pk__in=AppealLine.objects.filter(institution=here).values("appeal"))
        elif membership.can(PERSONS) and membership.department_id is not None:
            led = AppealLine.objects.filter(pay_line__pot__department=membership.department_id)
            mine |= Q(pk__in=led.values("appeal"))
        return self.filter(mine)

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related(
            "institution", "filed_by__user", "filed_by__institution", "handler__user", "decided_by__user",
            "approval", "journal__period", "earlier",
        )  # fmt: skip

    def unanswered(self) -> Any:
        """Whose clock runs."""
        return self.filter(state__in=Appeal.UNANSWERED)

    def running(self) -> Any:
        """Not ended."""
        return self.filter(state__in=Appeal.RUNNING)


class Appeal(AllianceRow, Stepped):
    """One objection or appeal about numbers of one month, with one line or many.

    `due_at` is the end of its working days; `due_first_at` what it was when filed, should the calendar of a
    later year be published meanwhile (`provisional`; definitions 9). `earlier` makes it a second instance.
    """

    class Kind(models.TextChoices):
        INDICATOR = "indicator", pgettext_lazy("appeal", "objection to an indicator")
        DATA = "data", pgettext_lazy("appeal", "correction of data")
        PERSONAL = "personal", pgettext_lazy("appeal", "personal appeal")
        STATEMENT = "statement", pgettext_lazy("appeal", "statement of view")

    class State(models.TextChoices):
        FILED = "filed", pgettext_lazy("appeal", "filed")
        ASSIGNED = "assigned", pgettext_lazy("appeal", "acknowledged, being examined")
        UPHELD = "upheld", pgettext_lazy("appeal", "upheld, correction waits for approval")
        CORRECTED = "corrected", pgettext_lazy("appeal", "upheld and corrected")
        REJECTED = "rejected", pgettext_lazy("appeal", "not upheld")
        WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")

    class Bearer(models.TextChoices):
        POT = "pot", pgettext_lazy("appeal", "divided anew among all who share it")
        SOURCE = "source", pgettext_lazy("appeal", "borne by the level above; others keep theirs")

    UNANSWERED = (State.FILED, State.ASSIGNED)  # whose clock runs: it asks for the answer alone
    RUNNING = (*UNANSWERED, State.UPHELD)
    ANSWERED = (State.CORRECTED, State.REJECTED)

    month = models.DateField(_("month"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    institution = link(_("institution"), "alliance.Institution")
    text = models.CharField(_("what is wrong and why"), max_length=2000)
    filed_by = link(_("filed by"), "alliance.Membership")
    filed_at = models.DateTimeField(_("filed"))
    earlier = link(_("first instance"), "self", null=True)
    rule = models.CharField(max_length=8)
    due_first_at = models.DateTimeField(_("answer due when filed"))
    due_at = models.DateTimeField(_("answer due"))
    escalates_at = models.DateTimeField(_("escalates"))
    provisional = models.BooleanField(_("provisional calendar"), default=False)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.FILED, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    handler = link(_("examined by"), "alliance.Membership", null=True)
    assigned_at = models.DateTimeField(_("acknowledged"), null=True)
    answer = models.CharField(_("answer"), max_length=2000, blank=True)
    decided_by = link(_("decided by"), "alliance.Membership", null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    bearer = models.CharField(_("who bears it"), max_length=8, choices=Bearer, blank=True)
    # An objection to an indicator may change it from a month on, by a new version of the scheme.
    from_month = models.DateField(_("changes from month"), null=True)
    # Corrected values of persons' indicators by the number of their line, as text.
    right = models.JSONField(_("corrected values"), default=dict)
    # What the examiner typed of a decision that waits: fields of the form as text; nobody else is shown it.
    draft = models.JSONField(_("decision as typed"), default=dict)
    # Why a correction gives more than was asked for; required where it does.
    more_why = models.CharField(_("why more than was asked for"), max_length=500, blank=True)
    revision = models.PositiveSmallIntegerField(_("revision of the correction"), default=0)
    approval = link(_("approval"), "approvals.Approval", null=True)
    journal = link(_("ledger journal"), "ledger.LedgerJournal", null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AppealQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("appeal"), _("appeals")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "earlier"], name="appeal_second_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="appeal_first_day"),
            models.CheckConstraint(condition=~Q(text=""), name="appeal_says_why"),
            models.CheckConstraint(
                condition=Q(escalates_at__gt=F("filed_at"), escalates_at__lte=F("due_at")),
                name="appeal_escalates_in_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "withdrawn"])
                | Q(handler__isnull=False, assigned_at__isnull=False),
                name="appeal_assigned",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "assigned", "withdrawn"])
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(answer=""),
                name="appeal_answered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "assigned", "upheld"], ended_at=None)
                | Q(state__in=["corrected", "rejected", "withdrawn"], ended_at__isnull=False),
                name="appeal_ended",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("filed_by")) & ~Q(handler=F("filed_by")), name="appeal_by_others"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["alliance", "month", "state"], name="appeal_month"),
            models.Index(fields=["alliance", "state", "due_at"], name="appeal_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def period(self) -> Month:
        """The month its numbers belong to."""
        return Month.of(self.month)

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Filer: who filed it. Office: of the alliance. Handler: to whom it is assigned."""
        sides = {
            "filer": membership.user_id == self.filed_by.user_id,
            "office": membership.institution_id is None,
            "handler": self.handler is not None and membership.user_id == self.handler.user_id,
        }
        return frozenset(name for name, holds in sides.items() if holds)

    @transition(state, [State.FILED, State.ASSIGNED], State.ASSIGNED, custom=step(
        1, "office", HANDLE, _("Acknowledge and assign…"), "check"))  # fmt: skip
    def assign(self) -> None:
        """Somebody uninvolved examines it; again when that person cannot."""

    @transition(state, State.ASSIGNED, State.UPHELD, custom=step(
        2, "handler", VIEW, _("Uphold…"), "check"))  # fmt: skip
    def uphold(self) -> None:
        """It is right; the correction goes before a second person."""

    @transition(state, State.UPHELD, State.ASSIGNED, custom=step(9, "", DECIDE, "", ""))
    def give_back(self) -> None:
        """The correction was not agreed: it is examined again."""

    @transition(state, [State.ASSIGNED, State.UPHELD], State.CORRECTED, custom=step(
        9, "", DECIDE, "", "", "ended_at"))  # fmt: skip
    def correct(self) -> None:
        """The correction is in the books, or nothing in the books changes by it."""

    @transition(state, State.ASSIGNED, State.REJECTED, custom=step(
        3, "handler", VIEW, _("Do not uphold…"), "x", "ended_at"))  # fmt: skip
    def reject(self) -> None:
        """The number stands."""

    @transition(state, [State.FILED, State.ASSIGNED], State.WITHDRAWN, custom=step(
        8, "filer", FILE, _("Withdraw"), "undo", "ended_at"))  # fmt: skip
    def withdraw(self) -> None:
        """Who filed it no longer asks."""


# The column that holds each kind of number.
COLUMNS = {
    "score": "score", "value": "value", "case": "case", "deduction": "deduction", "pay": "pay_line",
    "own": "own",
}  # fmt: skip


def one_number() -> Q:
    """A line holds the number of its kind alone, of a person's indicator its code beside it."""
    found = Q()
    for about, column in COLUMNS.items():
        others = {name: None for name in COLUMNS.values() if name != column}
        kind = Q(about=about, **{f"{column}__isnull": False}, **others)
        found |= kind & (~Q(indicator="") if about == "own" else Q(indicator=""))
    return found


class AppealLine(AllianceRow):
    """One number an appeal is about. The database fills whose it is and what may be asked of it at most
    (`whole_fen`): of a line of pay what its pot has.
    """

    append_only = True

    class About(models.TextChoices):
        SCORE = "score", pgettext_lazy("appeal", "score of an institution")
        VALUE = "value", pgettext_lazy("appeal", "value of an indicator")
        OWN = "own", pgettext_lazy("appeal", "indicator of a person")
        CASE = "case", pgettext_lazy("appeal", "grouped case")
        DEDUCTION = "deduction", pgettext_lazy("appeal", "deduction")
        PAY = "pay", pgettext_lazy("appeal", "line of pay")

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField(_("line"))
    about = models.CharField(_("about"), max_length=10, choices=About)
    score = link(_("score"), "performance.Line", null=True)
    value = link(_("indicator value"), "performance.IndicatorValue", null=True)
    own = link(_("person scored"), "performance.LevelSubject", null=True)
    indicator = models.CharField(_("indicator"), max_length=40, blank=True)
    case = link(_("case"), "grouping.Case", null=True)
    deduction = link(_("deduction"), "performance.Consequence", null=True)
    pay_line = link(_("line of pay"), "performance.PayLine", null=True)
    said = models.CharField(_("what is right instead"), max_length=500, blank=True)
    disputed_fen = models.BigIntegerField(_("disputed (fen)"), null=True)
    institution = link(_("institution"), "alliance.Institution")
    staff = link(_("staff member"), "alliance.Staff", null=True)
    whole_fen = models.BigIntegerField(_("amount (fen)"), null=True)
    addition = link(_("addition"), "performance.AppealAddition", null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("line of an appeal"), _("lines of appeals")
        ordering = ["appeal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "appeal", "number"], name="appealline_number"),
            models.UniqueConstraint(
                fields=["alliance", "appeal", "about", "score", "value", "case", "deduction", "pay_line",
                        "own", "indicator"],
                name="appealline_once", nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=one_number(), name="appealline_one_number",
            ),
            models.CheckConstraint(
                condition=Q(disputed_fen=None)
                | Q(whole_fen__isnull=False, disputed_fen__gt=0, disputed_fen__lte=F("whole_fen")),
                name="appealline_disputed",
            ),
            models.CheckConstraint(
                condition=Q(about="pay", staff__isnull=False, disputed_fen__isnull=False) | ~Q(about="pay"),
                name="appealline_pay",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.appeal_id}.{self.number}"

    @property
    def subject_id(self) -> int:
        """The id of the number it is about."""
        found: int = getattr(self, COLUMNS[self.about] + "_id")
        return found
