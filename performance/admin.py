"""Values of earlier months in data maintenance: brought by the office, seen by each institution."""

# django-import-export carries no types: its calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc"

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.admin.sheets import SheetAdmin
from alliance.models import Institution
from alliance.resources import AllianceResource, column
from alliance.sheet_cells import Amount, Cell, Code, MonthCell
from alliance.web import words
from alliance.web.admin_site import site
from performance.dictionary import book
from performance.models import EarlierValue
from performance.show import labels


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


def name_of(code: str) -> str:
    """An indicator's name in the reader's language; one that left the dictionary keeps its code."""
    entry = book.entries().get(code)
    return code if entry is None else labels.named(entry.indicator)


class ByIndicator(admin.SimpleListFilter):
    """The indicators there are values of, by name."""

    title, parameter_name = gettext_lazy("indicator"), "indicator"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Code and name."""
        codes = EarlierValue.objects.order_by("indicator").values_list("indicator", flat=True).distinct()
        return [(code, name_of(code)) for code in codes]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Those of the chosen indicator."""
        return queryset.filter(indicator=self.value()) if self.value() else queryset


@admin.register(EarlierValue, site=site)
class EarlierAdmin(SheetAdmin):
    """What the control charts see of months before the first result."""

    needs_to_view, needs_to_change = "indicator.view", "performance_scheme.edit"
    alliance_changes = True
    may_delete = True
    resource_class = EarlierResource
    fields = ("month", "institution", "indicator", "value", "counted", "source")
    list_display = ("month", "institution", "named", "shown", "shown_counted", "source")
    list_filter = (ByIndicator,)
    list_select_related = ("institution",)
    search_fields = ("indicator", "institution__code", "institution__name")
    date_hierarchy = "month"
    ordering = ("-month", "pk")

    @admin.display(description=gettext_lazy("indicator"), ordering="indicator")
    def named(self, row: EarlierValue) -> str:
        """The indicator as the dictionary names it."""
        return name_of(row.indicator)

    @admin.display(description=gettext_lazy("value"), ordering="value")
    def shown(self, row: EarlierValue) -> str:
        """The value without the zeros of its column."""
        return words.plain(row.value)

    @admin.display(description=gettext_lazy("counted (numerator)"), ordering="counted")
    def shown_counted(self, row: EarlierValue) -> str:
        """What was counted, where the records say it."""
        return words.plain(row.counted)
