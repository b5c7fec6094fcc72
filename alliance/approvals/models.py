"""Chains as dated data, approvals and decisions, and decisions taken outside (practice.md section 4)."""

# The scoping manager carries no types: what it returns is not judged here.
# mypy: disable-error-code="no-untyped-call,django-manager-missing,misc"

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.approvals import registry
from alliance.approvals.steps import Step, parse_steps
from alliance.models.base import AllianceManager, AllianceRow
from alliance.models.state import StateField


class Chain(AllianceRow):
    """Who must agree, in which order: one dated version of a chain; a new version is a new row."""

    append_only = True

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    # Empty: for objects of any kind.
    object_kind = models.CharField(_("for objects of kind"), max_length=60, blank=True)
    from_date = models.DateField(_("in force from"))
    decided_by = models.CharField(_("decided by"), max_length=200)
    steps = models.JSONField(_("steps"))
    # What decided it; none for those an alliance begins with and those of a body that was founded.
    approval = models.ForeignKey(
        "approvals.Approval",
        verbose_name=_("approval"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("approval chain"), _("approval chains")
        ordering = ["code", "-from_date"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code", "from_date"], name="chain_version"),
            models.UniqueConstraint(fields=["alliance", "approval"], name="chain_of_one_approval"),
        ]

    def __str__(self) -> str:
        return self.name


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def seen_by(self, membership: Any) -> ApprovalQuerySet:
        """What a member may know: for the whole alliance all, else own, proposed, asked or decided ones."""
        own = membership.institution_id
        if own is None:
            return self
        from alliance.approvals import facts

        asked = Q(waiting_roles__overlap=facts.asked_as(membership)) & (
            Q(institution=own) | Q(institution=None)
        )
        decided = Decision.objects.filter(approval=models.OuterRef("pk"), user=membership.user_id)
        mine = Q(institution=own) | Q(proposed_by__user=membership.user_id) | asked | models.Exists(decided)
        return self.filter(mine)


class Approval(AllianceRow):
    """One proposal on its way: what it is about, its frozen chain, where it stands."""

    class State(models.TextChoices):
        OPEN = "open", _("waits for approval")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("not approved")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(_("kind"), max_length=60)
    about_kind = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    # What stood there when it was proposed, in the proposer's language: for kinds that word no title.
    subject = models.CharField(_("subject"), max_length=200)
    # What the title says beside the kind, worded at display in the reader's language (registry.Kind.title).
    arguments = models.JSONField(default=dict)
    institution = models.ForeignKey(
        "alliance.Institution",
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    # What the proposer asks beyond the object itself (a month to post into, a reason), frozen.
    terms = models.JSONField(_("terms"), default=dict)
    digest = models.CharField(_("digest of the content"), max_length=64)
    chain = models.ForeignKey(Chain, verbose_name=_("chain"), on_delete=models.PROTECT, related_name="+")
    steps = models.JSONField(_("steps"))
    step = models.PositiveSmallIntegerField(_("step"), default=1)
    waiting_roles = ArrayField(models.CharField(max_length=32), default=list)
    state = StateField(_("state"), max_length=10, choices=State, default=State.OPEN)
    proposed_by = models.ForeignKey(
        "alliance.Membership", verbose_name=_("proposed by"), on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed at"), auto_now_add=True)

    objects = ScopedManager(
        alliance="alliance", _manager_class=AllianceManager.from_queryset(ApprovalQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("approval"), _("approvals")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "kind", "about_kind", "about_id"],
                condition=Q(state="open"),
                name="approval_open_once",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "state"], name="approval_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What it is about, in the language of the reader."""
        return registry.title(self)

    @property
    def chain_steps(self) -> tuple[Step, ...]:
        """The steps as they were when it was proposed."""
        return parse_steps(self.steps)

    @property
    def current(self) -> Step:
        """The step it stands at, or ended at."""
        return self.chain_steps[self.step - 1]

    @transition(field=state, source=State.OPEN, target=State.APPROVED)
    def approve(self) -> None:
        """The last step has passed."""

    @transition(field=state, source=State.OPEN, target=State.DECLINED)
    def decline(self) -> None:
        """A step said no."""

    @transition(field=state, source=State.OPEN, target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """The proposer takes it back."""


class Decision(AllianceRow):
    """One person's verdict in one step. `user` is the person: somebody with two memberships has one vote."""

    append_only = True

    class Verdict(models.TextChoices):
        YES = "yes", _("agreed")
        NO = "no", _("refused")
        RECUSED = "recused", _("recused")

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="decisions")
    step = models.PositiveSmallIntegerField(_("step"))
    membership = models.ForeignKey(
        "alliance.Membership", verbose_name=_("decided by"), on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey("alliance.User", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict)
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "approval", "step", "user"], name="decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id}/{self.step} {self.verdict}"


class OutsideDecision(AllianceRow):
    """A body's decision on paper: entered by one person from the minutes, checked by another."""

    append_only = True
    fill_once = ("checked_by_id", "checked_at", "correct", "check_note")

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="outside")
    step = models.PositiveSmallIntegerField(_("step"))
    verdict = models.CharField(
        _("verdict"),
        max_length=8,
        choices=[("yes", Decision.Verdict.YES.label), ("no", Decision.Verdict.NO.label)],
    )
    decided_on = models.DateField(_("date of the decision"))
    document = models.CharField(_("document number"), max_length=80)
    body = models.CharField(_("deciding body"), max_length=80)
    attachment = models.ForeignKey(
        "alliance.Attachment",
        verbose_name=_("scanned minutes"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    entered_by = models.ForeignKey(
        "alliance.Membership", verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    checked_by = models.ForeignKey(
        "alliance.Membership",
        verbose_name=_("checked by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    checked_at = models.DateTimeField(null=True)
    correct = models.BooleanField(_("agrees with the document"), null=True)
    check_note = models.CharField(_("note"), max_length=500, null=True)  # noqa: DJ001 (null: not filled yet)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("decision outside"), _("decisions outside")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "approval", "step"],
                condition=Q(checked_at=None),
                name="outside_one_unchecked",
            ),
            models.CheckConstraint(condition=~Q(entered_by=F("checked_by")), name="outside_two_people"),
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None, correct=None)
                | Q(checked_by__isnull=False, checked_at__isnull=False, correct__isnull=False),
                name="outside_check_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.document}"
