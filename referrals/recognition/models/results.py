"""Results of examinations the alliance holds (S3-09)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from referrals.recognition.models.register import link, optional


class ResultQuerySet(AllianceQuerySet):
    """Which results."""

    def of_house(self, membership: Membership) -> ResultQuerySet:
        """Made by the member's institution; all of them for who stands for the whole alliance.

        A result of another member is read only through an order for that patient (`Offer`).
        """
        here = membership.institution_id
        return self if here is None else self.filter(institution=here)

    def standing(self) -> ResultQuerySet:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def valid_for(self, *, person: int, family: str, at: datetime) -> ResultQuerySet:
        """Results of a patient and family that may be recognised at an instant, the latest first."""
        rows = self.standing().filter(person=person, family=family, taken_at__lte=at, valid_until__gt=at)
        return rows.order_by("-taken_at", "-pk")


class Result(AllianceRow):
    """One result of one patient, made at a member institution; corrected only by withdrawing it.

    Family and validity are those of the item on the day it was taken. `number` is the house's own report
    number: the same report twice is the same row.
    """

    append_only = True
    fill_once = ("withdrawn_at", "withdrawn_by_id", "withdrawn_why")

    class Channel(models.TextChoices):
        HAND = "hand", _("typed in")
        API = "api", _("sent by a program")
        SHEET = "sheet", _("from a sheet")

    person = link("alliance.Person", _("patient"))
    institution = link("alliance.Institution", _("examining institution"))
    item = link("recognition.Item", _("recognisable item"))
    family = models.CharField(_("item family"), max_length=32, editable=False)
    number = models.CharField(_("report number"), max_length=40)
    taken_at = models.DateTimeField(_("examination made"))
    reported_at = models.DateTimeField(_("report issued"), null=True, blank=True)
    valid_until = models.DateTimeField(_("may be recognised until"), editable=False)
    conclusion = models.TextField(_("conclusion"))
    reference = models.CharField(_("address of report and images"), max_length=300, blank=True)
    channel = models.CharField(_("came by"), max_length=8, choices=Channel)
    entered_by = link("alliance.Membership", _("result entered by"))
    entered_at = models.DateTimeField(_("result entered at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_by = optional("alliance.Membership", _("withdrawn by"), editable=False)
    withdrawn_why = models.CharField(_("why withdrawn"), max_length=200, null=True, editable=False)  # noqa: DJ001

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ResultQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("result"), _("results of examinations")
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "institution", "number", "item"], name="result_once"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("taken_at")), name="result_validity"),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True) | Q(reported_at__gte=F("taken_at")),
                name="result_reported",
            ),
        ]
        indexes = [
            models.Index(fields=["alliance", "person", "family", "valid_until"], name="result_of_person"),
            models.Index(fields=["alliance", "institution", "-taken_at"], name="result_of_house"),
            models.Index(fields=["alliance", "taken_at"], name="result_taken"),
        ]

    def __str__(self) -> str:
        return self.number
