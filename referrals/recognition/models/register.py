"""The register of items whose results are recognised (S3-09)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from alliance.models import AllianceRow
from alliance.models.base import AllianceQuerySet


def link(to: str, label: Any, **more: Any) -> Any:
    """A link that stays as long as the row."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **more)


def optional(to: str, label: Any, **more: Any) -> Any:
    """A link that may be absent."""
    return link(to, label, null=True, blank=True, **more)


class Modality(models.TextChoices):
    """How an examination is made."""

    LABORATORY = "laboratory", _("laboratory test")
    IMAGING = "imaging", _("X-ray, CT or MR")
    ULTRASOUND = "ultrasound", _("ultrasound examination")
    ECG = "ecg", _("electrocardiogram")
    PATHOLOGY = "pathology", _("pathology examination")
    ENDOSCOPY = "endoscopy", _("endoscopy")
    OTHER = "other", _("other examination")


class ItemQuerySet(AllianceQuerySet):
    """Which items of the register."""

    def in_force(self, on: date) -> ItemQuerySet:
        """The row of each code that holds on a day, without those taken off the register."""
        newer = self.model.objects.filter(
            code=OuterRef("code"), from_date__lte=on, from_date__gt=OuterRef("from_date")
        )
        return self.filter(~Exists(newer), from_date__lte=on, retired=False)


class Item(AllianceRow):
    """A recognisable item as it holds from a day on: a change is a new row with a later day.

    `family` joins items that answer the same question (a plain chest CT and one of another machine): a result
    of one stands for all of them. `validity_days` is how long a result may be recognised.
    """

    append_only = True

    code = models.CharField(_("item code"), max_length=32)
    name = models.CharField(_("name"), max_length=100)
    family = models.CharField(_("item family"), max_length=32)
    modality = models.CharField(_("modality"), max_length=12, choices=Modality)
    validity_days = models.PositiveSmallIntegerField(_("valid for (days)"))
    mark = models.CharField(_("recognition mark"), max_length=20, blank=True)
    retired = models.BooleanField(_("taken off the register"), default=False)
    from_date = models.DateField(_("holds from"))
    source = models.CharField(_("source of the register"), max_length=200, blank=True)
    entered_by = link("alliance.Membership", _("entered into the register by"))

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ItemQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("recognisable item"), _("recognisable items")
        ordering = ["code", "-from_date"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "code", "from_date"], name="item_from"),
            models.CheckConstraint(condition=Q(validity_days__gte=1), name="item_validity"),
        ]
        indexes = [models.Index(fields=["alliance", "family"], name="item_family")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
