"""Disputes about a rule 争议: found, studied, answered, settled by a version of the scheme (S4-22)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from grouping.models.panel import DisputeExpert


class DisputeQuerySet(AllianceQuerySet):
    """Which disputes, in one word each."""

    def visible_to(self, membership: Membership) -> DisputeQuerySet:
        """The member's institution's and those it is an expert of; all for who stands for the whole
        alliance.
        """
        own = membership.institution_id
        if own is None:
            return self
        asked = DisputeExpert.objects.filter(dispute=OuterRef("pk"), member=membership)
        return self.filter(Q(institution=own) | Exists(asked))

    def unanswered(self) -> DisputeQuerySet:
        """Still owed an answer."""
        return self.filter(state__in=[Dispute.State.OPEN, Dispute.State.STUDIED])

    def closed(self) -> DisputeQuerySet:
        """Settled, each question once: what everybody of the alliance may read."""
        return self.filter(state=Dispute.State.SETTLED)


class Dispute(AllianceRow):
    """What somebody holds against a rule, group, weight or definition of a scheme, and what became of it."""

    class About(models.TextChoices):
        RULE = "rule", _("rule of entry")
        GROUP = "group", _("group")
        WEIGHT = "weight", _("weight")
        DEFINITION = "definition", _("definition or list")
        INDICATOR = "indicator", _("definition of an indicator")

    class Way(models.TextChoices):
        """How it came in (S4-22: several channels)."""

        CASE = "case", _("page of a case")
        INTERPRETER = "interpreter", _("group interpreter")
        PAGE = "page", _("page of disputes")
        PAPER = "paper", _("on paper")
        API = "api", _("by a program")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("dispute", "filed")
        STUDIED = "studied", _("being studied")
        ANSWERED = "answered", pgettext_lazy("state", "answered")
        SETTLED = "settled", _("settled by a version")
        MERGED = "merged", pgettext_lazy("dispute", "joined to another")

    about = models.CharField(_("about"), max_length=12, choices=About)
    # None: about an indicator, which stands above; object_kind and object_id name it as evidence.
    scheme = models.ForeignKey("grouping.Scheme", on_delete=models.PROTECT, null=True, related_name="+")
    object_kind = models.CharField(max_length=60, blank=True, editable=False)
    object_id = models.CharField(max_length=60, blank=True, editable=False)
    way = models.CharField(_("how it came"), max_length=12, choices=Way, default=Way.PAGE)
    raised_by = models.CharField(_("raised by"), max_length=60, blank=True)
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
    # The instant said at first stays: a plan of holidays published later may move the limit (definitions 9).
    due_first_at = models.DateTimeField(null=True, editable=False)
    escalates_at = models.DateTimeField(_("reported upward"), null=True)
    provisional = models.BooleanField(_("provisional calendar"), default=False)
    # Opinions the panel owes before it is settled: the parameter of the day it was taken up.
    opinions_due = models.PositiveSmallIntegerField(_("opinions owed"), default=0)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    settled_in = models.ForeignKey("grouping.Scheme", on_delete=models.PROTECT, null=True, related_name="+")
    # What settled it: a version of the scheme, one of what stands above (kind, id, words), or no change.
    settled_kind = models.CharField(max_length=60, blank=True, editable=False)
    settled_id = models.CharField(max_length=60, blank=True, editable=False)
    settled_text = models.CharField(max_length=120, blank=True)
    unchanged = models.TextField(_("why nothing changes"), max_length=2000, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(
        "alliance.Membership", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    # The state the one who raised it has read last.
    seen_state = models.CharField(max_length=10, blank=True, editable=False)

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
            # A settled dispute names one version that settled it, or why nothing changes.
            models.CheckConstraint(
                condition=Q(state="settled")
                & (
                    Q(settled_in__isnull=False, settled_kind="", unchanged="")
                    | (Q(settled_in=None, unchanged="") & ~Q(settled_kind="") & ~Q(settled_id=""))
                    | (Q(settled_in=None, settled_kind="") & ~Q(unchanged=""))
                )
                | (~Q(state="settled") & Q(settled_in=None, settled_kind="", unchanged="", settled_at=None)),
                name="dispute_settled_in",
            ),
            models.CheckConstraint(
                condition=Q(about="indicator", scheme=None) & ~Q(object_kind="") & ~Q(object_id="")
                | (~Q(about="indicator") & Q(scheme__isnull=False, object_kind="", object_id="")),
                name="dispute_about_something",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None)),
                name="dispute_merged_into",
            ),
            models.CheckConstraint(
                condition=~Q(way="paper") | (~Q(raised_by="") & Q(evidence__isnull=False)),
                name="dispute_paper_has_its_scan",
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

    @transition(state, State.STUDIED, State.ANSWERED, custom={"permit": "dispute.decide"})
    def reply(self) -> None:
        """What came of it."""

    @transition(state, State.ANSWERED, State.SETTLED, custom={"permit": "dispute.decide"})
    def settle(self) -> None:
        """A version changed it, or it is said why nothing changes."""

    @transition(state, [State.OPEN, State.STUDIED], State.MERGED, custom={"permit": "dispute.decide"})
    def merge(self) -> None:
        """Another one asks the same: who raised this one hears its answer."""

    @property
    def state_words(self) -> str:
        """The state; of a settled one what was decided."""
        return gettext("settled, nothing changes") if self.unchanged else str(self.get_state_display())

    @property
    def head(self) -> Dispute:
        """The dispute whose answer counts: this one, or the one it was joined to."""
        return self.merged_into or self

    @property
    def about_what(self) -> str:
        """The scheme, or the indicator by its code."""
        return str(self.scheme) if self.scheme_id else self.object_id
