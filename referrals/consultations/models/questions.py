"""One question from house to house and how far its answer has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership, Stepped
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from referrals.consultations import machine, reasons
from referrals.consultations.models.words import Kind, Urgency, link, optional


class ConsultationNumber(AllianceRow):
    """The last number given on a day."""

    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "day"], name="consultation_number_day")]


class ConsultationQuerySet(AllianceQuerySet):
    """Which consultations, in one word each."""

    def visible_to(self, membership: Membership) -> ConsultationQuerySet:
        """Asked or answered by the member's institution; all of them for who stands for the alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(origin_institution=here) | Q(target_institution=here))

    def open(self) -> ConsultationQuerySet:
        """Waiting for an answer."""
        return self.filter(state__in=Consultation.OPEN)

    def late(self, now: datetime) -> ConsultationQuerySet:
        """Not answered past the limit at the instant `now`."""
        return self.open().exclude(Consultation.in_time(now))

    def with_names(self) -> ConsultationQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(
            "person", "origin_institution", "origin_department", "target_institution", "target_department",
            "asked_by__user", "asked_doctor", "assigned_to", "answered_by__user",
        )  # fmt: skip


class Consultation(Stepped, AllianceRow):
    """One question of one institution to another about one patient.

    Steps are declared once below: who may take them, which time they stamp, how the button reads. The
    database repeats them (alliance.tenancy.states). Times are instants with zone. The limit runs from the
    request, and anew from the moment a returned one is sent again.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("waiting for the answer")
        ACCEPTED = "accepted", _("taken on")
        RETURNED = "returned", _("returned for information")
        ANSWERED = "answered", _("answer given")
        CLOSED = "closed", _("outcome recorded")
        DECLINED = "declined", _("declined to answer")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (State.REQUESTED, State.ACCEPTED)
    LIVE = (*OPEN, State.RETURNED)

    number = models.CharField(_("consultation number"), max_length=24, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.ORDINARY)
    state = StateField(
        _("state"), max_length=20, choices=State.choices, default=State.REQUESTED, editable=False
    )
    # Rises with every change, so that a page of yesterday cannot overwrite the change of today (N34).
    version = models.PositiveIntegerField(default=1, editable=False)

    person = link("alliance.Person", _("patient"))
    origin_institution = link("alliance.Institution", _("asking side"))
    origin_department = optional("alliance.Department", _("asking department"))
    asked_by = link("alliance.Membership", _("asking doctor"))
    asked_doctor = optional("alliance.Staff", _("asking doctor"))
    contact_phone = models.CharField(_("doctor's phone"), max_length=20, blank=True)
    target_institution = link("alliance.Institution", _("asked of"))
    target_department = optional("alliance.Department", _("answering department"))
    assigned_to = optional("alliance.Staff", _("answering doctor"))

    question = models.TextField(_("question for the specialist"))
    summary = models.TextField(_("history and findings"), blank=True)
    diagnosis_code = models.CharField(_("diagnosis code"), max_length=20, blank=True)
    diagnosis_name = models.CharField(_("diagnosis"), max_length=100)
    examination = models.CharField(_("examination or test"), max_length=100, blank=True)
    examined_at = models.DateTimeField(_("examined at"), null=True, blank=True)
    reference = models.CharField(_("image or specimen number"), max_length=200, blank=True)
    # What the asking side itself thinks; concordance compares it with the answer (S2-30).
    impression = models.TextField(_("own impression"), blank=True)
    consent = models.BooleanField(
        _("the patient agrees to the consultation and to sharing the record"), default=False
    )

    asked_at = models.DateTimeField(_("asked at"))
    # Rule in force when asked ("M30", "H24", "WD1") and the instant it gives.
    answer_rule = models.CharField(max_length=8, editable=False)
    answer_due_at = models.DateTimeField(_("answer due"), editable=False)
    accepted_at = models.DateTimeField(_("taken on at"), null=True, editable=False)
    returned_at = models.DateTimeField(_("sent back at"), null=True, editable=False)
    resent_at = models.DateTimeField(_("sent again at"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    missing = models.CharField(_("information asked for"), max_length=300, blank=True, editable=False)
    decline_reason = models.CharField(_("reason for saying no"), max_length=24, blank=True, editable=False)
    decline_text = models.CharField(_("in words"), max_length=300, blank=True, editable=False)
    answered_by = optional("alliance.Membership", _("answered by"), editable=False)
    findings = models.TextField(_("findings of the examination"), blank=True, editable=False)
    conclusion = models.TextField(_("conclusion"), blank=True, editable=False)
    advice = models.TextField(_("advice"), blank=True, editable=False)
    outcome = models.CharField(_("what became of the patient"), max_length=24, blank=True, editable=False)
    outcome_text = models.CharField(_("outcome in words"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ConsultationQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("consultation"), _("consultations")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="consultation_number"),
            models.CheckConstraint(
                condition=~Q(origin_institution=F("target_institution")), name="consultation_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(consent=True) | Q(urgency="critical"), name="consultation_consent"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | (Q(closed_at__isnull=False) & ~Q(decline_reason="")),
                name="consultation_decline_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | (Q(returned_at__isnull=False) & ~Q(missing="")),
                name="consultation_missing",
            ),
            # An answer stands with its time and its conclusion, and only in the states that have one.
            models.CheckConstraint(
                condition=(
                    Q(state__in=["answered", "closed"], answered_at__isnull=False, answered_by__isnull=False)
                    & ~Q(conclusion="")
                )
                | (~Q(state__in=["answered", "closed"]) & Q(answered_at__isnull=True, conclusion="")),
                name="consultation_answer",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="consultation_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["alliance", "target_institution", "state", "answer_due_at"],
                name="consultation_waiting",
            ),
            models.Index(fields=["alliance", "origin_institution", "-asked_at"], name="consultation_asked"),
            models.Index(
                fields=["alliance", "target_institution", "-asked_at"], name="consultation_received"
            ),
            models.Index(fields=["alliance", "asked_at"], name="consultation_when"),
            models.Index(fields=["alliance", "state", "answer_due_at"], name="consultation_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @staticmethod
    def in_time(at: Any) -> Q:
        """Condition that the instant `at` (value or F) keeps the answer limit.

        As in alliance.lib.workdays: a limit in minutes or hours includes its last instant, one in days ends
        before the midnight it names.
        """
        by_clock = Q(answer_rule__startswith="M") | Q(answer_rule__startswith="H")
        return Q(answer_due_at__gt=at) | (Q(answer_due_at=at) & by_clock)

    def is_late_at(self, now: datetime) -> bool:
        """Whether an answer at `now` would miss the limit."""
        inclusive = self.answer_rule[:1] in ("M", "H")
        return now > self.answer_due_at or (now == self.answer_due_at and not inclusive)

    @property
    def is_open(self) -> bool:
        """Waiting for an answer."""
        return self.state in self.OPEN

    @property
    def decline_words(self) -> str:
        """The coded reason for declining in words."""
        return reasons.words("decline", self.decline_reason)

    @property
    def outcome_words(self) -> str:
        """The coded outcome in words."""
        return reasons.words("outcome", self.outcome)

    def side_of(self, membership: Membership) -> str:
        """ "origin", "target" or '' for a member of neither side."""
        here = membership.institution_id
        if here is None:
            return ""
        return {self.origin_institution_id: "origin", self.target_institution_id: "target"}.get(here, "")

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The same as a set."""
        return frozenset({self.side_of(membership)} - {""})

    @transition(state, State.REQUESTED, State.ACCEPTED, custom=machine.ACCEPTING)
    def accept(self) -> None:
        """The answering side takes it on and says who answers."""

    @transition(state, OPEN, State.ANSWERED, custom=machine.ANSWERING)
    def answer(self) -> None:
        """Findings, conclusion, advice."""

    @transition(state, OPEN, State.RETURNED, custom=machine.RETURNING)
    def send_back(self) -> None:
        """Something is missing; the asker completes it."""

    @transition(state, OPEN, State.DECLINED, custom=machine.DECLINING)
    def decline(self) -> None:
        """The answering side says no, and why."""

    @transition(state, State.RETURNED, State.REQUESTED, custom=machine.RESENDING)
    def resend(self) -> None:
        """The asker has completed the request."""

    @transition(state, State.ANSWERED, State.CLOSED, custom=machine.CLOSING)
    def close(self) -> None:
        """The asker says what became of the patient."""

    @transition(state, LIVE, State.CANCELLED, custom=machine.CANCELLING)
    def cancel(self) -> None:
        """The asker takes the request back."""
