"""What follows from results, as proposals: they take effect by a vote or two persons, never by themselves.

S0-41, S1-38, S1-71, S2-40, S2-44..46, S3-25, S3-31. A finding is opened once; figures that change before the
decision withdraw it, a decision stays and shows what changed since.
"""

from __future__ import annotations

from typing import Any, ClassVar

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
from performance.models.declared import link
from performance.models.letters import VIEW

PROPOSE = "consequence.propose"
REDUCE = "consequence.reduce"
SUBJECT = ("kind", "institution", "department", "staff", "period")


class ConsequenceQuerySet(AllianceQuerySet):
    """Which consequences a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """The own institution's, those of the whole alliance, or all (second wall)."""
        here = membership.institution_id
        return self.all() if here is None else self.filter(Q(institution=here) | Q(institution=None))

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related(
            "institution", "department", "staff", "letter", "approval", "proposed_by__user",
            "decided_by__user",
        )  # fmt: skip


class Consequence(AllianceRow, Stepped):
    """One proposal about one institution, department, person or the alliance, of a quarter or a year.

    `percent` is what is proposed, at most `found_percent` that the figures gave, inside the parameter's band;
    `fen` = `percent` of `base_fen`, rounded once half-up; no base yet: percent alone. `figures` hold what it
    rests on, `digest` names exactly these. An agreed deduction of money is charged
    by two people (PayCharge) and taken of the pools that follow.
    """

    class Kind(models.TextChoices):
        COMMITMENT = "commitment", pgettext_lazy("consequence", "deduction: commitment letter")
        EXCELLENT = "excellent", pgettext_lazy("consequence", "budget raised: excellent year")
        FAIL = "fail", pgettext_lazy("consequence", "budget cut and interview: failed year")
        DOUBLE = "double", pgettext_lazy("consequence", "reward: double compliance")
        RECOMMEND = "recommend", pgettext_lazy("consequence", "recommendation: Thousand Counties project")
        HONOUR = "honour", pgettext_lazy("consequence", "honour: two good years")
        PRIMARY = "primary", pgettext_lazy("consequence", "honour: model of primary service")
        REFERRER = "referrer", pgettext_lazy("consequence", "honour: two-way referral")
        DOCTOR = "doctor", pgettext_lazy("consequence", "honour: most beautiful doctor")
        INNOVATION = "innovation", pgettext_lazy("consequence", "award: innovative department")
        FREEZE = "freeze", pgettext_lazy("consequence", "new insured beds suspended")
        UNFREEZE = "unfreeze", pgettext_lazy("consequence", "suspension of beds lifted")
        ALOOF = "aloof", pgettext_lazy("consequence", "list of persistent non-collaboration")
        REJOIN = "rejoin", pgettext_lazy("consequence", "taken off the list")
        TALK = "talk", pgettext_lazy("consequence", "interview: persistent non-collaboration")
        RESOURCE = "resource", pgettext_lazy("consequence", "resources adjusted: non-collaboration")
        GAMING = "gaming", pgettext_lazy("consequence", "deduction: confirmed unusual pattern")
        VIOLATION = "violation", pgettext_lazy("consequence", "deduction: violation decided")
        REWEIGHT = "reweight", pgettext_lazy("consequence", "weights changed: overspend")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("consequence", "proposed by the figures")
        PROPOSED = "proposed", pgettext_lazy("consequence", "waits for the vote")
        AGREED = "agreed", pgettext_lazy("consequence", "decided")
        DECLINED = "declined", pgettext_lazy("consequence", "not agreed")
        WITHDRAWN = "withdrawn", pgettext_lazy("consequence", "withdrawn: figures changed")
        LIFTED = "lifted", pgettext_lazy("consequence", "lifted: an appeal was upheld")

    LIVE = (State.OPEN, State.PROPOSED)
    LIFTS = {Kind.UNFREEZE: Kind.FREEZE, Kind.REJOIN: Kind.ALOOF}

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    institution = link(_("institution"), "alliance.Institution", null=True)
    department = link(_("department"), "alliance.Department", null=True)
    staff = link(_("staff member"), "alliance.Staff", null=True)
    period = models.CharField(_("period"), max_length=8)
    found_percent = models.DecimalField(_("found, %"), max_digits=6, decimal_places=2, null=True)
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=2, null=True)
    low = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    base_fen = models.BigIntegerField(_("base (fen)"), null=True)
    fen = models.BigIntegerField(_("amount (fen)"), null=True)
    figures = models.JSONField(_("figures"))
    digest = models.CharField(_("digest"), max_length=64)
    reduced_why = models.CharField(_("why reduced"), max_length=500, blank=True)
    letter = link(_("commitment letter"), "performance.Letter", null=True)
    draft = link(_("draft of a scheme"), "performance.SchemeDraft", null=True)
    lifts = link(_("lifts"), "self", null=True)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_at = models.DateTimeField(_("found"))
    approval = link(_("approval"), "approvals.Approval", null=True)
    proposed_by = link(_("proposed by"), "alliance.Membership", null=True)
    decided_by = link(_("decided by"), "alliance.Membership", null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    since = models.JSONField(_("changed since the decision"), null=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ConsequenceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("consequence"), _("consequences")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", *SUBJECT], condition=~Q(state="withdrawn"), name="consequence_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(percent=None, found_percent=None)
                | Q(percent__gt=0, percent__lte=F("found_percent")),
                name="consequence_reduced",
            ),
            models.CheckConstraint(
                condition=Q(low=None, high=None)
                | Q(percent__gte=F("low"), found_percent__lte=F("high")),
                name="consequence_band",
            ),
            models.CheckConstraint(
                condition=~Q(kind="commitment")
                | Q(percent__isnull=False, low__isnull=False, high__isnull=False, letter__isnull=False),
                name="consequence_commitment",
            ),
            models.CheckConstraint(
                condition=Q(percent=F("found_percent")) | Q(percent=None) | ~Q(reduced_why=""),
                name="consequence_reduced_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "agreed", "declined", "lifted"])
                | Q(approval__isnull=False, proposed_by__isnull=False),
                name="consequence_voted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["agreed", "declined", "lifted"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="consequence_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | ~Q(decided_by=F("proposed_by")), name="consequence_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["unfreeze", "rejoin"], lifts__isnull=False)
                | ~Q(kind__in=["unfreeze", "rejoin"]) & Q(lifts=None),
                name="consequence_lifts",
            ),
            models.CheckConstraint(
                condition=Q(kind="reweight", institution=None)
                | Q(institution__isnull=False) & ~Q(kind="reweight"),
                name="consequence_subject",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "state", "kind"], name="consequence_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject} {self.period}"

    @property
    def subject(self) -> str:
        """Whom it is about."""
        names = (
            self.institution.short_name if self.institution else "",
            self.department.name if self.department else "",
            self.staff.name if self.staff else "",
        )
        return " ".join(filter(None, names))

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Office: who acts for the alliance. Own institutions look on."""
        return frozenset({"office"} if membership.institution_id is None else ())

    @transition(
        state, State.OPEN, State.PROPOSED, custom=step(1, "office", PROPOSE, _("Put to the vote…"), "up")
    )
    def propose(self) -> None:
        """The office puts it before the deciders."""

    @transition(state, State.PROPOSED, State.OPEN, custom=step(9, "", PROPOSE, "", ""))
    def give_back(self) -> None:
        """Taken back by who proposed it, or reduced: it may be proposed again."""

    @transition(state, State.PROPOSED, State.AGREED, custom=step(9, "", PROPOSE, "", "", "decided_at"))
    def agree(self) -> None:
        """The deciders have agreed: it takes effect."""

    @transition(state, State.PROPOSED, State.DECLINED, custom=step(9, "", PROPOSE, "", "", "decided_at"))
    def decline(self) -> None:
        """The deciders have not agreed; the same finding is not proposed again."""

    @transition(state, State.AGREED, State.LIFTED, custom=step(9, "", PROPOSE, "", ""))
    def lift(self) -> None:
        """An upheld appeal has lifted all of a deduction."""

    @transition(state, State.OPEN, State.WITHDRAWN, custom=step(9, "", PROPOSE, "", ""))
    def withdraw(self) -> None:
        """The figures changed before anybody decided."""

    @transition(state, State.PROPOSED, State.WITHDRAWN, custom=step(9, "", PROPOSE, "", ""))
    def lapse(self) -> None:
        """The figures changed while the vote was open."""


__all__ = ["PROPOSE", "REDUCE", "SUBJECT", "VIEW", "Consequence", "ConsequenceQuerySet"]
