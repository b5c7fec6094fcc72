"""The register of equipment and the log of a hospital's own system as sheets (walls.md 4).

A line is told apart by natural keys; money stands in yuan, times on the local clock. Every fault names line,
column and remedy, and nothing is stored while one is left.
"""

# django-import-export carries no types: its calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc"

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields

from alliance.equipment.models import CityRank, CostItem, Device, ExamItem, Qualification, SplitRule, Usage
from alliance.equipment.models.register import Skill
from alliance.equipment.services import EquipmentRefused, Log, rooms
from alliance.equipment.services.usage import check
from alliance.lib import money
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership, Staff
from alliance.resources import AllianceResource, column
from alliance.sheet_cells import Amount, Choice, Code, Day, Number, Optional, Truth, in_all


# Cells -----------------------------------------------------------------------------
class YuanCell(Optional):
    """An amount of yuan; kept as fen."""

    def read(self, text: str, row: Mapping[str, Any]) -> int:
        try:
            return money.fen(text)
        except money.MoneyRefused as error:
            raise ValueError(_(error.template) % error.params) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else money.yuan(value)


class MomentCell(Optional):
    """A local time, 2026-11-16 09:30."""

    def read(self, text: str, row: Mapping[str, Any]) -> datetime:
        try:
            found = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            raise ValueError(
                _("“%(text)s” is not a time. Write it like 2026-11-16 09:30.") % {"text": text[:40]}
            ) from None
        return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


class AnyPlace(Code):
    """Any institution of the alliance, also for the members of one."""

    def load(self, member: Membership) -> None:
        """Read, once a file, all institutions."""
        self.known = {("", row.code): row for row in self.model._default_manager.all()}


class ItemCode(Code):
    """An examination item of the device of the line, by its code."""

    def load(self, member: Membership) -> None:
        """Read, once a file, the items of the devices the member may name."""
        rows = ExamItem.objects.select_related("device__institution")
        if member.institution_id is not None:
            rows = rows.filter(device__institution=member.institution_id)
        self.known = {(f"{row.device.institution.code}/{row.device.code}", row.code): row for row in rows}

    def read(self, text: str, row: Mapping[str, Any]) -> Any:
        at = f"{str(row.get('owner') or '').strip()}/{str(row.get('device') or '').strip()}"
        if (at, text) not in self.known:
            sentence = _(
                "There is no examination item %(code)s at this device. Enter it first, or correct the code."
            )
            raise ValueError(sentence % {"code": text[:40]})
        return self.known[at, text]


# The column of a line that a refusal of the service belongs to, where its form field has another name.
COLUMNS = {"item": "item_name", "fee": "fee_fen", "ends_at": "ended_at"}


# Sheets ----------------------------------------------------------------------------
class EquipmentResource(AllianceResource):
    """Headings of our own where a column is no field of the row, or stands in another unit."""

    headed: ClassVar[dict[str, Any]] = {}

    def label(self, attribute: str) -> str:
        """The word of a column in the language of the page."""
        return str(self.headed[attribute]) if attribute in self.headed else super().label(attribute)

    def headings(self) -> dict[str, str]:
        """Every heading a column may have, to the column."""
        model = self._meta.model._meta
        found = {}
        for name in self.fields:
            word = self.headed.get(name) or model.get_field(name).verbose_name
            found |= {heading.casefold(): name for heading in (name, *in_all(word))}
        return found


def beside(way: str) -> fields.Field:
    """The institution a code of the line belongs to; it is read there and never written."""
    return fields.Field(attribute=way, column_name="institution", widget=Code(Institution), readonly=True)


