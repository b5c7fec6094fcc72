"""The register in data maintenance: devices, items, running costs, qualifications, and the log by sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alliance.admin.sheets import SheetAdmin
from alliance.equipment.models import CityRank, CostItem, Device, ExamItem, Qualification, SplitRule, Usage
from alliance.equipment.resources import (
    CityRankResource,
    CostResource,
    DeviceResource,
    ExamItemResource,
    QualificationResource,
    SplitRuleResource,
)
from alliance.equipment.usage_sheet import UsageResource
from alliance.web.admin_site import site
from alliance.web.form_fields import YuanField

YUAN = {
    "cost_fen": _("purchase cost (yuan)"),
    "fee_fen": _("charged (yuan)"),
    "fen": _("amount (yuan)"),
}


class EquipmentAdmin(SheetAdmin):
    """Kept by whoever manages equipment; amounts are written in yuan."""

    needs_to_view = "equipment.manage"
    needs_to_change = "equipment.manage"

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Fields of fen take yuan."""
        if db_field.name in YUAN:
            return YuanField(label=YUAN[db_field.name], required=not db_field.blank)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Device, site=site)
class DeviceAdmin(EquipmentAdmin):
    """Devices."""

    resource_class = DeviceResource
    fields = (
        "institution", "code", "name", "kind", "department", "room", "brand", "model", "bought_on",
        "retired_on", "cost_fen", "depreciation", "life_months", "life_hours", "opening", "step_minutes",
        "capacity", "skill", "operated_by", "safety", "shared", "large", "own_system", "is_active",
    )  # fmt: skip
    list_display = ("code", "name", "kind", "institution", "bought_on", "shared", "large", "is_active")
    list_filter = ("kind", "shared", "large", "own_system", "is_active")
    list_select_related = ("institution",)
    search_fields = ("code", "name")


@admin.register(ExamItem, site=site)
class ExamItemAdmin(EquipmentAdmin):
    """Examination items."""

    own = "device__institution"
    resource_class = ExamItemResource
    fields = ("device", "code", "name", "minutes", "fee_fen", "is_active")
    list_display = ("code", "name", "device", "minutes", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("device",)
    search_fields = ("code", "name")


@admin.register(CostItem, site=site)
class CostAdmin(EquipmentAdmin):
    """Running costs; a new amount is a new line with its day."""

    own = "device__institution"
    resource_class = CostResource
    fields = ("device", "kind", "per", "fen", "from_date", "source")
    list_display = ("device", "kind", "per", "from_date")
    list_filter = ("kind", "per")
    list_select_related = ("device",)


@admin.register(Qualification, site=site)
class QualificationAdmin(EquipmentAdmin):
    """Who may operate what."""

    own = "staff__institution"
    resource_class = QualificationResource
    fields = ("staff", "skill", "number", "valid_from", "valid_until")
    list_display = ("staff", "skill", "valid_from", "valid_until")
    list_filter = ("skill",)
    list_select_related = ("staff",)


@admin.register(SplitRule, site=site)
class SplitRuleAdmin(EquipmentAdmin):
    """How money is divided, each rule with its day; the alliance's office decides them."""

    own = ""
    alliance_changes = True
    needs_to_change = "equipment.clear"
    resource_class = SplitRuleResource
    fields = (
        "device", "kind", "method", "owner_percent", "user_percent", "reader_percent", "from_date",
        "decided_by", "source",
    )  # fmt: skip
    list_display = ("method", "device", "kind", "user_percent", "from_date", "decided_by")
    list_filter = ("method", "kind")
    list_select_related = ("device",)


@admin.register(CityRank, site=site)
class CityRankAdmin(EquipmentAdmin):
    """The alliance's published rank in its city."""

    own = ""
    alliance_changes = True
    needs_to_change = "equipment.clear"
    resource_class = CityRankResource
    fields = ("year", "rank", "alliances", "document")
    list_display = ("year", "rank", "alliances", "document")


@admin.register(Usage, site=site)
class UsageAdmin(EquipmentAdmin):
    """The log of a hospital's own system, taken in by sheet; single uses are entered on their own page."""

    own = "owner"
    resource_class = UsageResource
    fields = ("device", "institution", "item_name", "started_at", "ended_at", "log_number", "state")
    list_display = ("log_number", "device", "institution", "started_at", "state")
    list_filter = ("state", "source")
    list_select_related = ("device", "institution")
    search_fields = ("log_number",)

    def has_add_permission(self, request: Any) -> bool:
        """Nobody, here."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """A sheet may be taken in; a single use is changed on its own page."""
        return obj is None and super().has_change_permission(request)
