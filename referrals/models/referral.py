"""Referrals 双向转诊: who sends whom where and why, and how far it has come (definitions section 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership, Stepped
from alliance.models.state import StateField
from referrals.machine import AGREED, CAME, COMMUNITY, HERE, LIVE, ORIGIN, TARGET, Moves, State
from referrals.models.content import Content
from referrals.models.emergency import Emergency
from referrals.models.queries import ReferralQuerySet, in_time, optional
from referrals.models.worded import Worded

# Columns that say when something happened, in any order.
STAMPS = (
    "logged_at", "returned_at", "resubmitted_at", "answered_at", "scheduled_at", "arrived_at", "treated_at",
    "completed_at", "followed_up_at", "closed_at",
)  # fmt: skip


class Referral(Worded, Moves, Emergency, Content, Stepped, AllianceRow):
    """One patient sent from one institution to another, up 上转 or down 下转.

    Its steps are declared in referrals.machine: who may take them (`side`, `permit`), which time they stamp,
    how the button reads. The database repeats them. Times are instants with zone; a limit is the rule in
    force when its clock began ("M30", "WD1") and the instant it gives.
    """

    class Direction(models.TextChoices):
        UP = "up", _("Up-referral")
        DOWN = "down", _("Down-referral")

    class Urgency(models.TextChoices):
        ORDINARY = "ordinary", _("ordinary")
        URGENT = "urgent", _("urgent")
        CRITICAL = "critical", _("critical")

    State = State
    LIVE = LIVE

    number = models.CharField(_("referral number"), max_length=24, editable=False)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.ORDINARY)
    state = StateField(
        _("state"), max_length=20, choices=State.choices, default=State.SUBMITTED, editable=False
    )
    # Rises with every change, so that a page of yesterday cannot overwrite the change of today (N34).
    version = models.PositiveIntegerField(default=1, editable=False)

    # Absent only while the identity behind an emergency is unknown.
    person = optional("alliance.Person", _("patient"))
    origin_institution = models.ForeignKey(
        "alliance.Institution", verbose_name=_("sent from"), on_delete=models.PROTECT, related_name="+"
    )
    origin_department = optional("alliance.Department", _("sending department"))
    logged_by = models.ForeignKey(
        "alliance.Membership", verbose_name=_("sending doctor"), on_delete=models.PROTECT, related_name="+"
    )
    # Either an institution of the alliance, or a place outside it.
    target_institution = optional("alliance.Institution", _("sent to"))
    outside = optional("referrals.OutsidePlace", _("sent outside the alliance to"))
    target_department = optional("alliance.Department", _("receiving department"))
    # An earlier referral this one continues; an emergency names the live one it passes by (practice 8).
    previous = optional("self", _("earlier referral"))

    logged_at = models.DateTimeField(_("logged"))
    answer_rule = models.CharField(max_length=8, editable=False)
    answer_due_at = models.DateTimeField(_("answer due"), editable=False)
    returned_at = models.DateTimeField(_("returned for information"), null=True, editable=False)
    question = models.CharField(_("what is missing"), max_length=300, blank=True, editable=False)
    resubmitted_at = models.DateTimeField(_("sent again"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    scheduled_at = models.DateTimeField(null=True, editable=False)
    planned_at = models.DateTimeField(_("appointment"), null=True, editable=False)
    arrived_at = models.DateTimeField(_("arrived"), null=True, editable=False)
    treated_at = models.DateTimeField(_("treatment began"), null=True, editable=False)
    # The last day of treatment at the receiver's, from which the reply is due.
    ended_on = models.DateField(_("treatment ended"), null=True, editable=False)
    reply_rule = models.CharField(max_length=8, blank=True, editable=False)
    reply_due_at = models.DateTimeField(_("reply due"), null=True, editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    followup_rule = models.CharField(max_length=8, blank=True, editable=False)
    followup_due_at = models.DateTimeField(_("follow-up due"), null=True, editable=False)
    followed_up_at = models.DateTimeField(_("first follow-up"), null=True, editable=False)
    closed_at = models.DateTimeField(_("ended"), null=True, editable=False)
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
                condition=Q(state__in=[*LIVE]) & ~Q(urgency="critical"),
                name="referral_live_once",
            ),
            models.CheckConstraint(
                condition=~Q(origin_institution=F("target_institution")), name="referral_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(target_institution__isnull=False, outside__isnull=True)
                | Q(target_institution__isnull=True, target_department__isnull=True, outside__isnull=False),
                name="referral_one_target",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(urgency="critical"), name="referral_person"
            ),
            models.CheckConstraint(
                condition=Q(form_due_at__isnull=True) | Q(urgency="critical"), name="referral_form_later"
            ),
            models.CheckConstraint(
                condition=Q(consent=True) | Q(urgency="critical"), name="referral_consent"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | (Q(answered_at__isnull=False) & ~Q(decline_reason="")),
                name="referral_decline_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "returned", "expired"], urgency="critical"),
                name="referral_emergency",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*AGREED, "no_show"]) | Q(answered_at__isnull=False),
                name="referral_answered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*CAME], arrived_at__isnull=False)
                | (~Q(state__in=[*CAME]) & Q(arrived_at__isnull=True)),
                name="referral_arrived",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["completed", "followup_due"])
                | (Q(completed_at__isnull=False) & ~Q(reply="")),
                name="referral_reply",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | (Q(returned_at__isnull=False) & ~Q(question="")),
                name="referral_question",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(planned_at__isnull=False), name="referral_appointment"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed", direction="down") | Q(followed_up_at__isnull=False),
                name="referral_followed_up",
            ),
            models.CheckConstraint(
                condition=~Q(state="followup_due") | Q(followup_due_at__isnull=False),
                name="referral_followup_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["alliance", "target_institution", "state", "answer_due_at"], name="referral_waiting"
            ),
            models.Index(fields=["alliance", "origin_institution", "-logged_at"], name="referral_sent"),
            # What lists, turnaround and rates read of many rows stands in the index beside its order: the
            # rows themselves, wide with texts, are not opened.
            models.Index(
                fields=["alliance", "-logged_at", "-id"],
                name="referral_logged",
                include=[
                    "origin_institution",
                    "target_institution",
                    "direction",
                    "urgency",
                    "state",
                    "answered_at",
                    "answer_due_at",
                    "answer_rule",
                ],
            ),
            models.Index(
                fields=["alliance", "arrived_at"],
                name="referral_arrivals",
                include=[
                    "id",
                    "person",
                    "direction",
                    "diagnosis_code",
                    "logged_at",
                    "origin_institution",
                    "treated_at",
                    "followed_up_at",
                    "completed_at",
                    "number",
                    "state",
                ],
            ),
            models.Index(
                fields=["alliance", "direction", "-logged_at", "-id"],
                name="referral_direction",
                include=["origin_institution", "target_institution"],
            ),
            models.Index(
                fields=["alliance", "urgency", "-logged_at", "-id"],
                name="referral_urgency",
                include=["origin_institution", "target_institution"],
            ),
            models.Index(fields=["alliance", "state", "answer_due_at"], name="referral_due"),
            # Few: who came and of whom neither treatment nor follow-up is known.
            models.Index(
                fields=["alliance", "arrived_at"],
                name="referral_untreated",
                condition=Q(arrived_at__isnull=False, treated_at__isnull=True, followed_up_at__isnull=True),
            ),
            # Few at a time: the emergencies whose form is still missing.
            models.Index(
                fields=["alliance", "form_due_at"],
                name="referral_forms",
                condition=Q(form_due_at__isnull=False, form_completed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    in_time = staticmethod(in_time)

    @property
    def is_late(self) -> bool:
        """Answered after the limit; an open one is asked through `QuerySet.late(now)` or `is_late_at`."""
        return self.answered_at is not None and self.is_late_at(self.answered_at)

    def is_late_at(self, now: datetime) -> bool:
        """Whether an answer at `now` would miss the limit."""
        inclusive = self.answer_rule[:1] in ("M", "H")
        return now > self.answer_due_at or (now == self.answer_due_at and not inclusive)

    @property
    def clock(self) -> tuple[str, datetime] | None:
        """The clock that runs now, answer, reply or followup, with its limit; None when none runs."""
        if self.state == State.SUBMITTED:
            return "answer", self.answer_due_at
        if self.state in (*HERE, State.FOLLOWUP_DUE) and self.followup_due_at:
            return "followup", self.followup_due_at
        if self.state in HERE and self.reply_due_at:
            return "reply", self.reply_due_at
        return None

    def last_at(self) -> datetime:
        """The instant of the latest step."""
        times = (getattr(self, name) for name in STAMPS)
        return max(at for at in times if at is not None)

    def side_of(self, membership: Membership) -> str:
        """ "origin", "target" or '' for a member of neither side."""
        here = membership.institution_id
        if here is None:
            return ""
        return {self.origin_institution_id: ORIGIN, self.target_institution_id: TARGET}.get(here, "")

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The side of a member, and `community` with it where the patient lives on that side."""
        side = self.side_of(membership)
        if side and self.outside_id:
            return frozenset({ORIGIN, TARGET, COMMUNITY})  # the sender records what the place outside said
        home = TARGET if self.direction == self.Direction.DOWN else ORIGIN
        return frozenset({side, COMMUNITY} if side == home else {side} - {""})

    def admits(self, membership: Membership, custom: dict[str, Any]) -> bool:
        """As elsewhere; of a place outside the alliance whoever may refer there records what it said."""
        stands = bool(self.sides_of(membership) & custom["sides"])
        outside = self.outside_id is not None and membership.can("referral.log")
        return (stands and outside) or super().admits(membership, custom)
