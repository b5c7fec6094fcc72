"""The register of equipment as sheets.

A line is told apart by natural keys; money stands in yuan, times on the local clock. Every fault names line,
column and remedy, and nothing is stored while one is left.
"""

# django-import-export carries no types: its calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc"

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy
from import_export import fields

from alliance.equipment.cells import YuanCell
from alliance.equipment.models import CityRank, CostItem, Device, ExamItem, Qualification, SplitRule
from alliance.equipment.models.register import Skill
from alliance.models import Department, Institution, Staff
from alliance.resources import AllianceResource, column
from alliance.sheet_cells import Amount, Choice, Code, Day, Number, Truth, in_all


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
