"""The register of equipment 设备台账: what there is, whose it is, what it costs, when it runs (S2-21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from alliance.equipment.engine import hours
from alliance.models import AllianceRow, Membership
from alliance.models.base import AllianceQuerySet
from alliance.web.refused import worded


def link(to: str, label: Any, *, optional: bool = False, **more: Any) -> Any:
    """A key to another row, never followed by a deletion."""
    return models.ForeignKey(
        to,
        verbose_name=label,
        on_delete=models.PROTECT,
        null=optional,
        blank=optional,
        related_name="+",
        **more,
    )


class Skill(models.TextChoices):
    """Qualifications 上岗资质 a device may ask of whoever operates it."""

    CT = "ct", _("CT operator")
    MR = "mr", _("MR operator")
    XRAY = "xray", _("X-ray technician")
    DSA = "dsa", _("DSA operator")
    ULTRASOUND = "ultrasound", _("ultrasound physician")
    ENDOSCOPY = "endoscopy", _("endoscopist")
    ECG = "ecg", _("ECG technician")
    RADIOTHERAPY = "radiotherapy", _("radiotherapy technician")
    DIALYSIS = "dialysis", _("dialysis nurse")


class DeviceQuerySet(AllianceQuerySet):
    """Which devices, in one word each."""

    def visible_to(self, membership: Membership) -> DeviceQuerySet:
        """One's own and what others share; all of them for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(Q(shared=True) | Q(institution=here))

    def owned_by(self, membership: Membership) -> DeviceQuerySet:
        """Those the member's institution owns; all of them for who stands for the whole alliance."""
        here = membership.institution_id
        return self if here is None else self.filter(institution=here)

    def bookable_by(self, membership: Membership) -> DeviceQuerySet:
        """In use, and one's own or shared; nothing for who stands for the whole alliance."""
        return self.visible_to(membership).filter(is_active=True)

    def there_on(self, day: date) -> DeviceQuerySet:
        """Bought by the day and not yet retired."""
        return self.filter(bought_on__lte=day).filter(Q(retired_on__isnull=True) | Q(retired_on__gt=day))

    def with_names(self) -> DeviceQuerySet:
        """Everything a list names, in one query."""
        return self.select_related("institution", "department")


