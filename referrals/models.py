"""Referrals 双向转诊: who sends whom where and why, and how far it has come (definitions section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition
from django_scopes import ScopedManager

from alliance.lib.workdays import SHANGHAI
from alliance.models import AllianceRow, Institution, Membership
from alliance.models.base import AllianceQuerySet
from referrals import reasons
from referrals.machine import ACCEPT, ARRIVE, CANCEL, COMPLETE, DECLINE, NO_SHOW

RANK = {Institution.Level.PRIMARY: 1, Institution.Level.SECONDARY: 2, Institution.Level.TERTIARY: 3}


def rank(institution: Institution) -> int:
    """Where an institution stands when patients go up or down: village rooms below the primary level."""
    return 0 if institution.kind == Institution.Kind.VILLAGE else RANK[Institution.Level(institution.level)]


def optional(to: str, label: Any) -> Any:
    """A link that may be absent."""
    return models.ForeignKey(
        to, verbose_name=label, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


class ReferralNumber(AllianceRow):
    """The last referral number given on a day."""

    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta(AllianceRow.Meta):
        constraints = [models.UniqueConstraint(fields=["alliance", "day"], name="referral_number_day")]


class ReferralQuerySet(AllianceQuerySet):
    """Which referrals, in one word each."""

    def visible_to(self, membership: Membership) -> ReferralQuerySet:
        """Sent or received by the member's institution; all of them for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(origin_institution=here) | Q(target_institution=here))

    def live(self) -> ReferralQuerySet:
        """Neither finished nor given up."""
        return self.filter(state__in=Referral.LIVE)

    def unanswered(self) -> ReferralQuerySet:
        """Waiting for the receiver's yes or no."""
        return self.filter(state=Referral.State.SUBMITTED)

    def late(self, now: datetime) -> ReferralQuerySet:
        """Unanswered past the limit at the instant `now`."""
        return self.unanswered().exclude(Referral.in_time(now))

    def with_names(self) -> ReferralQuerySet:
        """Everything a list or page names, in one query."""
        return self.select_related(
            "person",
            "origin_institution",
            "origin_department",
            "target_institution",
            "target_department",
            "logged_by__user",
        )


