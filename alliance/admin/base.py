"""What every admin of master data inherits: one alliance, one's own institution, the membership's rights."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import models
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from alliance.models import AllianceRow, Institution, Membership
from alliance.services import journal
from alliance.web.access import require
from alliance.web.form_fields import NumberField, WholeField


class AllianceForm(forms.ModelForm):
    """A form whose check of unique values includes the alliance, which it does not show."""

    def _get_validation_exclusions(self) -> set[str]:
        return set(super()._get_validation_exclusions()) - {"alliance"}


class AllianceAdmin(admin.ModelAdmin):
    """Scoped like everything else; Django's own log is not written, the alliance's journal is.

    `own`: the way from a row to the institution it belongs to; "": rows of the whole alliance, which every
    member with the right sees; None: only for who stands for the whole alliance. `alliance_changes`: an
    institution's own members may look, but change nothing.
    """

    form = AllianceForm
    own: str | None = "institution"
    alliance_changes = False
    may_delete = False
    needs_to_view = "master.view"
    needs_to_change = "master.change"
    actions = None
    formfield_overrides = {
        models.DecimalField: {"form_class": NumberField},
        models.IntegerField: {"form_class": WholeField},
    }
    list_per_page = 50
    change_list_template = "alliance/admin/change_list.html"

    @property
    def permits(self) -> str:
        """The right the addresses of this model need, for the crawl."""
        return self.needs_to_view

    def get_queryset(self, request: Any) -> models.QuerySet[Any]:
        """The rows this member may see."""
        ordering = self.get_ordering(request)
        rows = narrowed(self.model.objects.all(), request.membership, self.own)
        return rows.order_by(*ordering) if ordering else rows

    def get_urls(self) -> list[Any]:
        """The admin's addresses without the old form of a row's own, which would answer for any id."""
        return [url for url in super().get_urls() if url.name]

    def entered(self, view: Any, needs: str = "") -> Any:
        """A view of ours behind the site's door; what it asks for itself is named for the crawl."""
        guarded = self.admin_site.admin_view(view)
        guarded.permits = needs or self.needs_to_change
        return guarded

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponseBase:
        """The list; a condition that holds a NUL is none (400), for the database refuses to compare it."""
        if any("\x00" in "".join(values) for name, values in request.GET.lists() if name != SEARCH_VAR):
            raise BadRequest("NUL")
        return super().changelist_view(request, extra_context)

    # Rights ----------------------------------------------------------------------
    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """May look."""
        member = request.membership
        return bool(
            member.can(self.needs_to_view) and (self.own is not None or member.institution_id is None)
        )

    def has_module_permission(self, request: Any) -> bool:
        """The model shows on the index for who may look."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """May change."""
        everywhere = request.membership.institution_id is None
        may = self.has_view_permission(request) and request.membership.can(self.needs_to_change)
        return bool(may and (everywhere or not (self.alliance_changes or self.own == "")))

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """May add."""
        return self.has_change_permission(request)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """May delete, where nothing hangs on a row; the rest is set inactive."""
        return self.may_delete and self.has_change_permission(request)

    # Choices ---------------------------------------------------------------------
    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Choices of the alliance, for an institution's members of their own; asked for in each request."""
        related = db_field.related_model
        if not issubclass(related, AllianceRow):
            raise TypeError(f"{db_field}: a choice among rows of all alliances; leave it out of the form")
        way = "pk" if related is Institution else "institution" if hasattr(related, "institution") else ""
        kwargs["queryset"] = narrowed(related.objects.all(), request.membership, way)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _get_obj_does_not_exist_redirect(self, request: Any, opts: Any, object_id: Any) -> HttpResponseBase:
        raise Http404

    # Journal instead of Django's own log -----------------------------------------
    def log_addition(self, request: Any, obj: Any, message: Any) -> None:
        """Journal a new row."""
        self._journal(request, obj, "added")

    def log_change(self, request: Any, obj: Any, message: Any) -> None:
        """Journal which fields were changed."""
        self._journal(request, obj, "changed", fields=message)

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        """The names of the changed fields; their values stay in the row."""
        return list(form.changed_data)

    def log_deletions(self, request: Any, queryset: Any) -> None:
        """Journal each deleted row."""
        for obj in queryset:
            self._journal(request, obj, "deleted")

    def _journal(self, request: Any, obj: Any, deed: str, **detail: object) -> None:
        verb = f"{obj._meta.model_name}.{deed}"
        journal.write(by=request.membership, verb=verb, about=obj, request=request, **detail)

    def history_view(self, request: Any, object_id: str, extra_context: Any = None) -> HttpResponseBase:
        """What the journal says about a row."""
        require(request.membership, self.needs_to_view)
        require(request.membership, "journal.view")
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        return redirect(f"{reverse('journal')}?about={obj._meta.label_lower}&number={obj.pk}")


class ReadOnly(AllianceAdmin):
    """Rows that are changed elsewhere."""

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody, here."""
        return False


def narrowed(rows: models.QuerySet[Any], member: Membership, own: str | None) -> models.QuerySet[Any]:
    """Rows a member may see, by the way from a row to its institution (see `AllianceAdmin.own`)."""
    if member.institution_id is None or own == "":
        return rows
    if own is None:
        raise PermissionDenied
    return rows.filter(**{own: member.institution_id})