class DeviceResource(EquipmentResource):
    """Devices by institution and code."""

    headed: ClassVar[dict[str, Any]] = {"cost_fen": gettext_lazy("purchase cost (yuan)")}

    institution = column("institution", Code(Institution))
    department = column("department", Code(Department, beside="institution"))
    code, name, room, brand, model, safety = (
        column(one) for one in ("code", "name", "room", "brand", "model", "safety")
    )
    kind = column("kind", Choice(Device.Kind))
    bought_on, retired_on = column("bought_on", Day()), column("retired_on", Day())
    cost_fen = column("cost_fen", YuanCell())
    depreciation = column("depreciation", Choice(Device.Depreciation), default=Device.Depreciation.STRAIGHT)
    life_months, life_hours = column("life_months", Number(), default=72), column("life_hours", Number())
    opening = column("opening")
    step_minutes, capacity = (
        column("step_minutes", Number(), default=30),
        column("capacity", Number(), default=1),
    )
    skill = column("skill", Choice(Skill))
    operated_by = column("operated_by", Choice(Device.Operator), default=Device.Operator.OWNER)
    shared, large = column("shared", Truth(), default=True), column("large", Truth(), default=False)
    own_system, is_active = (
        column("own_system", Truth(), default=False),
        column("is_active", Truth(), default=True),
    )

    class Meta(AllianceResource.Meta):
        model = Device
        import_id_fields = ("institution", "code")
        fields = (
            "institution", "code", "name", "kind", "department", "room", "brand", "model", "bought_on",
            "retired_on", "cost_fen", "depreciation", "life_months", "life_hours", "opening", "step_minutes",
            "capacity", "skill", "operated_by", "safety", "shared", "large", "own_system", "is_active",
        )  # fmt: skip


class ExamItemResource(EquipmentResource):
    """Examination items by institution, device and code."""

    headed: ClassVar[dict[str, Any]] = {
        "fee_fen": gettext_lazy("charged (yuan)"), "institution": gettext_lazy("institution")
    }  # fmt: skip

    institution = beside("device__institution")
    device = column("device", Code(Device, beside="institution"))
    code, name = column("code"), column("name")
    minutes, fee_fen = column("minutes", Number()), column("fee_fen", YuanCell())
    is_active = column("is_active", Truth(), default=True)

    class Meta(AllianceResource.Meta):
        model = ExamItem
        import_id_fields = ("institution", "device", "code")
        fields = ("institution", "device", "code", "name", "minutes", "fee_fen", "is_active")


class CostResource(EquipmentResource):
    """Running costs by device, kind, unit and day."""

    headed: ClassVar[dict[str, Any]] = {
        "fen": gettext_lazy("amount (yuan)"), "institution": gettext_lazy("institution")
    }  # fmt: skip

    institution = beside("device__institution")
    device = column("device", Code(Device, beside="institution"))
    kind, per = column("kind", Choice(CostItem.Kind)), column("per", Choice(CostItem.Per))
    fen, from_date, source = column("fen", YuanCell()), column("from_date", Day()), column("source")

    class Meta(AllianceResource.Meta):
        model = CostItem
        import_id_fields = ("institution", "device", "kind", "per", "from_date")
        fields = ("institution", "device", "kind", "per", "fen", "from_date", "source")


class QualificationResource(EquipmentResource):
    """Qualifications by person, kind and first day."""

    headed: ClassVar[dict[str, Any]] = {"institution": gettext_lazy("institution")}

    institution = beside("staff__institution")
    staff = column("staff", Code(Staff, beside="institution"))
    skill, number = column("skill", Choice(Skill)), column("number")
    valid_from, valid_until = column("valid_from", Day()), column("valid_until", Day())

    class Meta(AllianceResource.Meta):
        model = Qualification
        import_id_fields = ("institution", "staff", "skill", "valid_from")
        fields = ("institution", "staff", "skill", "number", "valid_from", "valid_until")


