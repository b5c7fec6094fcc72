"""Service teams and who is in them; an expert of another member is entered by the alliance's own people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from alliance.admin.sheets import SheetAdmin
from alliance.models import Team, TeamMember
from alliance.resources import TeamMemberResource, TeamResource
from alliance.web.admin_site import site


@admin.register(Team, site=site)
class TeamAdmin(SheetAdmin):
    """Family-doctor teams and other teams of an institution."""

    resource_class = TeamResource
    fields = ("institution", "code", "name", "kind", "is_active")
    list_display = ("code", "name", "kind", "institution", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("institution",)
    search_fields = ("code", "name")


@admin.register(TeamMember, site=site)
class TeamMemberAdmin(SheetAdmin):
    """From which day to which who is in which team; its institutions follow from team and person."""

    resource_class = TeamMemberResource
    fields = ("team", "staff", "role", "leads", "from_date", "to_date")
    list_display = ("team", "institution", "staff", "home", "role", "leads", "from_date", "to_date")
    list_filter = ("role", "leads")
    list_select_related = ("team", "institution", "staff", "home")
    search_fields = ("team__code", "team__name", "staff__code", "staff__name")
    ordering = ("team", "pk")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """The line of another member's expert is the alliance's to change."""
        here = request.membership.institution_id
        stranger = obj is not None and here is not None and obj.home_id != here
        return super().has_change_permission(request, obj) and not stranger
