"""Django admin for data maintenance, inside one alliance: every list, choice and form sees its rows only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class DataSite(admin.AdminSite):
    """The admin below /a/<code>/data/; who may enter is decided by the membership, not by Django's flags."""

    site_title = site_header = _("Data maintenance")
    index_title = _("Data maintenance")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        membership = getattr(request, "membership", None)
        return membership is not None and membership.can("master.view")

    def login(self, request: Any, extra_context: Any = None) -> Any:
        """Sign-in has one door only."""
        from django.core.exceptions import PermissionDenied

        raise PermissionDenied


site = DataSite(name="data")
