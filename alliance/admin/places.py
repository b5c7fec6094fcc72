"""Institutions and departments."""

from __future__ import annotations

from django.contrib import admin

from alliance.admin.sheets import SheetAdmin
from alliance.models import Department, Institution
from alliance.resources import DepartmentResource, InstitutionResource
from alliance.web.admin_site import site


@admin.register(Institution, site=site)
class InstitutionAdmin(SheetAdmin):
    """Level, kind and role decide weights, so only the alliance's own people change them."""

    own = "pk"
    alliance_changes = True
    resource_class = InstitutionResource
    fields = (
        "code", "organisation", "name", "short_name", "level", "kind", "role", "parent", "beds",
        "served_population", "is_active",
    )  # fmt: skip
    list_display = ("code", "name", "level", "kind", "role", "parent", "beds", "is_active")
    list_filter = ("level", "kind", "role", "is_active")
    list_select_related = ("parent",)
    search_fields = ("code", "name")


@admin.register(Department, site=site)
class DepartmentAdmin(SheetAdmin):
    """Departments of the institutions."""

    resource_class = DepartmentResource
    fields = ("institution", "code", "name", "kind", "is_active")
    list_display = ("code", "name", "kind", "institution", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("institution",)
    search_fields = ("code", "name")
