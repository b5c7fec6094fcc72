"""Values of earlier months in data maintenance: brought by the office, seen by each institution."""

# django-import-export carries no types: its calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _

from alliance.admin.sheets import SheetAdmin
from alliance.models import Institution
from alliance.resources import AllianceResource, column
from alliance.sheet_cells import Amount, Cell, Code, MonthCell
from alliance.web.admin_site import site
from performance.dictionary import book
from performance.models import EarlierValue


class IndicatorCell(Cell):
    """An indicator by its code or either name."""

    def read(self, text: str, row: Mapping[str, Any]) -> str:
        found = {
            name.casefold(): code
            for code, entry in book.entries().items()
            for name in (code, entry.indicator.name_zh, entry.indicator.name_en)
        }
        if text.casefold() not in found:
            raise ValueError(
                _("The dictionary has no indicator “%(text)s”. Write its code or its name.")
                % {"text": text[:40]}
            )
        return found[text.casefold()]


class EarlierResource(AllianceResource):
    """Values by month, institution and indicator."""

    month, institution = column("month", MonthCell()), column("institution", Code(Institution))
    indicator = column("indicator", IndicatorCell())
    value, counted, source = column("value", Amount()), column("counted", Amount()), column("source")

    class Meta(AllianceResource.Meta):
        model = EarlierValue
        import_id_fields = ("month", "institution", "indicator")
        fields = ("month", "institution", "indicator", "value", "counted", "source")


@admin.register(EarlierValue, site=site)
class EarlierAdmin(SheetAdmin):
    """What the control charts see of months before the first result."""

    needs_to_view, needs_to_change = "indicator.view", "performance_scheme.edit"
    alliance_changes = True
    may_delete = True
    resource_class = EarlierResource
    fields = ("month", "institution", "indicator", "value", "counted", "source")
    list_display = ("month", "institution", "indicator", "value", "counted", "source")
    list_filter = ("indicator",)
    list_select_related = ("institution",)
    search_fields = ("indicator", "institution__code", "institution__name")
    date_hierarchy = "month"
    ordering = ("-month", "pk")
