"""Django admin for data maintenance, inside one alliance: every list, choice and form sees its rows only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from alliance.web.access import permit

ENTER = "master.view"
# Addresses that belong elsewhere: sign-in has one door, and nothing here leads past the alliance.
CLOSED = frozenset(
    {"login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site"}
)


class DataSite(admin.AdminSite):
    """The admin below /a/<code>/data/; who may enter is decided by the membership, not by Django's flags."""

    site_title = site_header = _("Data maintenance")
    index_title = _("Data maintenance")
    index_template = "alliance/admin/index.html"
    enable_nav_sidebar = False
    final_catch_all_view = False
    permits = ENTER

    def has_permission(self, request: HttpRequest) -> bool:
        """True for members who may see master data."""
        membership = getattr(request, "membership", None)
        return membership is not None and membership.can(ENTER)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """403 with a sentence, not a second sign-in, for who may not enter."""
        guarded = permit(ENTER)(view)
        return guarded if cacheable else never_cache(guarded)

    def get_urls(self) -> list[Any]:
        """The admin's addresses without those that belong elsewhere."""
        return [url for url in super().get_urls() if getattr(url, "name", None) not in CLOSED]


site = DataSite(name="data")
