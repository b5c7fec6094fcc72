"""On-site assessment (现场考核): checklists as dated versions, visits with their inspectors and samples.

Practice 5; S3-11, S3-12, S3-15, S3-21. What was found stands in performance.models.onsite_findings.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.lib.period import Month
from alliance.models import AllianceRow, Institution, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from performance.engine.checklist import Checklist
from performance.engine.restore import restore
from performance.engine.spans import Span
from performance.models.declared import link

PLAN, INSPECT, ANSWER, OVERSEE = "onsite.plan", "onsite.inspect", "onsite.answer", "onsite.oversee"


class OnsiteChecklist(AllianceRow):
    """One version of a checklist. Published it never changes (kept by the database); the next is a copy.

    `body` is the engine's Checklist as plain data, of a draft faulty ones too; `kinds`: institutions it is
    made for.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("checklist", "draft")
        PUBLISHED = "published", pgettext_lazy("checklist", "published")
        RETIRED = "retired", pgettext_lazy("checklist", "retired")

    code = models.SlugField(_("code"), max_length=40)
    number = models.PositiveSmallIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=80)
    kinds = ArrayField(models.CharField(max_length=12, choices=Institution.Kind), verbose_name=_("kinds"))
    from_date = models.DateField(_("in force from"))
    body = models.JSONField(_("content"), editable=False)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = link(_("entered by"), "alliance.Membership")
    made_at = models.DateTimeField(_("entered"))
    published_by = link(_("published by"), "alliance.Membership", null=True)
    published_at = models.DateTimeField(_("published"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("checklist"), _("checklists")
        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code", "number"], name="onsite_checklist_once"),
            models.UniqueConstraint(
                fields=["alliance", "code"], condition=Q(state="published"), name="onsite_one_published"
            ),
            models.UniqueConstraint(
                fields=["alliance", "code"], condition=Q(state="draft"), name="onsite_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_by__isnull=False, published_at__isnull=False),
                name="onsite_published_by",
            ),
            models.CheckConstraint(condition=~Q(kinds=[]), name="onsite_kinds"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @cached_property
    def checklist(self) -> Checklist:
        """The engine's table."""
        return restore(Checklist, self.body)

    @transition(state, State.DRAFT, State.PUBLISHED)
    def publish(self) -> None:
        """Visits may be planned with it."""

    @transition(state, State.PUBLISHED, State.RETIRED)
    def retire(self) -> None:
        """No further visit is planned with it; those planned keep it."""


class VisitQuerySet(AllianceQuerySet):
    """Which visits a member sees."""

    def seen_by(self, membership: Membership) -> Any:
        """All for the office; else those the member inspects, and signed ones of the own institution.

        A visit that is planned is not announced to the inspected.
        """
        if oversees(membership):
            return self.all()
        mine = Q(pk__in=OnsiteInspector.objects.filter(member=membership).values("visit"))
        here = membership.institution_id
        if here is not None and (membership.can(ANSWER) or membership.can("declared.view")):
            own = Q(institution=here) | Q(institution__parent=here)
            mine |= own & Q(state=OnsiteVisit.State.SIGNED)
        return self.filter(mine)

    def named(self) -> Any:
        """With all that a list or a page names."""
        return self.select_related("institution__parent", "checklist", "planned_by__user")


def oversees(membership: Membership) -> bool:
    """Whether a member of the whole alliance sees every visit."""
    return membership.institution_id is None and (membership.can(PLAN) or membership.can(OVERSEE))


class OnsiteVisit(AllianceRow):
    """One visit (考核任务) of a quarter: where, with which version, on which day, how far, with what result.

    Points have four places; `percent` is what may be compared. None while it is not signed.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("visit", "planned")
        OPEN = "open", pgettext_lazy("visit", "under way")
        SIGNED = "signed", pgettext_lazy("visit", "signed")
        CANCELLED = "cancelled", pgettext_lazy("visit", "called off")

    checklist = models.ForeignKey(
        OnsiteChecklist, verbose_name=_("checklist"), on_delete=models.PROTECT, related_name="visits"
    )
    institution = link(_("institution"), "alliance.Institution")
    quarter = models.DateField(_("quarter"))
    planned_on = models.DateField(_("day of the visit"))
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    planned_by = link(_("planned by"), "alliance.Membership")
    planned_at = models.DateTimeField(_("planned"))
    signed_at = models.DateTimeField(_("signed"), null=True)
    why = models.CharField(_("why"), max_length=300, blank=True)
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=4, null=True)
    full = models.DecimalField(_("full points"), max_digits=8, decimal_places=4, null=True)
    percent = models.DecimalField(_("percent"), max_digits=8, decimal_places=4, null=True)
    capped = models.BooleanField(_("capped by a critical item"), default=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(VisitQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("on-site visit"), _("on-site visits")
        ordering = ["-planned_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]), name="onsite_quarter"
            ),
            models.UniqueConstraint(
                fields=["alliance", "institution", "quarter", "checklist"],
                condition=~Q(state="cancelled"), name="onsite_visit_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | Q(signed_at__isnull=False, points__isnull=False, full__isnull=False,
                    percent__isnull=False),
                name="onsite_signed_whole",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=0, percent__lte=100, points__lte=F("full")),
                name="onsite_bounds",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["alliance", "quarter", "institution"], name="onsite_visit_quarter")]

    def __str__(self) -> str:
        return f"{self.institution} {self.span}"

    @property
    def span(self) -> Span:
        """The quarter."""
        return Span(Month.of(self.quarter), "quarter")

    @transition(state, State.PLANNED, State.OPEN)
    def start(self) -> None:
        """An inspector begins."""

    @transition(state, State.OPEN, State.SIGNED)
    def finish(self) -> None:
        """Both sides have signed, or the refusal is recorded: the copy is with the inspected."""

    @transition(state, State.PLANNED, State.CANCELLED)
    def cancel(self) -> None:
        """It does not take place."""


class OnsiteInspector(AllianceRow):
    """Who inspects, and which sections are his or hers. `place` is filled by the database, which refuses
    whoever belongs to the inspected institution or to the one it reports through.
    """

    visit = models.ForeignKey(OnsiteVisit, on_delete=models.PROTECT, related_name="inspectors")
    member = link(_("inspector"), "alliance.Membership")
    place = link(_("institution"), "alliance.Institution", null=True, editable=False)
    is_lead = models.BooleanField(_("leads"), default=False)
    sections = ArrayField(models.CharField(max_length=12), verbose_name=_("sections"), default=list)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("inspector"), _("inspectors")
        ordering = ["visit", "-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "visit", "member"], name="onsite_inspector_once"),
            models.UniqueConstraint(
                fields=["alliance", "visit"], condition=Q(is_lead=True), name="onsite_one_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.user}"


class OnsiteSample(AllianceRow):
    """What was drawn of one kind, so that anybody draws it again: seed, list that could be drawn, rule.

    Charts are named by record number, rooms by code and name, residents by the number of their record: no
    names of persons.
    """

    append_only = True

    class Kind(models.TextChoices):
        CHART = "chart", pgettext_lazy("sample", "charts")
        ROOM = "room", pgettext_lazy("sample", "rooms")
        RESIDENT = "resident", pgettext_lazy("sample", "residents")

    visit = models.ForeignKey(OnsiteVisit, on_delete=models.PROTECT, related_name="samples")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    seed = models.CharField(_("seed"), max_length=64)
    rule = models.CharField(_("rule"), max_length=80)
    population = ArrayField(models.CharField(max_length=80), verbose_name=_("could be drawn"))
    population_digest = models.CharField(_("digest of the list"), max_length=64)
    drawn = ArrayField(models.CharField(max_length=80), verbose_name=_("drawn"))

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("sample of a visit"), _("samples of visits")
        ordering = ["visit", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "visit", "kind"], name="onsite_sample_once")
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind}"