class SplitRuleResource(EquipmentResource):
    """Rules of division by device or kind and day."""

    headed: ClassVar[dict[str, Any]] = {"institution": gettext_lazy("institution")}

    institution = beside("device__institution")
    device = column("device", Code(Device, beside="institution"))
    kind = column("kind", Choice(Device.Kind))
    method = column("method", Choice(SplitRule.Method))
    owner_percent, user_percent, reader_percent = (
        column(one, Amount(), default=Decimal(0))
        for one in ("owner_percent", "user_percent", "reader_percent")
    )
    from_date = column("from_date", Day())
    decided_by, source = column("decided_by"), column("source")

    class Meta(AllianceResource.Meta):
        model = SplitRule
        import_id_fields = ("device", "kind", "from_date")
        fields = (
            "institution", "device", "kind", "method", "owner_percent", "user_percent", "reader_percent",
            "from_date", "decided_by", "source",
        )  # fmt: skip


class CityRankResource(EquipmentResource):
    """Ranks by year."""

    year, rank, alliances = (column(one, Number()) for one in ("year", "rank", "alliances"))
    document = column("document")

    class Meta(AllianceResource.Meta):
        model = CityRank
        import_id_fields = ("year",)
        fields = ("year", "rank", "alliances", "document")


class UsageResource(EquipmentResource):
    """The log of the owner's own system: by device and its own number; the other side confirms each line."""

    headed: ClassVar[dict[str, Any]] = {"fee_fen": gettext_lazy("charged (yuan)")}

    owner = column("owner", Code(Institution))
    device = column("device", Code(Device, beside="owner"))
    log_number = column("log_number")
    institution = column("institution", AnyPlace(Institution))
    item, item_name = column("item", ItemCode(ExamItem)), column("item_name")
    started_at, ended_at = column("started_at", MomentCell()), column("ended_at", MomentCell())
    fee_fen = column("fee_fen", YuanCell())
    collected_by, reader = (column(one, AnyPlace(Institution)) for one in ("collected_by", "reader"))
    result_ref = column("result_ref")

    class Meta(AllianceResource.Meta):
        model = Usage
        import_id_fields = ("owner", "device", "log_number")
        fields = (
            "owner", "device", "log_number", "institution", "item", "item_name", "started_at", "ended_at",
            "fee_fen", "collected_by", "reader", "result_ref",
        )  # fmt: skip

    def get_queryset(self) -> Any:
        """Lines that count or may still count; a number that was taken back is free again."""
        return Usage.objects.exclude(state=Usage.State.VOID)

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """A line as a use: its month, who states it, who charged; and what cannot be."""
        super().import_instance(instance, row, **kwargs)
        if not instance.pk:
            instance.stated_by, instance.source = self.member, Usage.Source.SHEET
            instance.stated_for = instance.owner
        instance.month = Month.of(rooms.day_of(instance.started_at)).first_day
        if instance.collected_by_id is None:
            instance.collected_by = instance.institution
        instance.item_name = instance.item_name or (instance.item.name if instance.item else "")
        if not instance.log_number:
            raise ValidationError({"log_number": _("The log's own number is missing.")})
        try:
            check(_log(instance), timezone.now())
        except EquipmentRefused as error:
            field = COLUMNS.get(error.field, error.field)
            field = field if field in self.fields else "log_number"
            raise ValidationError({field: _(error.template) % error.params}) from error

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """A line as it is stored is skipped; one that both sides stand by is never changed by a sheet."""
        same: bool = super().skip_row(instance, original, row, import_validation_errors)
        if not same and original.pk and original.state == Usage.State.CONFIRMED:
            sentence = _("Both sides stand by this use. Take it back first, then deliver it again.")
            import_validation_errors["log_number"] = ValidationError(sentence)
        return same

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """The owner's own use needs nobody else."""
        if instance.institution_id == instance.owner_id and instance.state == Usage.State.STATED:
            Usage.objects.claim(
                instance.pk, expect={"state": Usage.State.STATED},
                change={
                    "state": Usage.State.CONFIRMED, "confirmed_by": self.member,
                    "confirmed_at": timezone.now(),
                },
            )  # fmt: skip


def _log(use: Usage) -> Log:
    return Log(
        use.device, use.institution, use.started_at, use.ended_at, use.item, use.item_name,
        -1 if use.fee_fen is None else use.fee_fen,
    )  # fmt: skip
