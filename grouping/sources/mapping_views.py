"""The mapping assistant: choose a file, correct what its columns mean, see the first rows, keep a version."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from alliance.models import Attachment
from alliance.services import files, journal, parameters
from alliance.web.access import get_or_404, permit
from alliance.web.refused import worded
from grouping import visible
from grouping.drafts import Moved
from grouping.forms import sheet_kind
from grouping.models import Source
from grouping.readers.fields import field_name
from grouping.readers.guess import guess
from grouping.readers.mapping import header_change
from grouping.readers.rows import FileRefused
from grouping.services import central, intake, samples, schemes, sources
from grouping.sources import columns, forms, meanwhile, preview, show
from grouping.texts import language


class SampleForm(django_forms.Form):
    """A file whose columns are to be mapped."""

    file = django_forms.FileField(
        label=gettext_lazy("a file of this source"),
        widget=django_forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy("CSV or workbook, with headings. It can be checked and stored afterwards."),
    )

    def __init__(self, *, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_bytes = max_bytes

    def clean_file(self) -> Any:
        """CSV or xlsx by name and content, within the limit."""
        found = self.cleaned_data["file"]
        sheet_kind(found, self.max_bytes)
        return found


@permit("source.change")
@require_http_methods(["GET", "HEAD", "POST"])
def source_sample(request: Any, pk: int) -> HttpResponseBase:
    """Choose the file whose columns are mapped."""
    source = get_or_404(show.visible(request.membership), pk=pk, format__in=sources.ASSISTED)
    most = parameters.in_force("upload.csv_bytes", on=timezone.localdate())
    assert isinstance(most, int)
    posted = request.method == "POST"
    form = SampleForm(
        max_bytes=most, data=request.POST if posted else None, files=request.FILES if posted else None
    )
    if posted and form.is_valid():
        upload = form.cleaned_data["file"]
        kept = samples.keep(
            by=request.membership, source=source, name=upload.name, content=upload.chunks(),
            today=timezone.localdate(),
        )  # fmt: skip
        return redirect("source-mapping", source.pk, kept.pk)
    context = {"title": _("Map the columns of %(source)s") % {"source": source.name}, "form": form,
               "source": source}  # fmt: skip
    return render(request, "grouping/source_sample.html", context, status=400 if form.errors else 200)


@permit("source.change")
@require_http_methods(["GET", "HEAD", "POST"])
def source_mapping(request: Any, pk: int, sample: int) -> HttpResponseBase:
    """What each column means: proposed, corrected, tried on the first rows, kept as the next version."""
    source = get_or_404(show.visible(request.membership), pk=pk, format__in=sources.ASSISTED)
    kept = get_or_404(_samples(source), pk=sample)
    journal.write(by=request.membership, verb="patient.listed", about=source, request=request, list="sample")
    try:
        page = _Page(request, source, kept)
    except FileRefused as refused:
        context = {
            "title": _("This file cannot be read"),
            "source": source,
            "refusal": refused.text(language()),
        }
        return render(request, "grouping/source_mapping.html", context, status=400)
    if request.method == "POST" and (answer := page.keep()):
        return answer
    status = 409 if page.moved else 400 if page.refused else 200
    return render(request, "grouping/source_mapping.html", page.context(), status=status)


def _samples(source: Source) -> Any:
    """Files that may be mapped for a source: of its institution, not yet deleted."""
    return Attachment.objects.filter(purpose=samples.PURPOSE, institution=source.institution, deleted_at=None)


class _Page:
    """The mapping page: guesses, what the person made of them, what the first rows become."""

    def __init__(self, request: Any, source: Source, kept: Attachment) -> None:
        self.request, self.source, self.kept = request, source, kept
        asked = request.POST.get("header_line", "")
        line = int(asked) if asked.isdecimal() and 0 < int(asked) <= 20 else None
        self.sample = samples.look(kept, header_line=line)
        last = source.versions.order_by("-number").first()
        self.before = sources.mapping(last) if last is not None else None
        self.last = last
        self.places = visible.institutions(request.membership)
        self.results = source.format == Source.Format.RESULTS
        self.guesses = guess(self.sample.header, self.sample.rows, self.before, results=self.results)
        self.faults: dict[str, str] = {}
        self.refused, self.moved = "", list[Moved]()
        posted = request.method == "POST"
        if posted and request.POST.get("do") != "reread":
            self.guesses, self.faults = columns.read(request.POST, self.guesses)
        self.mapping = columns.as_map(self.guesses, self.sample.delimiter, self.sample.header_line)
        self.form = forms.SettingsForm(
            institutions=self.places, data=request.POST if posted else None, initial=self._initial()
        )

    def _initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        if self.last is None:
            return {"from_date": today.replace(month=1, day=1), "read_at": 0}
        kept = show.organisations_text(self.last.organisations, self.places)
        return {
            "from_date": today, "edition": self.last.edition, "organisations": kept,
            "read_at": self.last.number,
        }  # fmt: skip

    def keep(self) -> HttpResponseBase | None:
        """Keep the mapping when asked to and sound; then check the file by it, or go back to the source."""
        do = self.request.POST.get("do")
        if do not in ("keep", "deliver") or self.faults or not self.form.is_valid():
            self.refused = "form" if do in ("keep", "deliver") else ""
            return None
        data, by = self.form.cleaned_data, self.request.membership
        try:
            row = sources.settle(
                by=by, source=self.source, edition=data["edition"], from_date=data["from_date"],
                organisations=data["organisations"], note=data["note"], mapping=self.mapping,
                read_at=data["read_at"],
            )  # fmt: skip
        except sources.SettledMeanwhile as newer:
            self.moved, self.last = meanwhile.moved(newer), newer.last
            self.form = forms.SettingsForm(
                institutions=self.places, data=meanwhile.again(self.request.POST, newer)
            )
            return None
        except sources.SourceRefused as refused:
            named = ", ".join(columns.target_name(code) for code in refused.columns)
            self.refused = worded(refused, **({"fields": named} if named else {}))
            return None
        same = self.last is not None and row.pk == self.last.pk
        text = _("The mapping is kept; the next file is read by it.")
        messages.success(self.request, meanwhile.said(row, self.last) if same else text)
        return self._deliver() if do == "deliver" else redirect("source", self.source.pk)

    def _deliver(self) -> HttpResponseBase:
        if self.results:
            return self._deliver_results()
        try:
            file, _made = intake.receive_file(
                by=self.request.membership, name=self.kept.shown_name, content=files.read(self.kept),
                source=self.source, today=timezone.localdate(),
            )  # fmt: skip
        except sources.SourceRefused as refused:
            messages.info(self.request, worded(refused))
            return redirect("source", self.source.pk)
        return redirect("case-file", file.pk)

    def _deliver_results(self) -> HttpResponseBase:
        try:
            file, _made = central.receive(
                by=self.request.membership, source=self.source, name=self.kept.shown_name,
                content=files.read(self.kept), today=timezone.localdate(),
            )  # fmt: skip
        except sources.SourceRefused as refused:
            messages.info(self.request, worded(refused))
            return redirect("source", self.source.pk)
        return redirect("central-file", file.pk)

    def context(self) -> dict[str, Any]:
        """All variables of the page."""
        missing = sources.missing(self.source, self.mapping)
        change = header_change(self.before, self.sample.header) if self.before is not None else None
        read = sum(bool(each.column.target) for each in self.guesses)
        return {
            "title": _("What the columns mean"), "source": self.source, "sample": self.sample,
            "file": self.kept, "lines": columns.lines(self.guesses, self.faults),
            "offered": columns.offered(self.results),
            "read": read, "change": change, "form": self.form, "refused": self.refused, "moved": self.moved,
            "missing": [field_name(code, language()) for code in missing],
            "units": columns.unit_choices(self.guesses), "money": len(self.mapping.unasked),
            "twice": [columns.target_name(code) for code in self.mapping.twice],
            **self._trial(self.results or bool(missing or self.mapping.twice or self.mapping.unasked)),
        }  # fmt: skip

    def _trial(self, incomplete: bool) -> dict[str, Any]:
        if incomplete:
            return {"trial": None}
        edition = self.form["edition"].value() or "insurance"
        try:
            trial = samples.attempt(self.kept, self.source, self.mapping, edition, timezone.localdate())
        except schemes.NoScheme:
            return {"trial": None}
        except FileRefused as refused:
            return {"trial": None, "trial_refused": refused.text(language())}
        return {"trial": trial, "tried": preview.rows(trial, self.mapping)}
