"""Rounds of opinion: who rates whom, one rating each, and what came out (S3-21..26).

Back to back: a rating is seen by nobody but who gave it, by the database's own rule; a result of fewer raters
than the round asks for is never stored.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from alliance.models import AllianceRow
from alliance.models.state import StateField

# Of two raters each knows what the other gave: no council goes below three (S3-23, definitions 11).
LEAST_RATERS = 3


class EvaluatorKind(models.TextChoices):
    """Who judges; the words of the engine's axis."""

    INTERNAL = "internal", _("own staff")
    PEER = "peer", _("other members")
    THIRD_PARTY = "third_party", _("third party")
    AUTHORITY = "authority", _("health commission")
    PATIENT = "patient", _("patients")


class EvaluationRound(AllianceRow):
    """One indicator of opinion, rated from one day to another; counted when closed.

    `weights` are those of the scheme when it was opened, `least` the raters a result needs.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open for rating")
        CLOSED = "closed", _("counted")

    name = models.CharField(_("name"), max_length=80)
    indicator = models.CharField(_("indicator"), max_length=40)
    month = models.DateField(_("counts for the month"))
    opens_on = models.DateField(_("open from"))
    closes_on = models.DateField(_("open to"))
    state = StateField(_("state"), max_length=8, choices=State.choices, default=State.OPEN, editable=False)
    weights = models.JSONField(_("weights of the evaluators"))
    least = models.PositiveSmallIntegerField(_("least raters"))
    made_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    closed_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("counted at"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("round of evaluation"), _("rounds of evaluation")
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "indicator", "month"], name="evaluation_round_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="evaluation_round_first_day"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="evaluation_round_days"),
            models.CheckConstraint(condition=Q(least__gte=LEAST_RATERS), name="evaluation_round_least"),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(field=state, source=State.OPEN, target=State.CLOSED)
    def close(self) -> None:
        """Rating has ended; what was given is counted."""


class Invitation(AllianceRow):
    """Who is asked to rate whom. `place` is the rater's institution, filled by the database itself."""

    append_only = True
    fill_once = ("submitted_at",)

    round = models.ForeignKey(EvaluationRound, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(_("evaluator"), max_length=12, choices=EvaluatorKind)
    rater = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    subject = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("invitation to rate"), _("invitations to rate")
        ordering = ["round", "subject__code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "round", "rater", "subject"], name="evaluation_invited_once"
            ),
            # Nobody rates the own institution back to back (S3-23).
            models.CheckConstraint(
                condition=~Q(kind="peer") | Q(place__isnull=False) & ~Q(place=F("subject")),
                name="evaluation_no_self_rating",
            ),
            models.CheckConstraint(
                condition=~Q(kind="internal") | Q(place=F("subject")), name="evaluation_internal_own"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.kind} {self.subject_id}"


class Rating(AllianceRow):
    """What one rater gave: 0 to 100. Only the rater can ever read it; counting sees the round it counts.

    Round, subject and kind are filled from the invitation by the database itself.
    """

    append_only = True
    seen_when: ClassVar[str] = (
        "rater_user_id = nullif(current_setting('app.user', true), '')::bigint"
        " OR round_id = nullif(current_setting('app.counting', true), '')::bigint"
    )

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(EvaluationRound, on_delete=models.PROTECT, editable=False, related_name="+")
    subject = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, editable=False, related_name="+"
    )
    kind = models.CharField(max_length=12, editable=False)
    rater_user = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(_("points (0 to 100)"), max_digits=5, decimal_places=2)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("rating"), _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "invitation"], name="rating_once"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=100), name="rating_range"),
        ]

    def __str__(self) -> str:
        return str(self.invitation_id)


class Opinion(AllianceRow):
    """What one kind of evaluators thinks of an institution; of fewer raters than `least` only how many."""

    append_only = True

    round = models.ForeignKey(EvaluationRound, on_delete=models.PROTECT, related_name="opinions")
    subject = models.ForeignKey(
        "alliance.Institution", verbose_name=_("institution"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("evaluator"), max_length=12, choices=EvaluatorKind)
    n = models.PositiveIntegerField(_("raters"))
    least = models.PositiveSmallIntegerField()
    mean = models.DecimalField(_("mean"), max_digits=8, decimal_places=4, null=True)
    spread = models.DecimalField(_("spread"), max_digits=6, decimal_places=2, null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("result of an evaluation"), _("results of evaluations")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "round", "subject", "kind"], name="opinion_once"),
            models.CheckConstraint(
                condition=Q(mean=None, spread=None) | Q(n__gte=F("least")) & Q(n__gte=LEAST_RATERS),
                name="opinion_small_numbers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.subject_id} {self.kind}"
