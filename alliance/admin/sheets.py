"""Import and export of the admin: sheets through our own reader, kept sealed, looked at before storing."""

from __future__ import annotations

import tempfile
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.admin.base import AllianceAdmin
from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.models import Attachment
from alliance.resources import AllianceResource
from alliance.services import files, imports, journal
from alliance.web import errors
from alliance.web.access import get_or_404, require
from alliance.web.refused import worded

SHOWN_FAULTS = 200


class UploadForm(forms.Form):
    """A csv or xlsx file."""

    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy(
            "CSV or XLSX, the first line holds the headings. An export is a good pattern."
        ),
    )


class SheetAdmin(AllianceAdmin):
    """An admin whose rows also come and go as sheets."""

    resource_class: type[AllianceResource]

    def get_urls(self) -> list[Any]:
        """The admin's own addresses, after ours."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        ours = [
            ("import/", self.import_view, "import", self.needs_to_change),
            ("import/<int:pk>/", self.import_confirm, "import_confirm", self.needs_to_change),
            ("export/", self.export_view, "export", "export.run"),
        ]
        return [
            path(route, self.entered(view, needs), name=f"{name}_{word}") for route, view, word, needs in ours
        ] + super().get_urls()

    # In ----------------------------------------------------------------------------
    def import_view(self, request: Any) -> HttpResponseBase:
        """Upload a sheet and see what storing it would do."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._import)(request)

    def _import(self, request: Any) -> HttpResponseBase:
        self._may_import(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data["file"]
            try:
                file = imports.receive(by=request.membership, name=given.name, content=given.file)
                outcome = imports.look(by=request.membership, file=file, resource=self.resource_class)
            except (Refused, files.TooLarge) as refused:
                form.add_error("file", sentence(refused))
            else:
                return self._looked(request, file, outcome)
        context = {**self._frame(request), "form": form, "columns": self._columns(request)}
        return render(request, "alliance/admin/import.html", context, status=400 if form.errors else 200)

    def _looked(self, request: Any, file: Attachment, outcome: imports.Outcome) -> HttpResponseBase:
        confirm = reverse(f"data:{self.opts.app_label}_{self.opts.model_name}_import_confirm", args=[file.pk])
        context = {
            **self._frame(request), "file": file, "outcome": outcome, "confirm": confirm,
            "faults": outcome.faults[:SHOWN_FAULTS], "more": max(0, len(outcome.faults) - SHOWN_FAULTS),
        }  # fmt: skip
        return render(request, "alliance/admin/import_look.html", context)

    def import_confirm(self, request: Any, pk: int) -> HttpResponseBase:
        """Store the sheet that was looked at."""
        return require_POST(self._confirm)(request, pk)

    def _confirm(self, request: Any, pk: int) -> HttpResponseBase:
        self._may_import(request)
        mine = Attachment.objects.filter(
            owner=request.membership, purpose=Attachment.Purpose.IMPORT, deleted_at=None
        )
        file = get_or_404(mine, pk=pk)
        try:
            outcome = imports.take(by=request.membership, file=file, resource=self.resource_class)
        except Refused as refused:
            return errors.answer(request, 409, _("Nothing was stored"), sentence(refused))
        counts = {"new": outcome.new, "changed": outcome.changed, "same": outcome.same}
        messages.success(request, _("%(new)d new, %(changed)d changed, %(same)d as before.") % counts)
        return redirect(self._list())

    def _may_import(self, request: Any) -> None:
        require(request.membership, self.needs_to_change)
        if not self.has_change_permission(request):
            require(request.membership, "")

    def _columns(self, request: Any) -> list[str]:
        resource = self.resource_class(member=request.membership)
        keys = resource.get_import_id_fields()
        return [f"{resource.label(name)}{'*' if name in keys else ''}" for name in resource.fields]

    # Out ---------------------------------------------------------------------------
    def export_view(self, request: Any) -> HttpResponseBase:
        """The rows of the list under its conditions, as a sheet; journaled, limited in rows."""
        return require_safe(self._export)(request)

    def _export(self, request: Any) -> HttpResponseBase:
        require(request.membership, "export.run")
        if not self.has_view_permission(request):
            require(request.membership, self.needs_to_view)
        kept = request.GET.copy()
        kind = "xlsx" if kept.pop("as", ["csv"])[-1] == "xlsx" else "csv"
        request.GET = kept
        rows = self.get_changelist_instance(request).get_queryset(request)
        count, most = rows.count(), settings.EXPORT_MOST_ROWS
        if count > most:
            remedy = _("An export holds at most %(most)d rows, these are %(count)d. Narrow the list first.")
            return errors.answer(request, 409, _("Too many rows"), remedy % {"most": most, "count": count})
        journal.write(
            by=request.membership, verb="master.exported", request=request, kind=self.opts.label_lower,
            rows=count, conditions=kept.urlencode()[:500], form=kind,
        )  # fmt: skip
        return self._sheet(request, rows, kind)

    def _sheet(self, request: Any, rows: Any, kind: str) -> HttpResponseBase:
        resource = self.resource_class(member=request.membership)
        head = [resource.label(name) for name in resource.fields]
        lines = [head, *(resource.export_resource(row) for row in rows)]
        response = StreamingHttpResponse(_bytes(lines, kind), content_type=imports.TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}.{kind}"'
        return response

    # Both --------------------------------------------------------------------------
    def _frame(self, request: Any) -> dict[str, Any]:
        return {"title": self.opts.verbose_name_plural, "list_url": self._list(), "opts": self.opts}

    def _list(self) -> str:
        return reverse(f"data:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """The list, with the buttons the member may use."""
        name = f"data:{self.opts.app_label}_{self.opts.model_name}"
        extra = {
            "import_url": reverse(f"{name}_import") if self.has_change_permission(request) else "",
            "export_url": reverse(f"{name}_export") if request.membership.can("export.run") else "",
            "conditions": request.GET.urlencode(),
        }
        return super().changelist_view(request, {**extra, **(extra_context or {})})


def _bytes(lines: list[Any], kind: str) -> Any:
    if kind == "csv":
        yield from sheets.csv_chunks(lines)
        return
    with tempfile.TemporaryFile() as target:
        sheets.write_xlsx(target, lines)
        target.seek(0)
        while piece := target.read(1 << 20):
            yield piece


def sentence(refused: Any) -> str:
    """A refusal in the language of the page."""
    if isinstance(refused, files.TooLarge):
        return _("The file is larger than %(mib)s MiB.") % {"mib": refused.limit >> 20}
    return worded(refused)
