"""An alliance's own indicators: a formula, checked by a second person, in force from a month (S0-10)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField
from performance.models.declared import link


class OwnIndicator(AllianceRow):
    """One version of one indicator. `content` is the engine's indicator as a month freezes it.

    From its month on it counts until the next version's, or until it is retired; what months froze stays.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("own indicator", "waits for the second person")
        CHECKED = "checked", pgettext_lazy("own indicator", "in force")
        DISCARDED = "discarded", pgettext_lazy("own indicator", "given up")
        RETIRED = "retired", pgettext_lazy("own indicator", "retired")

    code = models.CharField(_("code"), max_length=40)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    expression = models.CharField(_("formula"), max_length=2000)
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)
    first_month = models.DateField(_("from month"))
    last_month = models.DateField(_("last month"), null=True)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    entered_by = link(_("entered by"), "alliance.Membership")
    entered_at = models.DateTimeField(_("entered"))
    checked_by = link(_("confirmed by"), "alliance.Membership", null=True)
    checked_at = models.DateTimeField(_("confirmed"), null=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(AllianceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("own indicator"), _("own indicators")
        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code", "number"], name="own_indicator_once"),
            models.UniqueConstraint(
                fields=["alliance", "code"], condition=Q(state="draft"), name="own_indicator_one_draft"
            ),
            models.CheckConstraint(condition=Q(first_month__day=1), name="own_indicator_first_day"),
            models.CheckConstraint(
                condition=Q(last_month=None) | Q(last_month__day=1), name="own_indicator_last_day"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "retired"])
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="own_indicator_checked",
            ),
            models.CheckConstraint(
                condition=~Q(checked_by=F("entered_by")), name="own_indicator_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state="retired") | Q(last_month__isnull=False), name="own_indicator_retired"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @transition(state, State.DRAFT, State.CHECKED)
    def check_it(self) -> None:
        """A second person has compared formula and definition."""

    @transition(state, State.DRAFT, State.DISCARDED)
    def discard(self) -> None:
        """Nobody wants it any more."""

    @transition(state, State.CHECKED, State.RETIRED)
    def retire(self) -> None:
        """No new scheme counts it."""
