"""Appropriate techniques 适宜技术推广 with a subsidy for each case (S2-28).

The subsidy goes from an institution, the collaboration fund or the finance bureau to the institution that
does the case, never to a person and never out of the insurance fund (requirements A26, practice.md 6).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.joint.models.base import link
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class Source(models.TextChoices):
    """Who pays: lawful sources only. The insurance fund buys services and is not among them."""

    INSTITUTION = "institution", _("an institution of the alliance")
    FUND = "fund", _("collaboration fund")
    FINANCE = "finance", _("finance bureau")


class Technique(AllianceRow):
    """A technique the alliance spreads to its primary institutions."""

    class State(models.TextChoices):
        OPEN = "open", _("being spread")
        ENDED = "ended", _("no longer spread")

    state = StateField(_("state"), max_length=8, choices=State.choices, default=State.OPEN, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    note = models.CharField(_("indication and conditions"), max_length=300, blank=True)
    source = models.CharField(_("paid by"), max_length=12, choices=Source)
    payer = link(_("paying institution"), null=True, blank=True)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("appropriate technique"), _("appropriate techniques")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code"], name="technique_code"),
            models.CheckConstraint(
                condition=Q(source="institution", payer__isnull=False)
                | Q(source__in=["fund", "finance"], payer=None),
                name="technique_payer",
            ),
            models.CheckConstraint(condition=~Q(state="ended") | ~Q(why=""), name="technique_why"),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(state, State.OPEN, State.ENDED)
    def end(self) -> None:
        """No new cases."""


class Subsidy(AllianceRow):
    """What one case is paid from a day on."""

    append_only = True

    technique = models.ForeignKey(Technique, on_delete=models.PROTECT, related_name="subsidies")
    from_day = models.DateField(_("holds from"))
    fen = models.BigIntegerField(_("subsidy for a case"), validators=[MinValueValidator(1)])
    decided_by = models.CharField(_("decided by"), max_length=80)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("subsidy of a technique"), _("subsidies of techniques")
        ordering = ["technique", "-from_day"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "technique", "from_day"], name="subsidy_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="subsidy_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.technique_id} {self.from_day:%Y-%m-%d}"


class Licence(AllianceRow):
    """An institution that may do the technique, from a day until it is taken back."""

    append_only = True
    fill_once = ("ended_on",)

    technique = models.ForeignKey(Technique, on_delete=models.PROTECT, related_name="licences")
    institution = link(_("institution"))
    from_day = models.DateField(_("holds from"))
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("institution of a technique"), _("institutions of techniques")
        ordering = ["institution__code", "from_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "technique", "institution"],
                condition=Q(ended_on=None),
                name="licence_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("from_day")), name="licence_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technique_id} {self.institution_id}"


class TechniqueCaseQuerySet(AllianceQuerySet):
    """Which cases, in one word each."""

    def visible_to(self, membership: Membership) -> TechniqueCaseQuerySet:
        """Done or paid by the member's institution; all for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(institution=here) | Q(payer=here))

    def with_names(self) -> TechniqueCaseQuerySet:
        """Everything a list names, in one query."""
        return self.select_related(
            "technique", "institution", "operator", "person", "payer", "entered_by__user", "decided_by__user"
        )


class TechniqueCase(AllianceRow):
    """One case: entered by one person, confirmed by another; it is paid to the institution."""

    class State(models.TextChoices):
        ENTERED = "entered", _("waits for the second person")
        CONFIRMED = "confirmed", _("confirmed")
        REJECTED = "rejected", _("rejected")

    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.ENTERED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    technique = models.ForeignKey(
        Technique, verbose_name=_("technique"), on_delete=models.PROTECT, related_name="cases"
    )
    institution = link(_("institution"))
    department = link(_("department"), to="alliance.Department", null=True, blank=True)
    operator = link(_("operator"), to="alliance.Staff")
    person = link(_("patient"), to="alliance.Person", null=True, blank=True)
    record_no = models.CharField(_("record number"), max_length=40, blank=True)
    day = models.DateField(_("day"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    # As they held on the day: a later decision moves no case.
    fen = models.BigIntegerField(_("subsidy"), editable=False)
    source = models.CharField(_("paid by"), max_length=12, choices=Source, editable=False)
    payer = link(_("paying institution"), null=True, editable=False)
    entered_by = link(_("entered by"), to="alliance.Membership", editable=False)
    entered_at = models.DateTimeField(_("entered"), editable=False)
    decided_by = link(_("decided by"), to="alliance.Membership", null=True, editable=False)
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(TechniqueCaseQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("case of a technique"), _("cases of techniques")
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="technique_case_positive"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(record_no=""), name="technique_case_whom"
            ),
            models.CheckConstraint(
                condition=Q(source="institution", payer__isnull=False) & ~Q(payer=F("institution"))
                | Q(source__in=["fund", "finance"], payer=None),
                name="technique_case_payer",
            ),
            models.CheckConstraint(
                condition=Q(state="entered", decided_by__isnull=True)
                | Q(decided_by__isnull=False) & ~Q(state="entered") & ~Q(decided_by=F("entered_by")),
                name="technique_case_two_persons",
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(why=""), name="technique_case_why"),
            models.UniqueConstraint(
                fields=["alliance", "technique", "institution", "day", "person"],
                condition=Q(person__isnull=False) & ~Q(state="rejected"),
                name="technique_case_person_once",
            ),
            models.UniqueConstraint(
                fields=["alliance", "technique", "institution", "day", "record_no"],
                condition=~Q(record_no="") & ~Q(state="rejected"),
                name="technique_case_record_once",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "institution", "-day"], name="technique_case_day"),
            models.Index(fields=["alliance", "state", "day"], name="technique_case_state"),
        ]

    def __str__(self) -> str:
        return f"{self.technique_id} {self.day:%Y-%m-%d}"

    @transition(state, State.ENTERED, State.CONFIRMED)
    def confirm(self) -> None:
        """A second person or the paying side says that it was so: it counts."""

    @transition(state, State.ENTERED, State.REJECTED)
    def reject(self) -> None:
        """It was not so, and why."""
