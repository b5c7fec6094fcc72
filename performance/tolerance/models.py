"""Tolerance cases (S1-72, S2-54): what happened, evidence of the pathway, statement, opinions, the decision.

The decision is that of an approval; what it exempts is marked beside the deduction, which itself stays; money
of it that a person or a department bore is given back by a `Relief`, a correction like any other.
"""

from __future__ import annotations

from decimal import Decimal
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
from performance.models.statements import Booked

VIEW, FILE, RUN = "tolerance.view", "tolerance.file", "tolerance.run"


def link(label: Any, to: str, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)


class Outcome(models.TextChoices):
    """What is decided, and what an opinion says."""

    MAIN = "main", pgettext_lazy("tolerance", "the hospital bears the main responsibility")
    PARTLY = "partly", pgettext_lazy("tolerance", "partly covered")
    NOT_COVERED = "not_covered", pgettext_lazy("tolerance", "not covered")


COVERED = (Outcome.MAIN, Outcome.PARTLY)


class ToleranceQuerySet(AllianceQuerySet):
    """Which cases a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """Those one takes part in; runners also their institution's (all for the whole alliance)."""
        here = membership.institution_id
        heard = Reviewer.objects.filter(case=models.OuterRef("pk"), member=membership)
        own = Q(opened_by=membership) | Q(person=membership) | Q(models.Exists(heard))
        if membership.can(RUN):
            return self.all() if here is None else self.filter(own | Q(institution=here))
        return self.filter(own)

    def named(self) -> Any:
        """With what a list or a page names."""
        return self.select_related("institution", "department", "person__user", "opened_by__user", "case")


class ToleranceCase(Stepped, AllianceRow):
    """One dispute or error where a pathway was followed. `person`: who stands for it. No patient is named."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", pgettext_lazy("tolerance", "dispute")
        ERROR = "error", pgettext_lazy("tolerance", "error")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("tolerance", "evidence and statement")
        REVIEW = "review", pgettext_lazy("tolerance", "with the review body")
        PROPOSED = "proposed", pgettext_lazy("tolerance", "proposed for decision")
        DECIDED = "decided", pgettext_lazy("tolerance", "decided")
        WITHDRAWN = "withdrawn", pgettext_lazy("tolerance", "withdrawn")

    kind = models.CharField(pgettext_lazy("tolerance", "kind"), max_length=8, choices=Kind)
    institution = link(_("institution"), "alliance.Institution")
    department = link(_("department"), "alliance.Department", null=True)
    person = link(pgettext_lazy("tolerance", "person"), "alliance.Membership")
    happened_on = models.DateField(pgettext_lazy("tolerance", "happened on"))
    what = models.CharField(pgettext_lazy("tolerance", "what happened"), max_length=2000)
    pathway = models.CharField(pgettext_lazy("tolerance", "pathway followed"), max_length=160)
    case = link(pgettext_lazy("tolerance", "case"), "grouping.Case", null=True)
    referral = link(_("referral"), "referrals.Referral", null=True)
    statement = models.CharField(pgettext_lazy("tolerance", "statement"), max_length=4000, blank=True)
    stated_at = models.DateTimeField(pgettext_lazy("tolerance", "stated"), null=True)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    proposed_outcome = models.CharField(
        pgettext_lazy("tolerance", "proposed"), max_length=12, choices=Outcome, blank=True
    )
    # How much of a deduction is covered where it is covered in part; the whole of it where `main`.
    percent = models.DecimalField(
        pgettext_lazy("tolerance", "covered, %"), max_digits=5, decimal_places=2, null=True
    )
    grounds = models.CharField(pgettext_lazy("tolerance", "grounds"), max_length=2000, blank=True)
    outcome = models.CharField(
        pgettext_lazy("tolerance", "decision"), max_length=12, choices=Outcome, blank=True
    )
    approval = link(_("approval"), "approvals.Approval", null=True)
    decided_at = models.DateTimeField(pgettext_lazy("tolerance", "decided on"), null=True)
    opened_by = link(pgettext_lazy("tolerance", "opened by"), "alliance.Membership")
    opened_at = models.DateTimeField(pgettext_lazy("tolerance", "opened"))

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ToleranceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("tolerance case"), _("tolerance cases")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what="") & ~Q(pathway=""), name="tolerance_told"),
            models.CheckConstraint(
                condition=Q(statement="", stated_at=None) | ~Q(statement="") & Q(stated_at__isnull=False),
                name="tolerance_stated",
            ),
            models.CheckConstraint(
                condition=Q(state="decided", approval__isnull=False, decided_at__isnull=False)
                & ~Q(outcome="")
                | ~Q(state="decided") & Q(outcome="", decided_at=None),
                name="tolerance_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["proposed", "decided"])
                | ~Q(proposed_outcome="") & ~Q(grounds="") & ~Q(statement=""),
                name="tolerance_proposed_on_grounds",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(proposed_outcome="partly", percent__gt=0, percent__lt=100),
                name="tolerance_percent_of_a_part",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "institution", "state"], name="tolerance_place")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number of the case, and of its decision: RC and five digits."""
        return f"RC-{self.pk:05d}"

    @property
    def covered(self) -> Decimal | None:
        """How much of a deduction the decision covers, in percent; None: nothing, or none was decided."""
        return Decimal(100) if self.outcome == Outcome.MAIN else self.percent if self.outcome else None

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """Runner: who runs cases of the institution; person: whose case it is."""
        found = {"runner"} if membership.can(RUN) and membership.sees(self.institution_id) else set()
        if self.person_id == membership.pk:
            found.add("person")
        return frozenset(found)

    @transition(state, State.OPEN, State.REVIEW, custom=step(
        1, "runner", RUN, pgettext_lazy("tolerance", "Give it to the review body"), "send"))  # fmt: skip
    def review(self) -> None:
        """Evidence and statement stand; the body is named."""

    @transition(state, State.REVIEW, State.PROPOSED, custom=step(
        2, "runner", RUN, pgettext_lazy("tolerance", "Propose a decision"), "scale"))  # fmt: skip
    def propose(self) -> None:
        """The opinions are there; it goes to the vote."""

    @transition(state, State.PROPOSED, State.DECIDED, custom=step(
        3, "", RUN, pgettext_lazy("tolerance", "decided"), "check", "decided_at"))  # fmt: skip
    def decide(self) -> None:
        """The approval said yes."""

    @transition(state, State.PROPOSED, State.REVIEW, custom=step(
        4, "", RUN, pgettext_lazy("tolerance", "not approved"), "undo"))  # fmt: skip
    def send_back(self) -> None:
        """The approval said no, or was taken back."""

    @transition(state, [State.OPEN, State.REVIEW], State.WITHDRAWN, custom=step(
        5, "runner", RUN, pgettext_lazy("tolerance", "Withdraw"), "x"))  # fmt: skip
    def withdraw(self) -> None:
        """It goes no further."""


