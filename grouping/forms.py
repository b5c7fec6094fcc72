"""Forms of case files, declarations, questions about missing cases and unmasking."""

from __future__ import annotations

from datetime import date
from pathlib import PurePath
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib import money
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.lib.sheets.kinds import Kind, recognise
from alliance.lib.sheets.limits import Limits, SheetRefused
from alliance.models import Institution
from alliance.web.form_fields import WholeField
from alliance.web.refused import worded
from grouping.models import CaseFile, MissingCase, Source

# What a refused upload means here; other reasons speak for themselves.
REFUSALS = {
    "not_csv_or_xlsx": gettext_lazy(
        "Case files are CSV. Export the front pages as CSV and choose that file."
    ),
    "encrypted": gettext_lazy(
        "This is an old or protected workbook. Save it as CSV UTF-8 without a password."
    ),
    "too_large": gettext_lazy(
        "The file is larger than %(mib)s MiB. Export it in parts, for example half a month each."
    ),
    "empty": gettext_lazy("The file is empty. Export it again."),
    "name_has_path": gettext_lazy("The file name holds a path or control characters. Rename the file."),
}
# The same where a data source says how the columns are read: tables are CSV or workbooks there.
BY_SOURCE = REFUSALS | {
    "not_csv_or_xlsx": gettext_lazy(
        "This source reads CSV and workbooks (.xlsx). Save the table as one of the two and choose that file."
    ),
    "old_workbook": gettext_lazy(
        "This source reads workbooks as .xlsx: open the file and save it as “Excel workbook (.xlsx)”, "
        "without macros."
    ),
    "json": gettext_lazy(
        "This source reads tables. JSON of settlement lists is delivered by a source of that format: "
        "choose it above, or export the table as CSV."
    ),
    "encrypted": gettext_lazy(
        "This workbook is of the old .xls kind or has a password. Save it as .xlsx without a password."
    ),
}
OTHER_NAMES = dict.fromkeys((".xls", ".xlsm", ".xlsb", ".et"), "old_workbook")
OTHER_NAMES |= dict.fromkeys((".json", ".jsonl"), "json")
WORKBOOK = gettext_lazy(
    "Workbooks are not read here, because they change codes and dates. Save it as CSV UTF-8."
)


class InstitutionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An institution by its short name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.short_name or obj.name)


class SourceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A source by its name, with format and institution."""

    def label_from_instance(self, obj: Any) -> str:
        place = obj.institution.short_name if obj.institution else _("several members")
        return f"{obj.name} · {obj.get_format_display()} · {place}"


class DeliveryForm(forms.Form):
    """A case file, read as its source says. Who belongs to one institution delivers for that one only."""

    source = SourceField(
        label=gettext_lazy("data source"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("HQMS front page as CSV, edition as below"),
        help_text=gettext_lazy(
            "It says format, code edition and columns; new ones are added under data sources."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("case file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.json,.jsonl,.txt"}),
        help_text=gettext_lazy(
            "CSV in UTF-8 or GB18030; by a data source also workbooks, and JSON of settlement lists."
        ),
    )
    edition = forms.ChoiceField(
        label=gettext_lazy("code edition"),
        choices=CaseFile.Edition.choices,
        initial=CaseFile.Edition.INSURANCE,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "The edition the hospital codes in; clinical codes are mapped to the insurance edition."
        ),
        required=False,
    )
    institution = InstitutionField(
        label=gettext_lazy("institution"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("several members"),
    )

    def __init__(
        self,
        *,
        institutions: QuerySet[Institution],
        offered: QuerySet[Source],
        fixed: bool,
        max_bytes: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_bytes = max_bytes
        self.fields["source"].queryset = offered  # type: ignore[attr-defined]
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]
        if fixed:
            del self.fields["institution"]

    def clean_edition(self) -> str:
        """Only asked where no source says it."""
        return str(self.cleaned_data["edition"] or CaseFile.Edition.INSURANCE)

    def clean_file(self) -> Any:
        """What the source delivers, by name and content, within the limit."""
        found, source = self.cleaned_data["file"], self.cleaned_data.get("source")
        if source is not None and source.format == Source.Format.SETTLEMENT:
            return json_file(found, self.max_bytes)
        if source is None and found.name.lower().endswith(".xlsx"):
            raise forms.ValidationError(WORKBOOK)
        sheet_kind(found, self.max_bytes, by_source=source is not None)
        return found


def json_file(found: Any, most: int) -> Any:
    """A file of settlement lists: JSON by name and by its first letter, within the limit."""
    if any(letter in "/\\:" or ord(letter) < 32 for letter in found.name):
        raise forms.ValidationError(REFUSALS["name_has_path"])
    if not found.name.lower().endswith((".json", ".jsonl", ".txt")):
        raise forms.ValidationError(_("Settlement lists are JSON. Choose a .json, .jsonl or .txt file."))
    if found.size > most:
        raise forms.ValidationError(REFUSALS["too_large"], params={"mib": most // 2**20})
    head = found.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    found.seek(0)
    if not head.startswith((b"{", b"[")):
        raise forms.ValidationError(_("The content is no JSON. Export the settlement lists as JSON."))
    return found


def sheet_kind(found: Any, most: int, *, by_source: bool = True) -> Kind:
    """CSV or workbook by name and content, at most so many bytes; raises ValidationError with its words.

    `by_source`: a data source reads both; else only CSV is read here and the words say so.
    """
    try:
        return recognise(found.name, found, limits=Limits(csv_bytes=most))
    except SheetRefused as refused:
        raise forms.ValidationError(refused_word(refused, found.name, by_source)) from None


def refused_word(refused: SheetRefused, name: str, by_source: bool) -> str:
    """The sentence of a refused upload of that name in the language of the page."""
    sentences, reason = BY_SOURCE if by_source else REFUSALS, refused.reason
    if reason == "not_csv_or_xlsx" and by_source:
        reason = OTHER_NAMES.get(PurePath(name.lower()).suffix, reason)
    return str(sentences[reason]) % refused.params if reason in sentences else worded(refused)


class DeclarationForm(forms.Form):
    """What an institution states about a month."""

    institution = InstitutionField(label=gettext_lazy("institution"), queryset=None)
    month = forms.CharField(
        label=gettext_lazy("month"), max_length=7, help_text=gettext_lazy("As in 2026-10."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    discharges = WholeField(label=gettext_lazy("discharges"), min_value=0, max_value=1_000_000)
    total = forms.CharField(
        label=gettext_lazy("total charges (yuan)"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "num"}),
    )
    unfinished = WholeField(
        label=gettext_lazy("unfinished records"), min_value=0, max_value=1_000_000, initial=0,
        help_text=gettext_lazy("Discharged, but the record is not yet filed."),
    )  # fmt: skip

    def __init__(self, *, institutions: QuerySet[Institution], today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.today = today
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]

    def clean_month(self) -> Month:
        """A month such as 2026-10 that has begun."""
        try:
            found = Month.parse(self.cleaned_data["month"].strip())
        except Refused:
            raise forms.ValidationError(_("Write the month as in 2026-10.")) from None
        if found > Month.of(self.today):
            raise forms.ValidationError(_("This month has not begun."))
        return found

    def clean_total(self) -> int:
        """Yuan as fen, not below zero."""
        try:
            fen = money.fen(self.cleaned_data["total"])
        except Refused as refused:
            raise forms.ValidationError(worded(refused)) from None
        if fen < 0:
            raise forms.ValidationError(_("Charges are not below zero."))
        return fen


class MissingForm(forms.Form):
    """What became of cases a later file lacks; the page offers the open ones as boxes."""

    cases = forms.TypedMultipleChoiceField(label=gettext_lazy("cases"), coerce=int)
    answer = forms.ChoiceField(
        label=gettext_lazy("answer"),
        choices=[
            (MissingCase.Answer.KEPT, gettext_lazy("left out by the export: keep")),
            (MissingCase.Answer.VOIDED, gettext_lazy("entered by mistake: void")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("reason"), min_length=2, max_length=300)

    def __init__(self, *, open_cases: list[int], voids: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["cases"].choices = [(pk, pk) for pk in open_cases]  # type: ignore[attr-defined]
        if not voids:
            self.fields["answer"].help_text = _(
                "You delivered this file: voiding what it lacks is confirmed by another person."
            )

    @property
    def void(self) -> bool:
        """Whether a valid form voids the cases."""
        return bool(self.cleaned_data["answer"] == MissingCase.Answer.VOIDED)


class UnmaskForm(forms.Form):
    """Why a number must be seen in full."""

    reason = forms.CharField(
        label=gettext_lazy("reason"), min_length=4, max_length=200,
        help_text=gettext_lazy("It is kept in the journal with your name."),
    )  # fmt: skip
