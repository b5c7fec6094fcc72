"""Disputes about a rule 争议: found, studied, answered, settled by a version of the scheme (S4-22)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class DisputeQuerySet(AllianceQuerySet):
    """Which disputes, in one word each."""

    def visible_to(self, membership: Membership) -> DisputeQuerySet:
        """The member's institution's; all for who stands for the whole alliance."""
        own = membership.institution_id
        return self if own is None else self.filter(institution=own)

    def unanswered(self) -> DisputeQuerySet:
        """Still owed an answer."""
        return self.filter(state__in=[Dispute.State.OPEN, Dispute.State.STUDIED])


class Dispute(AllianceRow):
    """What somebody holds against a rule, group, weight or definition of a scheme, and what became of it."""

    class About(models.TextChoices):
        RULE = "rule", _("rule of entry")
        GROUP = "group", _("group")
        WEIGHT = "weight", _("weight")
        DEFINITION = "definition", _("definition or list")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("dispute", "filed")
        STUDIED = "studied", _("being studied")
        ANSWERED = "answered", pgettext_lazy("state", "answered")
        SETTLED = "settled", _("settled by a version")

    about = models.CharField(_("about"), max_length=12, choices=About)
    scheme = models.ForeignKey("grouping.Scheme", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("code of the group or list"), max_length=40)
    case = models.ForeignKey("grouping.Case", on_delete=models.PROTECT, null=True, related_name="disputes")
    institution = models.ForeignKey(
        "alliance.Institution", on_delete=models.PROTECT, null=True, related_name="+"
    )
    text = models.TextField(_("what is wrong and why"), max_length=2000)
    evidence = models.ForeignKey("alliance.Attachment", on_delete=models.PROTECT, null=True, related_name="+")
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    filed_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("filed"))
    rule = models.CharField(max_length=8)
    due_at = models.DateTimeField(_("answer due"))
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    settled_in = models.ForeignKey("grouping.Scheme", on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(DisputeQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("dispute"), _("disputes")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "settled"])
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="dispute_answered",
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settled_in__isnull=False)
                | (~Q(state="settled") & Q(settled_in=None)),
                name="dispute_settled_in",
            ),
        ]
        indexes = [models.Index(fields=["alliance", "state", "due_at"], name="dispute_due")]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.code}"

    def steps_for(self, membership: Membership) -> Iterator[Any]:
        """The steps this member may take now."""
        for step in cast(Any, self).get_available_state_transitions():
            if membership.can(step.custom["permit"]):
                yield step

    @transition(state, State.OPEN, State.STUDIED, custom={"permit": "dispute.decide"})
    def study(self) -> None:
        """Somebody looks into it."""

    @transition(state, [State.OPEN, State.STUDIED], State.ANSWERED, custom={"permit": "dispute.decide"})
    def reply(self) -> None:
        """What came of it."""

    @transition(state, State.ANSWERED, State.SETTLED, custom={"permit": "dispute.decide"})
    def settle(self) -> None:
        """A version of the scheme changed it."""
