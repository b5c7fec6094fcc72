"""Joint research projects 联合科研项目: who leads, who takes part, from when to when (S3-18)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.joint.models.base import link
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class ResearchQuerySet(AllianceQuerySet):
    """Which projects, in one word each."""

    def visible_to(self, membership: Membership) -> ResearchQuerySet:
        """Led or joined by the member's institution; all for who stands for the whole alliance."""
        here = membership.institution_id
        if here is None:
            return self
        joined = ResearchPartner.objects.filter(institution=here).values("research")
        return self.filter(Q(institution=here) | Q(pk__in=joined))


class Research(AllianceRow):
    """One research project of several institutions."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        ENDED = "ended", _("finished")
        STOPPED = "stopped", _("stopped")

    state = StateField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    title = models.CharField(_("title"), max_length=150)
    number = models.CharField(_("project number"), max_length=60)
    funded_by = models.CharField(_("funded by"), max_length=80, blank=True)
    leader = link(_("leader"), to="alliance.Staff")
    institution = link(_("leading institution"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    result = models.CharField(_("result"), max_length=300, blank=True, editable=False)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ResearchQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("joint research project"), _("joint research projects")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "number"], name="research_number"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="research_days"),
            models.CheckConstraint(
                condition=Q(state="running", ended_on=None)
                | Q(ended_on__gte=F("first_day")) & ~Q(state="running") & ~Q(result=""),
                name="research_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @transition(state, State.RUNNING, State.ENDED)
    def finish(self) -> None:
        """It has its result."""

    @transition(state, State.RUNNING, State.STOPPED)
    def stop(self) -> None:
        """It goes no further."""


class ResearchPartner(AllianceRow):
    """An institution that takes part beside the leading one."""

    append_only = True

    research = models.ForeignKey(Research, on_delete=models.PROTECT, related_name="partners")
    institution = link(_("institution"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("partner of a research project"), _("partners of research")
        ordering = ["institution__code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "research", "institution"], name="partner_once")
        ]

    def __str__(self) -> str:
        return f"{self.research_id} {self.institution_id}"
