"""Requests to buy equipment 购置申请, and the alliance's place among those of its city (S3-40)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.equipment.models.register import Device, link
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class CityRank(AllianceRow):
    """The alliance's rank among those of its city, as the city published it; imported, never computed."""

    year = models.PositiveSmallIntegerField(_("year of the ranking"))
    rank = models.PositiveSmallIntegerField(_("place in the ranking"))
    alliances = models.PositiveSmallIntegerField(_("alliances ranked"))
    document = models.CharField(_("published in"), max_length=200)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("rank in the city"), _("ranks in the city")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "year"], name="equipment_rank_year"),
            models.CheckConstraint(
                condition=Q(rank__gte=1, rank__lte=F("alliances")), name="equipment_rank_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.rank}/{self.alliances}"


class RequestQuerySet(AllianceQuerySet):
    """Which requests, in one word each."""

    def visible_to(self, membership: Membership) -> RequestQuerySet:
        """Of the member's institution; all of them for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(institution=here)


class PurchaseRequest(AllianceRow):
    """One institution asks to buy a device; what spoke for and against it stays as it was when asked."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("waits for a decision")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", pgettext_lazy("purchase", "declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    institution = link("alliance.Institution", _("institution"))
    department = link("alliance.Department", _("department"), optional=True)
    kind = models.CharField(_("kind of equipment"), max_length=16, choices=Device.Kind)
    name = models.CharField(_("device wanted"), max_length=80)
    estimate_fen = models.BigIntegerField(_("estimated cost (fen)"))
    uses_a_month = models.PositiveIntegerField(_("uses expected a month"))
    reason = models.TextField(_("why it is needed"))
    shared = models.BooleanField(_("will be open to other members"), default=True)
    evidence = models.JSONField(_("evidence"), default=dict)
    state = StateField(
        _("state"), max_length=10, choices=State.choices, default=State.SUBMITTED, editable=False
    )
    asked_by = link("alliance.Membership", _("asked by"))
    asked_at = models.DateTimeField(_("asked"))

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(RequestQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("purchase request"), _("purchase requests")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(estimate_fen__gt=0), name="equipment_request_cost"),
            models.CheckConstraint(condition=~Q(reason=""), name="equipment_request_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.institution.short_name} {self.name}"

    @transition(state, State.SUBMITTED, State.APPROVED)
    def approve(self) -> None:
        """The chain agreed."""

    @transition(state, State.SUBMITTED, State.DECLINED)
    def decline(self) -> None:
        """The chain did not agree."""

    @transition(state, State.SUBMITTED, State.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by who asked."""