class Referral(AllianceRow):
    """One patient sent from one institution to another, up 上转 or down 下转.

    Steps are declared once below: who may take them (`side`, `permit`), which time they stamp, how the button
    reads. The database repeats them (alliance.tenancy.states). Times are instants with zone.
    """

    class Direction(models.TextChoices):
        UP = "up", _("Up-referral")
        DOWN = "down", _("Down-referral")

    class Urgency(models.TextChoices):
        ORDINARY = "ordinary", _("ordinary")
        URGENT = "urgent", _("urgent")
        CRITICAL = "critical", _("critical")

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        ARRIVED = "arrived", _("arrived")
        NO_SHOW = "no_show", _("did not come")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    class Transport(models.TextChoices):
        OWN = "own", _("comes by own means")
        AMBULANCE = "ambulance", _("ambulance (120)")
        INSTITUTION = "institution", _("vehicle of the institution")

    LIVE = (State.SUBMITTED, State.ACCEPTED, State.ARRIVED)

    number = models.CharField(_("referral number"), max_length=24, editable=False)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.ORDINARY)
    state = FSMField(
        _("state"), max_length=20, choices=State.choices, default=State.SUBMITTED, editable=False
    )
    # Rises with every change, so that a page of yesterday cannot overwrite the change of today (N34).
    version = models.PositiveIntegerField(default=1, editable=False)

    person = models.ForeignKey(
        "alliance.Person", verbose_name=_("patient"), on_delete=models.PROTECT, related_name="+"
    )
    origin_institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("sent from"), on_delete=models.PROTECT, related_name="+"
    )
    origin_department = optional("alliance.Department", _("sending department"))
    logged_by = models.ForeignKey(
        "alliance.Membership", verbose_name=_("sending doctor"), on_delete=models.PROTECT, related_name="+"
    )
    contact_phone = models.CharField(_("doctor's phone"), max_length=20, blank=True)
    target_institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("sent to"), on_delete=models.PROTECT, related_name="+"
    )
    target_department = optional("alliance.Department", _("receiving department"))
    # An earlier referral this one continues; an emergency names the live one it passes by (practice 8).
    previous = optional("self", _("earlier referral"))

    reason = models.CharField(_("reason"), max_length=24)
    reason_text = models.CharField(_("reason in words"), max_length=300, blank=True)
    diagnosis_code = models.CharField(_("diagnosis code"), max_length=20, blank=True)
    diagnosis_name = models.CharField(_("diagnosis"), max_length=100)
    summary = models.TextField(_("history and findings"), blank=True)
    treatment = models.TextField(_("treatment so far"), blank=True)
    next_plan = models.TextField(_("next plan and rehabilitation"), blank=True)
    medication = models.TextField(_("medication"), blank=True)
    transport = models.CharField(_("transport"), max_length=12, choices=Transport, blank=True)
    consent = models.BooleanField(
        _("the patient agrees to the referral and to sharing the record"), default=False
    )

    logged_at = models.DateTimeField(_("logged"))
    # Limit for the answer: rule in force when logged ("M30", "WD1") and the instant it gives.
    answer_rule = models.CharField(max_length=8, editable=False)
    answer_due_at = models.DateTimeField(_("answer due"), editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    arrived_at = models.DateTimeField(_("arrived"), null=True, editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    closed_at = models.DateTimeField(_("ended without arrival"), null=True, editable=False)
    decline_reason = models.CharField(_("reason for declining"), max_length=24, blank=True, editable=False)
    decline_text = models.CharField(_("in words"), max_length=300, blank=True, editable=False)
    reply = models.TextField(_("reply"), blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ReferralQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("referral"), _("referrals")
        ordering = ["-logged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="referral_number"),
            models.UniqueConstraint(
                fields=["alliance", "person", "direction"],
                condition=Q(state__in=["submitted", "accepted", "arrived"]) & ~Q(urgency="critical"),
                name="referral_live_once",
            ),
            models.CheckConstraint(
                condition=~Q(origin_institution=F("target_institution")), name="referral_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(consent=True) | Q(urgency="critical"), name="referral_consent"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | (Q(answered_at__isnull=False) & ~Q(decline_reason="")),
                name="referral_decline_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined", urgency="critical"), name="referral_emergency"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "arrived", "completed", "no_show"])
                | Q(answered_at__isnull=False),
                name="referral_answered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["arrived", "completed"], arrived_at__isnull=False)
                | (~Q(state__in=["arrived", "completed"]) & Q(arrived_at__isnull=True)),
                name="referral_arrived",
            ),
            models.CheckConstraint(
                condition=~Q(state="completed") | (Q(completed_at__isnull=False) & ~Q(reply="")),
                name="referral_reply",
            ),
        ]
        indexes = [
            models.Index(
                fields=["alliance", "target_institution", "state", "answer_due_at"], name="referral_waiting"
            ),
            models.Index(fields=["alliance", "origin_institution", "-logged_at"], name="referral_sent"),
            models.Index(fields=["alliance", "logged_at"], name="referral_logged"),
            models.Index(fields=["alliance", "arrived_at"], name="referral_arrivals"),
            models.Index(fields=["alliance", "state", "answer_due_at"], name="referral_due"),
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

    @property
    def is_late(self) -> bool:
        """Answered after the limit; an open one is asked through `QuerySet.late(now)` or `is_late_at`."""
        return self.answered_at is not None and self.is_late_at(self.answered_at)

    def is_late_at(self, now: datetime) -> bool:
        """Whether an answer at `now` would miss the limit."""
        inclusive = self.answer_rule[:1] in ("M", "H")
        return now > self.answer_due_at or (now == self.answer_due_at and not inclusive)

    @property
    def reason_words(self) -> str:
        """The coded reason in words."""
        return reasons.words(self.direction, self.reason)

    @property
    def decline_words(self) -> str:
        """The coded reason for declining in words; '' while nobody declined."""
        return reasons.words("decline", self.decline_reason) if self.decline_reason else ""

    def age(self) -> int | None:
        """The patient's full years on the day the referral was logged; None without a birth date."""
        born = self.person.birth_date
        return None if born is None else years_between(born, self.logged_at.astimezone(SHANGHAI).date())

    def side_of(self, membership: Membership) -> str:
        """ "origin", "target" or '' for a member of neither side."""
        here = membership.institution_id
        if here is None:
            return ""
        return {self.origin_institution_id: "origin", self.target_institution_id: "target"}.get(here, "")

    def steps_for(self, membership: Membership) -> Iterator[Any]:
        """The steps of the machine this member may take now, in the order they are declared."""
        side, machine = self.side_of(membership), cast(Any, self)
        for step in sorted(
            machine.get_available_state_transitions(), key=lambda step: int(step.custom["order"])
        ):
            if step.custom["side"] == side and membership.can(step.custom["permit"]):
                yield step

    def _may_be_declined(self: Any) -> bool:
        """An emergency is accepted, never declined (practice section 8)."""
        return bool(self.urgency != Referral.Urgency.CRITICAL)

    @transition(state, State.SUBMITTED, State.ACCEPTED, custom=ACCEPT)
    def accept(self) -> None:
        """The receiver takes the patient."""

    @transition(state, State.SUBMITTED, State.DECLINED, conditions=[_may_be_declined], custom=DECLINE)
    def decline(self) -> None:
        """The receiver says no, and why."""

    @transition(state, State.ACCEPTED, State.ARRIVED, custom=ARRIVE)
    def arrive(self) -> None:
        """The patient is at the receiver's."""

    @transition(state, State.ACCEPTED, State.NO_SHOW, custom=NO_SHOW)
    def no_show(self) -> None:
        """The patient did not come."""

    @transition(state, State.ARRIVED, State.COMPLETED, custom=COMPLETE)
    def complete(self) -> None:
        """Treatment has ended; the receiver replies to the sender."""

    @transition(state, [State.SUBMITTED, State.ACCEPTED], State.CANCELLED, custom=CANCEL)
    def cancel(self) -> None:
        """The sender takes the referral back."""


def years_between(born: date, day: date) -> int:
    """Full years from a birth date to a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
