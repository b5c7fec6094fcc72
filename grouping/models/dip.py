"""A city's own DIP catalogue 病种分值目录: imported as a draft, released by two, kept as it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from alliance.models import AllianceRow
from alliance.models.state import StateField


class DipCatalogue(AllianceRow):
    """A catalogue that values cases discharged from its first day on, once two people have agreed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RELEASED = "released", _("released")
        DISCARDED = "discarded", _("discarded")

    name = models.CharField(_("name"), max_length=120)
    from_date = models.DateField(_("in force from"))
    decided_by = models.CharField(_("decided by"), max_length=200)
    source = models.CharField(_("document number"), max_length=200, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    # Of the lines in the order of their keys: what the deciders agree to.
    digest = models.CharField(max_length=64)
    core = models.PositiveIntegerField(_("core diseases"))
    wide = models.PositiveIntegerField(_("comprehensive diseases"))
    state = StateField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey("alliance.Membership", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("DIP catalogue"), _("DIP catalogues")
        ordering = ["-from_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "from_date"], condition=Q(state="released"), name="dip_catalogue_from"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @transition(field=state, source=State.DRAFT, target=State.RELEASED)
    def release(self) -> None:
        """A second person agreed; it values discharges from its day on."""

    @transition(field=state, source=State.DRAFT, target=State.DISCARDED)
    def discard(self) -> None:
        """Put aside."""


class DipEntry(AllianceRow):
    """One line, written once. head: four characters of the principal diagnosis, of a class three. procedures:
    in ascending order with + between, of a class "*" or empty. means: last year's mean cost, fen, by level.
    """

    append_only = True

    catalogue = models.ForeignKey(DipCatalogue, on_delete=models.PROTECT, related_name="entries")
    core = models.BooleanField(_("core"))
    head = models.CharField(_("diagnosis"), max_length=8)
    procedures = models.CharField(_("procedures"), max_length=400, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    points = models.DecimalField(_("points"), max_digits=14, decimal_places=6)
    means = models.JSONField(default=dict)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("disease of DIP"), _("diseases of DIP")
        ordering = ["-core", "head", "procedures"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "catalogue", "core", "head", "procedures"], name="dip_entry_once"
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="dip_points_positive"),
        ]

    def __str__(self) -> str:
        return " + ".join(filter(None, [self.head, *self.procedures.split("+")]))
