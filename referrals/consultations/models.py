"""Consultations 会诊: one institution asks, another answers; readings and tests of shared centres too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from referrals.consultations import machine, reasons


def link(to: str, label: Any, **more: Any) -> Any:
    """A link that stays as long as the row."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **more)


def optional(to: str, label: Any, **more: Any) -> Any:
    """A link that may be absent."""
    return link(to, label, null=True, blank=True, **more)


class Kind(models.TextChoices):
    """What is asked for."""

    CONSULTATION = "consultation", _("remote consultation")
    IMAGING = "imaging", _("remote imaging")
    ECG = "ecg", _("remote ECG")
    ULTRASOUND = "ultrasound", _("remote ultrasound")
    PATHOLOGY = "pathology", _("remote pathology")
    LABORATORY = "laboratory", _("test of the shared laboratory")


# Readings carry a fee whose share goes to the primary institution (S3-51); a consultation is a doctor's word.
READINGS = (Kind.IMAGING, Kind.ECG, Kind.ULTRASOUND, Kind.PATHOLOGY)
# Answered by a shared centre; a consultation by any department.
BY_CENTRES = (*READINGS, Kind.LABORATORY)


class Urgency(models.TextChoices):
    """How fast an answer is needed; the words are those of a referral."""

    ORDINARY = "ordinary", _("ordinary")
    URGENT = "urgent", _("urgent")
    CRITICAL = "critical", _("critical")


class Centre(AllianceRow):
    """A department of medical technology that reads or tests for others: a shared centre 共享中心 (S2-58)."""

    department = link("alliance.Department", _("department"))
    kinds = ArrayField(models.CharField(max_length=12, choices=Kind), verbose_name=_("serves with"))
    is_active = models.BooleanField(_("active"), default=True)
    registered_by = link("alliance.Membership", _("registered by"), editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("shared centre"), _("shared centres")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "department"], name="centre_once"),
            models.CheckConstraint(condition=~Q(kinds=[]), name="centre_serves"),
        ]
        indexes = [GinIndex(fields=["kinds"], name="centre_kinds")]

    def __str__(self) -> str:
        return str(self.department)


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