class Evidence(AllianceRow):
    """A file that shows how the pathway was followed."""

    append_only = True

    case = models.ForeignKey(ToleranceCase, on_delete=models.PROTECT, related_name="evidence")
    attachment = link(_("file"), "alliance.Attachment")
    note = models.CharField(pgettext_lazy("tolerance", "what it shows"), max_length=200)
    added_by = link(_("added by"), "alliance.Membership")
    added_at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("evidence"), _("evidence")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="tolerance_evidence_noted")]

    def __str__(self) -> str:
        return self.note


class Reviewer(AllianceRow):
    """A member of the review body of one case, not involved in it; the opinion is given once."""

    append_only = True
    fill_once = ("opinion", "text", "given_at", "recused_at")

    case = models.ForeignKey(ToleranceCase, on_delete=models.PROTECT, related_name="reviewers")
    member = link(pgettext_lazy("tolerance", "reviewer"), "alliance.Membership")
    named_by = link(pgettext_lazy("tolerance", "named by"), "alliance.Membership")
    opinion = models.CharField(  # noqa: DJ001 (filled once)
        pgettext_lazy("tolerance", "opinion"), max_length=12, choices=Outcome, null=True
    )
    text = models.CharField(pgettext_lazy("tolerance", "in own words"), max_length=2000, null=True)  # noqa: DJ001
    given_at = models.DateTimeField(pgettext_lazy("tolerance", "given"), null=True)
    recused_at = models.DateTimeField(pgettext_lazy("tolerance", "stood back"), null=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("reviewer"), _("reviewers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "case", "member"], name="tolerance_reviewer_once"),
            models.CheckConstraint(
                condition=Q(opinion=None, text=None, given_at=None)
                | Q(
                    opinion__isnull=False,
                    text__isnull=False,
                    text__gt="",
                    given_at__isnull=False,
                    recused_at=None,
                ),
                name="tolerance_opinion_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.member_id}"


class Exemption(AllianceRow):
    """A deduction of pay or a consequence that a decision covers; the deduction itself stays."""

    append_only = True

    case = models.ForeignKey(ToleranceCase, on_delete=models.PROTECT, related_name="exemptions")
    share = link(_("share of a claw-back"), "performance.ClawbackShare", null=True)
    consequence = link(_("consequence"), "performance.Consequence", null=True)
    marked_by = link(pgettext_lazy("tolerance", "marked by"), "alliance.Membership")
    marked_at = models.DateTimeField()

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("exemption"), _("exemptions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(share=None, consequence__isnull=False) | Q(share__isnull=False, consequence=None),
                name="tolerance_exempts_one",
            ),
            models.UniqueConstraint(fields=["alliance", "share"], name="tolerance_share_once"),
            models.UniqueConstraint(fields=["alliance", "consequence"], name="tolerance_consequence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"


class Relief(Booked):
    """What an exemption gives back in the books: the institution bears what its person or department no
    longer does. Fen: `exempt_fen` of the share are exempted, `back_fen` of it had been borne already.

    `month` is that of the claw-back. What had not been taken yet is not taken from the exemption on.
    """

    exemption = link(_("exemption"), Exemption)
    exempt_fen = models.BigIntegerField(pgettext_lazy("tolerance", "exempted (fen)"))
    back_fen = models.BigIntegerField(pgettext_lazy("tolerance", "given back (fen)"))

    class Meta(Booked.Meta):
        verbose_name = pgettext_lazy("tolerance", "correction of an exemption")
        verbose_name_plural = pgettext_lazy("tolerance", "corrections of exemptions")
        constraints = [
            *Booked.Meta.constraints,
            models.UniqueConstraint(fields=["alliance", "exemption"], name="relief_once"),
            models.CheckConstraint(
                condition=Q(exempt_fen__gt=0, back_fen__gte=0, back_fen__lte=F("exempt_fen")),
                name="relief_within_exempted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exemption.case.number} {self.month:%Y-%m}"

    @property
    def spared_fen(self) -> int:
        """What had not been taken yet and the institution bears at once."""
        return int(self.exempt_fen - self.back_fen)
