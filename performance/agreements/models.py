"""Agreements (协议) with a member institution, their clauses, and what each period made of a clause (S4-31).

Between the alliance or the insurer and the institution. Entered by one person, checked by another against
the signed scan; from then on its clauses stay as they were signed. Another content is the next agreement,
which follows this one.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
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
from performance.improvement.models import link

VIEW, RUN, ASSESS = "agreement.view", "agreement.run", "agreement.assess"
SIGNED = ("in_force", "ending", "ended")


class AgreementQuerySet(AllianceQuerySet):
    """Which agreements a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The own institution's once signed, or all for the whole alliance (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(institution=here, state__in=SIGNED)

    def named(self) -> Any:
        """With what a page names."""
        return self.select_related(
            "institution", "scan", "follows", "entered_by__user", "checked_by__user", "end_asked_by__user",
            "ended_by__user",
        )  # fmt: skip


class Agreement(AllianceRow, Stepped):
    """One agreement. It holds from `begins` to `ends`, or to `ended_on` where it was ended before."""

    class Kind(models.TextChoices):
        SERVICE = "service", pgettext_lazy("agreement", "medical insurance service")
        BUDGET = "budget", pgettext_lazy("agreement", "payment budget")
        COLLABORATION = "collaboration", pgettext_lazy("agreement", "collaboration in the alliance")
        OTHER = "other", pgettext_lazy("agreement", "other")

    class Party(models.TextChoices):
        INSURER = "insurer", pgettext_lazy("agreement", "insurer")
        ALLIANCE = "alliance", pgettext_lazy("agreement", "alliance")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("agreement", "being entered")
        WAITING = "waiting", pgettext_lazy("agreement", "waits for its check")
        IN_FORCE = "in_force", pgettext_lazy("agreement", "in force")
        ENDING = "ending", pgettext_lazy("agreement", "ending waits for a second person")
        ENDED = "ended", pgettext_lazy("agreement", "ended")
        WITHDRAWN = "withdrawn", pgettext_lazy("agreement", "withdrawn")

    kind = models.CharField(pgettext_lazy("agreement", "kind"), max_length=16, choices=Kind)
    institution = link(_("institution"), "alliance.Institution")
    party = models.CharField(pgettext_lazy("agreement", "other party"), max_length=10, choices=Party)
    party_name = models.CharField(pgettext_lazy("agreement", "name of the other party"), max_length=120)
    number = models.CharField(pgettext_lazy("agreement", "number"), max_length=80)
    title = models.CharField(pgettext_lazy("agreement", "title"), max_length=160)
    begins = models.DateField(pgettext_lazy("agreement", "first day"))
    ends = models.DateField(pgettext_lazy("agreement", "last day"))
    signed_on = models.DateField(pgettext_lazy("agreement", "signed on"))
    scan = link(pgettext_lazy("agreement", "signed scan"), "alliance.Attachment", null=True)
    follows = link(pgettext_lazy("agreement", "follows"), "agreements.Agreement", null=True)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    entered_by = link(pgettext_lazy("agreement", "entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(pgettext_lazy("agreement", "entered"))
    checked_by = link(pgettext_lazy("agreement", "checked by"), "alliance.Membership", null=True)
    checked_at = models.DateTimeField(pgettext_lazy("agreement", "checked"), null=True)
    end_asked_by = link(pgettext_lazy("agreement", "ending asked for by"), "alliance.Membership", null=True)
    end_why = models.CharField(pgettext_lazy("agreement", "why it ends"), max_length=500, blank=True)
    ended_on = models.DateField(pgettext_lazy("agreement", "last day before its time"), null=True)
    ended_by = link(pgettext_lazy("agreement", "ended by"), "alliance.Membership", null=True)
    ended_at = models.DateTimeField(pgettext_lazy("agreement", "ended"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AgreementQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name = pgettext_lazy("agreement", "agreement")
        verbose_name_plural = pgettext_lazy("agreement", "agreements")
        ordering = ["-begins", "institution__code", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="agreement_term"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(number="") & ~Q(party_name=""), name="agreement_named"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(scan__isnull=False),
                name="agreement_with_its_scan",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SIGNED) | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="agreement_checked",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("begins"), ended_on__lte=F("ends")),
                name="agreement_ended_in_its_term",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ended_on__isnull=False, ended_at__isnull=False)
                & ~Q(end_why=""),
                name="agreement_ended_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["alliance", "party", "number"], condition=~Q(state="withdrawn"),
                name="agreement_number_once",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "institution", "state"], name="agreement_place")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def last_day(self) -> date:
        """The last day it holds."""
        return self.ended_on or self.ends

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The office of the whole alliance keeps agreements."""
        return frozenset({"office"} if membership.institution_id is None else ())

    @transition(state, State.DRAFT, State.WAITING, custom=step(
        1, "office", RUN, _("Hand on for its check"), "check"))  # fmt: skip
    def submit(self) -> None:
        """Entry and scan are complete."""

    @transition(state, State.WAITING, State.IN_FORCE, custom=step(
        2, "office", RUN, _("Confirm against the scan"), "check", "checked_at"))  # fmt: skip
    def confirm(self) -> None:
        """Another person has compared entry and scan."""

    @transition(state, State.WAITING, State.DRAFT, custom=step(
        3, "office", RUN, _("Send back"), "undo"))  # fmt: skip
    def send_back(self) -> None:
        """The entry does not agree with its scan."""

    @transition(state, State.DRAFT, State.WITHDRAWN, custom=step(
        4, "office", RUN, _("Withdraw"), "x"))  # fmt: skip
    def withdraw(self) -> None:
        """Entered by mistake."""

    @transition(state, State.IN_FORCE, State.ENDING, custom=step(
        5, "office", RUN, _("End before its time…"), "x"))  # fmt: skip
    def ask_end(self) -> None:
        """One person asks for the end, with day and reason."""

    @transition(state, State.ENDING, State.ENDED, custom=step(
        6, "office", RUN, _("Confirm the end"), "check", "ended_at"))  # fmt: skip
    def end(self) -> None:
        """Another person agrees."""

    @transition(state, State.ENDING, State.IN_FORCE, custom=step(
        7, "office", RUN, _("Keep it in force"), "undo"))  # fmt: skip
    def keep(self) -> None:
        """It does not end."""

    @transition(state, [State.IN_FORCE, State.ENDING], State.ENDED, custom=step(
        8, "", RUN, "", "", "ended_at"))  # fmt: skip
    def cease(self) -> None:
        """The next agreement takes its place, or a decision about a violation ends it."""


class Clause(AllianceRow):
    """One promise of an agreement: measured by an indicator, or checked by hand by a named person."""

    class Topic(models.TextChoices):
        BUDGET = "budget", pgettext_lazy("clause", "payment budget")
        QUALITY = "quality", pgettext_lazy("clause", "data quality")
        SETTLEMENT = "settlement", pgettext_lazy("clause", "review and settlement")
        OTHER = "other", pgettext_lazy("clause", "other")

    class Way(models.TextChoices):
        MEASURED = "measured", pgettext_lazy("clause", "measured by an indicator")
        HAND = "hand", pgettext_lazy("clause", "checked by hand")

    class Side(models.TextChoices):
        AT_LEAST = "at_least", pgettext_lazy("clause", "at least")
        AT_MOST = "at_most", pgettext_lazy("clause", "at most")

    class Per(models.TextChoices):
        MONTH = "month", pgettext_lazy("clause", "each month")
        QUARTER = "quarter", pgettext_lazy("clause", "each quarter")
        YEAR = "year", pgettext_lazy("clause", "each year")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="clauses")
    place = models.PositiveSmallIntegerField(pgettext_lazy("clause", "place"))
    topic = models.CharField(pgettext_lazy("clause", "topic"), max_length=12, choices=Topic)
    title = models.CharField(pgettext_lazy("clause", "clause"), max_length=60)
    text = models.CharField(pgettext_lazy("clause", "what is promised"), max_length=1000)
    way = models.CharField(pgettext_lazy("clause", "how it is checked"), max_length=10, choices=Way)
    per = models.CharField(pgettext_lazy("clause", "period"), max_length=8, choices=Per)
    indicator = models.CharField(_("indicator"), max_length=40, blank=True)
    side = models.CharField(max_length=8, choices=Side, blank=True)
    bound = models.DecimalField(
        pgettext_lazy("clause", "bound"), max_digits=30, decimal_places=6, null=True
    )  # fmt: skip
    checker = link(pgettext_lazy("clause", "who checks it"), "alliance.Membership", null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("clause"), _("clauses")
        ordering = ["agreement", "place"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "agreement", "place"], name="clause_place"),
            models.UniqueConstraint(fields=["alliance", "agreement", "title"], name="clause_title"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="clause_written"),
            models.CheckConstraint(
                condition=Q(way="measured", bound__isnull=False, checker=None)
                & ~Q(indicator="") & ~Q(side="")
                | Q(way="hand", indicator="", side="", bound=None, checker__isnull=False),
                name="clause_measured_or_by_hand",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class ClauseCheck(AllianceRow):
    """What a period made of a clause; the newest `attempt` of a period counts, earlier ones stay.

    Measured: `figures` are the computed values (performance.IndicatorValue) of its months, `value` what they
    come to; the database refuses a standing they do not give. By hand: who checked, on what evidence.
    """

    append_only = True

    class Standing(models.TextChoices):
        KEPT = "kept", pgettext_lazy("clause", "kept")
        AT_RISK = "at_risk", pgettext_lazy("clause", "at risk")
        BROKEN = "broken", pgettext_lazy("clause", "broken")
        UNASSESSED = "unassessed", pgettext_lazy("clause", "not assessed")

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="checks")
    first = models.DateField(pgettext_lazy("clause", "first month"))
    attempt = models.PositiveSmallIntegerField(default=1)
    standing = models.CharField(pgettext_lazy("clause", "standing"), max_length=10, choices=Standing)
    value = models.DecimalField(_("value"), max_digits=30, decimal_places=6, null=True)
    margin = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    figures = ArrayField(models.BigIntegerField(), default=list)
    note = models.CharField(pgettext_lazy("clause", "what was found"), max_length=1000, blank=True)
    file = link(pgettext_lazy("clause", "evidence"), "alliance.Attachment", null=True)
    checked_by = link(pgettext_lazy("clause", "checked by"), "alliance.Membership", null=True)
    checked_at = models.DateTimeField(pgettext_lazy("clause", "checked"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("clause check"), _("clause checks")
        ordering = ["-first", "-attempt"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "clause", "first", "attempt"], name="clause_check_once"
            ),
            models.CheckConstraint(condition=Q(first__day=1), name="clause_check_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.clause_id} {self.first:%Y-%m}"