class Consultation(AllianceRow):
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
    state = FSMField(
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

    def steps_for(self, membership: Membership) -> Iterator[Any]:
        """The steps this member may take now, in the order they are declared; sending again is a form."""
        side, me = self.side_of(membership), cast(Any, self)
        for step in sorted(me.get_available_state_transitions(), key=lambda step: int(step.custom["order"])):
            mine = step.custom["side"] == side and membership.can(step.custom["permit"])
            if mine and step.name != "resend":
                yield step

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


class ConsultationFile(AllianceRow):
    """A file one side added: an image, a report, a tracing. Never removed."""

    append_only = True

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="files")
    attachment = link("alliance.Attachment", _("file"))
    added_by = link("alliance.Membership", _("file added by"))
    added_at = models.DateTimeField(_("file added at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("file of a consultation"), _("files of consultations")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["alliance", "attachment"], name="consultation_file")]


class Concordance(AllianceRow):
    """How far the asking side's own impression and a better word agree (S2-30); never rewritten.

    `basis` answer: the asker compares with the answer. `basis` gold: operation, pathology or another final
    proof known later, compared with the answer; where it is there it counts.
    """

    append_only = True

    class Basis(models.TextChoices):
        ANSWER = "answer", _("own impression against the answer")
        GOLD = "gold", _("answer against the final proof")

    class Verdict(models.TextChoices):
        AGREES = "agrees", _("agrees")
        PARTLY = "partly", _("agrees in part")
        DIFFERS = "differs", _("does not agree")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="concordances")
    basis = models.CharField(_("comparison of"), max_length=8, choices=Basis)
    verdict = models.CharField(_("concordance"), max_length=8, choices=Verdict)
    text = models.CharField(_("what differs, or the final proof"), max_length=300, blank=True)
    recorded_by = link("alliance.Membership", _("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("concordance"), _("concordance")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "consultation", "basis"], name="concordance_once"),
            models.CheckConstraint(condition=~Q(basis="gold", text=""), name="concordance_proof"),
        ]


class FeeRate(AllianceRow):
    """What a kind costs from a day on; a row of one answering institution goes before that of all."""

    append_only = True

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    institution = optional("alliance.Institution", _("only when answered by"))
    fen = models.BigIntegerField(_("fee (fen)"))
    from_date = models.DateField(_("holds from"))
    source = models.CharField(_("document of the fee"), max_length=200)
    entered_by = link("alliance.Membership", _("fee entered by"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("fee of a kind"), _("fees of kinds")
        ordering = ["kind", "-from_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "kind", "institution", "from_date"],
                name="fee_rate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="fee_rate_positive"),
        ]


class Fee(AllianceRow):
    """The fee of one answered consultation in two parts, each an institution's (S3-51); never rewritten.

    The asking institution collects the fee from the patient, keeps its part and owes the other.
    """

    append_only = True

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="fees")
    rate = link("consultations.FeeRate", _("fee of a kind"))
    origin_institution = link("alliance.Institution", _("asking side"))
    target_institution = link("alliance.Institution", _("answering side"))
    fen = models.BigIntegerField(_("fee (fen)"))
    asker_fen = models.BigIntegerField(_("part of the asking side (fen)"))
    answerer_fen = models.BigIntegerField(_("part of the answering side (fen)"))
    # Method, percent points and factors that made the parts, as text: the trail of the number.
    reason = models.JSONField()
    charged_at = models.DateTimeField(_("charged at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("fee of a consultation"), _("fees of consultations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "consultation"], name="fee_once"),
            models.CheckConstraint(
                condition=Q(fen=F("asker_fen") + F("answerer_fen"), asker_fen__gte=0, answerer_fen__gte=0),
                name="fee_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "charged_at"], name="fee_when")]


class EpisodeQuerySet(AllianceQuerySet):
    """Which episodes."""

    def visible_to(self, membership: Membership) -> EpisodeQuerySet:
        """Of houses that opened it, took part in a linked step or rehabilitate; all for the alliance."""
        here = membership.institution_id
        if here is None:
            return self
        links = EpisodeLink.objects.filter(episode=OuterRef("pk"))
        sides = (
            Q(consultation__origin_institution=here)
            | Q(consultation__target_institution=here)
            | Q(referral__origin_institution=here)
            | Q(referral__target_institution=here)
        )
        rehabilitating = Rehabilitation.objects.filter(episode=OuterRef("pk"), institution=here)
        return self.filter(Q(institution=here) | Exists(links.filter(sides)) | Exists(rehabilitating))


class Episode(AllianceRow):
    """One illness of one patient across institutions: consultation, referral, rehabilitation (S2-29)."""

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        CLOSED = "closed", _("line completed")

    person = link("alliance.Person", _("patient"))
    institution = link("alliance.Institution", _("opened at"))
    title = models.CharField(_("illness"), max_length=100)
    state = FSMField(_("state"), max_length=8, choices=State.choices, default=State.OPEN, editable=False)
    opened_by = link("alliance.Membership", _("opened by"))
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("completed at"), null=True, editable=False)
    closing = models.CharField(_("how it ended"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(EpisodeQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("episode"), _("episodes")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closing="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(closing="")),
                name="episode_closed",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "person", "state"], name="episode_of_person")]

    @transition(state, State.OPEN, State.CLOSED, custom={})
    def close(self) -> None:
        """The line has come to its end."""


class EpisodeLink(AllianceRow):
    """A consultation or a referral of the episode's patient that belongs to it; never taken out."""

    append_only = True

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="links")
    consultation = optional("consultations.Consultation", _("consultation"))
    referral = optional("referrals.Referral", _("referral"))
    added_by = link("alliance.Membership", _("linked by"))
    added_at = models.DateTimeField(_("linked at"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("link of an episode"), _("links of episodes")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consultation__isnull=False, referral__isnull=True)
                | Q(consultation__isnull=True, referral__isnull=False),
                name="episode_link_one",
            ),
            models.UniqueConstraint(fields=["alliance", "consultation"], name="episode_of_consultation"),
            models.UniqueConstraint(fields=["alliance", "referral"], name="episode_of_referral"),
        ]


class Rehabilitation(AllianceRow):
    """The last stage of an episode, at one institution: begun with a plan, ended with a result."""

    append_only = True
    fill_once = ("ended_at", "ended_by_id", "result")

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="rehabilitations")
    institution = link("alliance.Institution", _("rehabilitation at"))
    plan = models.CharField(_("plan of rehabilitation"), max_length=300)
    begun_at = models.DateTimeField(_("begun at"))
    begun_by = link("alliance.Membership", _("begun by"))
    ended_at = models.DateTimeField(_("rehabilitation ended at"), null=True)
    ended_by = optional("alliance.Membership", _("ended by"))
    result = models.CharField(_("result of rehabilitation"), max_length=300, null=True)  # noqa: DJ001

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("rehabilitation"), _("rehabilitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "episode"], name="rehabilitation_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, result__isnull=True)
                | (Q(ended_at__isnull=False, result__isnull=False) & ~Q(result="")),
                name="rehabilitation_ended",
            ),
        ]
