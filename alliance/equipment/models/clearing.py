"""Who owes whom for equipment: dated rules, the monthly clearing 往来结算, its lines and what they settle."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_fsm import transition
from django_scopes import ScopedManager

from alliance.equipment.models.register import Device, link
from alliance.equipment.models.usage import Usage
from alliance.lib.period import Month
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.models.state import StateField


class SplitRule(AllianceRow):
    """How the money of a device is divided, from a day on; without a device, of a kind; else of all."""

    class Method(models.TextChoices):
        ITEM = "item", _("shares of the fee")
        HOURS = "hours", _("cost by hours used")

    device = link("equipment.Device", _("device"), optional=True)
    kind = models.CharField(
        _("kind of equipment"), max_length=16, choices=Device.Kind, blank=True, default=""
    )
    method = models.CharField(_("method"), max_length=6, choices=Method)
    owner_percent = models.DecimalField(_("owner's share (%)"), max_digits=6, decimal_places=3, default=0)
    user_percent = models.DecimalField(_("user's share (%)"), max_digits=6, decimal_places=3, default=0)
    reader_percent = models.DecimalField(_("reader's share (%)"), max_digits=6, decimal_places=3, default=0)
    from_date = models.DateField(_("in force from"))
    decided_by = models.CharField(_("decided by"), max_length=200)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("rule of division"), _("rules of division")
        ordering = ["device", "kind", "-from_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "device", "kind", "from_date"], name="equipment_rule_from",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(device__isnull=True) | Q(kind=""), name="equipment_rule_of_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(owner_percent__gte=0, user_percent__gte=0, reader_percent__gte=0),
                name="equipment_rule_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(method="hours") | Q(owner_percent=100 - F("user_percent") - F("reader_percent")),
                name="equipment_rule_adds_up",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.from_date}"

    def clean(self) -> None:
        """Shares add up to 100. Sentences name the remedy."""
        parts = (self.owner_percent, self.user_percent, self.reader_percent)
        if self.method == self.Method.ITEM and None not in parts and sum(parts) != 100:
            sentence = _now("The three shares add up to %(sum)s, not 100. Correct one of them.")
            raise ValidationError({"owner_percent": sentence % {"sum": sum(parts)}})
        if self.device_id and self.kind:
            raise ValidationError({"kind": _now("A rule is of one device or of a kind, not of both.")})


class ClearingQuerySet(AllianceQuerySet):
    """Which clearings, in one word each."""

    def visible_to(self, membership: Membership) -> ClearingQuerySet:
        """Posted ones for the institutions; all of them for who stands for the whole alliance."""
        return self if membership.institution_id is None else self.filter(state=Clearing.State.POSTED)


class Clearing(AllianceRow):
    """What institutions owe each other up to a month; posted by two people, then never changed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("waits for a second person")
        POSTED = "posted", _("posted")

    month = models.DateField(_("month"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    state = StateField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    digest = models.CharField(_("digest of the lines"), max_length=64)
    made_by = link("alliance.Membership", _("drawn up by"))
    made_at = models.DateTimeField(_("made"))
    journal = link("ledger.LedgerJournal", _("ledger journal"), optional=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(ClearingQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("clearing of equipment"), _("clearings of equipment")
        ordering = ["-month", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "month", "number"], name="equipment_clearing_number"),
            models.UniqueConstraint(
                fields=["alliance"], condition=~Q(state="posted"), name="equipment_clearing_one_open"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="equipment_clearing_first_day"),
            models.CheckConstraint(
                condition=~Q(state="posted") | Q(journal__isnull=False), name="equipment_clearing_in_ledger"
            ),
        ]

    def __str__(self) -> str:
        suffix = f"/{self.number}" if self.number > 1 else ""
        return f"{Month.of(self.month)}{suffix}"

    @transition(state, State.DRAFT, State.PROPOSED)
    def propose(self) -> None:
        """Put before a second person."""

    @transition(state, State.PROPOSED, State.DRAFT)
    def reopen(self) -> None:
        """Declined or withdrawn: a draft again."""

    @transition(state, State.PROPOSED, State.POSTED)
    def post(self) -> None:
        """Agreed and written in the books."""


class ClearingLine(AllianceRow):
    """`payer` owes `payee`: one line with its rule, the numbers put in, and the uses behind it."""

    class Kind(models.TextChoices):
        FEE = "fee", _("share of the fee")
        COST = "cost", _("cost by hours")
        READING = "reading", _("reading fee")

    clearing = models.ForeignKey(
        Clearing, verbose_name=_("clearing of equipment"), on_delete=models.CASCADE, related_name="lines"
    )
    number = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    device = models.ForeignKey(Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="+")
    payer = link("alliance.Institution", _("owes"))
    payee = link("alliance.Institution", _("receives"))
    fen = models.BigIntegerField(_("amount (fen)"))
    about_month = models.DateField(_("belongs to"))
    rule = models.CharField(_("rule"), max_length=200)
    numbers = models.JSONField(_("numbers"), default=dict)
    uses = ArrayField(models.BigIntegerField(), verbose_name=_("uses"), default=list)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("line of a clearing"), _("lines of a clearing")
        ordering = ["clearing", "number"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "clearing", "number"], name="equipment_line_number"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="equipment_line_moves_money"),
            models.CheckConstraint(condition=~Q(payer=F("payee")), name="equipment_line_two_sides"),
            models.CheckConstraint(condition=Q(about_month__day=1), name="equipment_line_first_day"),
        ]
        indexes = [
            models.Index(fields=["alliance", "device", "about_month"], name="equipment_line_device"),
        ]

    def __str__(self) -> str:
        return f"{self.clearing_id}/{self.number}"


class ClearedUse(AllianceRow):
    """A use is settled once, and taken back at most once."""

    clearing = models.ForeignKey(
        Clearing, verbose_name=_("clearing of equipment"), on_delete=models.CASCADE, related_name="cleared"
    )
    use = models.ForeignKey(Usage, verbose_name=_("use"), on_delete=models.PROTECT, related_name="cleared")
    taken_back = models.BooleanField(_("taken back"), default=False)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("settled use"), _("settled uses")
        constraints = [
            models.UniqueConstraint(fields=["alliance", "use", "taken_back"], name="equipment_cleared_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clearing_id}/{self.use_id}"