class Device(AllianceRow):
    """One device. Money in fen, lengths of time in minutes unless the name says otherwise."""

    class Kind(models.TextChoices):
        CT = "ct", _("CT")
        MRI = "mri", _("MRI")
        PET = "pet", _("PET-CT")
        DSA = "dsa", _("DSA")
        DR = "dr", _("DR")
        MAMMOGRAPHY = "mammography", _("mammography")
        ULTRASOUND = "ultrasound", _("colour ultrasound")
        ENDOSCOPE = "endoscope", _("endoscope")
        ECG = "ecg", _("Holter or ECG")
        BONE = "bone", _("bone densitometer")
        LABORATORY = "laboratory", _("laboratory analyser")
        RADIOTHERAPY = "radiotherapy", _("linear accelerator")
        DIALYSIS = "dialysis", _("dialysis machine")
        OTHER = "other", _("other equipment")

    class Depreciation(models.TextChoices):
        STRAIGHT = "straight", _("straight line over months")
        WORK = "work", _("by hours worked")

    class Operator(models.TextChoices):
        OWNER = "owner", _("the owner's staff")
        USER = "user", _("the booking institution's staff")

    code = models.CharField(_("equipment code"), max_length=24)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind of equipment"), max_length=16, choices=Kind)
    institution = link("alliance.Institution", _("institution"))
    department = link("alliance.Department", _("department"), optional=True)
    room = models.CharField(_("room"), max_length=60, blank=True)
    brand = models.CharField(_("brand"), max_length=60, blank=True)
    model = models.CharField(_("model number"), max_length=60, blank=True)
    bought_on = models.DateField(_("bought on"))
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    cost_fen = models.BigIntegerField(_("purchase cost (fen)"))
    depreciation = models.CharField(
        _("depreciation method"), max_length=10, choices=Depreciation, default=Depreciation.STRAIGHT
    )
    life_months = models.PositiveIntegerField(_("life (months)"), default=72)
    life_hours = models.PositiveIntegerField(_("life (hours of work)"), null=True, blank=True)
    opening = models.CharField(
        _("operating hours"), max_length=300,
        help_text=_("Weekdays 1 to 7 and hours, as in: 1-5 08:00-12:00 14:00-17:30; 6 08:00-12:00"),
    )  # fmt: skip
    step_minutes = models.PositiveSmallIntegerField(_("bookings begin every (minutes)"), default=30)
    capacity = models.PositiveSmallIntegerField(_("persons at the same time"), default=1)
    skill = models.CharField(_("qualification needed"), max_length=16, choices=Skill, blank=True, default="")
    operated_by = models.CharField(_("operated by"), max_length=6, choices=Operator, default=Operator.OWNER)
    safety = models.TextField(
        _("safety questions"), blank=True, help_text=_("One a line; each is confirmed at the booking.")
    )
    shared = models.BooleanField(_("open to other members"), default=True)
    large = models.BooleanField(_("large medical equipment"), default=False)
    own_system = models.BooleanField(_("booked in the owner's own system"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[Any] = ScopedManager(
        alliance="alliance", _manager_class=models.Manager.from_queryset(DeviceQuerySet)
    )

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("device"), _("equipment")
        ordering = ["institution", "kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "institution", "code"], name="equipment_device_code"),
            models.CheckConstraint(condition=Q(cost_fen__gte=0), name="equipment_device_cost"),
            models.CheckConstraint(condition=Q(life_months__gte=1), name="equipment_device_life"),
            models.CheckConstraint(
                condition=~Q(depreciation="work") | Q(life_hours__gte=1), name="equipment_device_life_hours"
            ),
            models.CheckConstraint(
                condition=Q(step_minutes__gte=5, step_minutes__lte=240), name="equipment_device_step"
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=50), name="equipment_device_capacity"
            ),
            models.CheckConstraint(
                condition=~Q(operated_by="user") | ~Q(skill=""), name="equipment_device_operator_skill"
            ),
            models.CheckConstraint(
                condition=Q(retired_on__isnull=True) | Q(retired_on__gte=models.F("bought_on")),
                name="equipment_device_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Operating hours can be read; what depends on another column has it. Sentences name the remedy."""
        try:
            hours.parse(self.opening or "")
        except hours.HoursRefused as error:
            raise ValidationError({"opening": worded(error)}) from error
        if self.depreciation == self.Depreciation.WORK and not self.life_hours:
            raise ValidationError({"life_hours": _now("Depreciation by work needs the life in hours.")})
        if self.operated_by == self.Operator.USER and not self.skill:
            raise ValidationError({"skill": _now("Say which qualification the visiting operator needs.")})
        if self.department_id and self.department.institution_id != self.institution_id:
            raise ValidationError({"department": _now("This department belongs to another institution.")})

    @property
    def open_hours(self) -> hours.Opening:
        """The operating hours by weekday."""
        return hours.parse(self.opening)

    @property
    def questions(self) -> Sequence[str]:
        """The safety questions, one each."""
        return [line.strip() for line in self.safety.splitlines() if line.strip()]

    def is_owned_by(self, membership: Membership) -> bool:
        """Whether the member acts for the owner: of the same institution, or of the whole alliance."""
        return membership.sees(self.institution_id)


class ExamItem(AllianceRow):
    """What can be done with a device: how long it takes and what the patient is charged."""

    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="items"
    )
    code = models.CharField(_("item code"), max_length=24)
    name = models.CharField(_("examination item"), max_length=80)
    minutes = models.PositiveSmallIntegerField(_("slot length (minutes)"))
    fee_fen = models.BigIntegerField(_("fee (fen)"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("examination item"), _("examination items")
        ordering = ["device", "code"]
        constraints = [
            models.UniqueConstraint(fields=["alliance", "device", "code"], name="equipment_item_code"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=720), name="equipment_item_minutes"
            ),
            models.CheckConstraint(condition=Q(fee_fen__gte=0), name="equipment_item_fee"),
        ]

    def __str__(self) -> str:
        return self.name


class CostItem(AllianceRow):
    """What running a device costs, from a day on: by month, by hour used, or by use."""

    class Kind(models.TextChoices):
        MAINTENANCE = "maintenance", _("maintenance")
        CONSUMABLES = "consumables", _("consumables")
        STAFF = "staff", _("operating staff")
        ENERGY = "energy", _("energy and room")
        READING = "reading", _("reading fee")

    class Per(models.TextChoices):
        MONTH = "month", _("a month")
        HOUR = "hour", _("an hour used")
        USE = "use", _("a use")

    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="costs"
    )
    kind = models.CharField(_("kind of cost"), max_length=12, choices=Kind)
    per = models.CharField(_("per"), max_length=6, choices=Per)
    fen = models.BigIntegerField(_("amount (fen)"))
    from_date = models.DateField(_("in force from"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("running cost"), _("running costs")
        ordering = ["device", "kind", "per", "-from_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "device", "kind", "per", "from_date"], name="equipment_cost_from"
            ),
            models.CheckConstraint(condition=Q(fen__gte=0), name="equipment_cost_amount"),
            # A reading fee is owed for a use, to whoever read it.
            models.CheckConstraint(
                condition=~Q(kind="reading") | Q(per="use"), name="equipment_cost_reading"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_date}"


class Qualification(AllianceRow):
    """Who may operate what, from one day to another."""

    staff = link("alliance.Staff", _("staff member"))
    skill = models.CharField(_("qualification"), max_length=16, choices=Skill)
    number = models.CharField(_("certificate number"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta(AllianceRow.Meta):
        verbose_name, verbose_name_plural = _("qualification"), _("qualifications")
        ordering = ["staff", "skill", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "staff", "skill", "valid_from"], name="equipment_qualification_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="equipment_qualification_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.get_skill_display()}"
