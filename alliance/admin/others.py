"""The working-day calendar and, to look at, the values of parameters."""

from __future__ import annotations

from django.contrib import admin

from alliance.admin.base import ReadOnly
from alliance.admin.sheets import SheetAdmin
from alliance.models import Parameter, WorkCalendarDay
from alliance.resources import CalendarResource
from alliance.web.admin_site import site


@admin.register(WorkCalendarDay, site=site)
class CalendarAdmin(SheetAdmin):
    """Days on which work differs from the plain week."""

    own = ""
    needs_to_change = "calendar.change"
    may_delete = True
    resource_class = CalendarResource
    fields = ("date", "is_workday", "note", "official", "source")
    list_display = ("date", "is_workday", "note", "official", "source")
    list_filter = ("is_workday", "official")
    date_hierarchy = "date"
    ordering = ("-date",)


@admin.register(Parameter, site=site)
class ParameterAdmin(ReadOnly):
    """Every value with its day; new ones are decided on the page of parameters, by two people."""

    own = ""
    needs_to_view = "parameter.view"
    fields = ("key", "value", "level", "from_date", "decided_by", "source")
    list_display = ("key", "value", "level", "from_date", "decided_by")
    list_filter = ("level",)
    search_fields = ("key",)
