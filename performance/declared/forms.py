"""Forms of declared values. A number is typed as counted; an empty field is missing, never 0."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership, Staff, Team
from alliance.web import words as web_words
from alliance.web.place_fields import StaffField
from alliance.web.refused import worded
from performance.declared import book, words
from performance.declared.services import Entry as Declared
from performance.declared.services import Place
from performance.declared.uploads import EvidenceField, SheetField
from performance.dictionary import book as dictionary
from performance.dictionary import words as named
from performance.engine.amounts import AmountRefused, read
from performance.engine.dictionary import Entry
from performance.engine.spans import Span, counted
from performance.models import DeclaredValue
from performance.show import labels

MONTHS = 15  # that can be chosen
VALUE = "value_"


class AmountField(forms.CharField):
    """One number in the unit of its fact; empty gives None."""

    def __init__(self, *, fact: str, **more: Any) -> None:
        self.unit = labels.facts()[fact].unit
        super().__init__(
            label=labels.named(labels.facts()[fact]), required=False, max_length=40,
            widget=forms.TextInput(attrs={"class": "num", "inputmode": "decimal", "autocomplete": "off"}),
            help_text=words.unit(fact), **more,
        )  # fmt: skip

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read(text, self.unit)
        except AmountRefused as error:
            raise forms.ValidationError(worded(error)) from error


def places() -> Any:
    """Institutions that declare: village rooms do it through their township."""
    return Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE).order_by("code")


class ChooseForm(forms.Form):
    """Which indicator, of which month, on which level, of which institution."""

    indicator = forms.ChoiceField(label=gettext_lazy("indicator"))
    month = forms.ChoiceField(
        label=gettext_lazy("month that counts it"),
        help_text=gettext_lazy("A quarter or a year counts from the month in which it ends."),
    )
    level = forms.ChoiceField(
        label=pgettext_lazy("declared value", "level"), choices=DeclaredValue.Level.choices,
        initial=DeclaredValue.Level.INSTITUTION,
    )  # fmt: skip
    institution = forms.ModelChoiceField(
        label=gettext_lazy("institution"), queryset=Institution.objects.none(), required=False
    )

    def __init__(self, data: Any = None, *, membership: Membership, today: date, **more: Any) -> None:
        super().__init__(data, **more)
        fields: dict[str, Any] = self.fields
        own = membership.institution_id is not None
        fields["indicator"].choices = indicators(by_institution=own)
        last = Month.of(today).previous()
        months = [last.plus(-back) for back in range(MONTHS)]
        fields["month"].choices = [(str(month), web_words.month(month)) for month in months]
        if membership.institution_id is None:
            fields["institution"].queryset = places()
        else:
            del fields["institution"]
            fields["level"].choices = DeclaredValue.Level.choices[1:]

    def clean(self) -> dict[str, Any]:
        """The level is one of the indicator's."""
        data: dict[str, Any] = super().clean() or {}
        entry = dictionary.entries().get(data.get("indicator", ""))
        if entry is not None and data.get("level") not in entry.levels:
            self.add_error(
                "level", _("It is known on these levels: %(l)s.") % {"l": named.levels(entry.levels)}
            )
        if data.get("level") == DeclaredValue.Level.ALLIANCE:
            data["institution"] = None
        elif "institution" in self.fields and not data.get("institution"):
            self.add_error("institution", _("Choose the institution that declares."))
        return data


def indicators(*, by_institution: bool = False) -> Sequence[tuple[Any, Any]]:
    """All indicators with a fact from outside, area by area; those an institution itself may declare."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in dictionary.entries().values():
        if book.outside(entry, by_institution=by_institution):
            found.setdefault(entry.area, []).append((entry.code, labels.named(entry.indicator)))
    return [(named.AREAS[area], choices) for area, choices in found.items()]


class EntryForm(forms.Form):
    """The numbers of one indicator and place; facts of another span than the indicator's have their own."""

    def __init__(
        self, data: Any = None, files: Any = None, *, entry: Entry, month: Month, level: str,
        institution: Institution | None, membership: Membership,
    ) -> None:  # fmt: skip
        super().__init__(data, files)
        self.month, self.level, self.institution = month, level, institution
        asked = book.outside(entry, by_institution=membership.institution_id is not None)
        self.keys = [key for key in asked if level in labels.facts()[key].levels]
        fields: dict[str, Any] = self.fields
        for key in self.keys:
            fields[VALUE + key] = AmountField(fact=key)
            fields[VALUE + key].help_text = f"{words.unit(key)} · {words.span(self.span_of(key))}"
        self._add_place()
        fields["responsible"] = forms.CharField(
            label=_("responsible person"), max_length=60, initial=str(membership.user)
        )
        fields["note"] = forms.CharField(label=_("note"), max_length=300, required=False)
        fields["files"] = EvidenceField()

    def _add_place(self) -> None:
        here, fields = self.institution, self.fields
        if self.level == DeclaredValue.Level.DEPARTMENT:
            rows = Department.objects.filter(institution=here).order_by("code")
            fields["department"] = forms.ModelChoiceField(label=_("department"), queryset=rows)
        elif self.level == DeclaredValue.Level.PERSON:
            field = fields["staff"] = StaffField(label=_("staff member"), queryset=None)
            field.offer(Staff.objects.filter(institution=here, is_active=True))
        elif self.level == DeclaredValue.Level.TEAM:
            teams = Team.objects.filter(institution=here, is_active=True).order_by("code")
            fields["team"] = forms.ModelChoiceField(
                label=_("team"), queryset=teams, to_field_name="code",
                help_text="" if teams else _("No team is registered here yet; data maintenance takes them."),
            )  # fmt: skip

    def span_of(self, key: str) -> Span:
        """The span of a fact that the month counts."""
        return counted(self.month, book.often()[key])

    def clean(self) -> dict[str, Any]:
        """At least one number."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and all(data.get(VALUE + key) is None for key in self.keys):
            raise forms.ValidationError(
                _("Nothing is entered. An empty field is missing; write 0 where there was none.")
            )
        return data

    def declared(self) -> list[Declared]:
        """What the service takes: one entry for each number that was typed."""
        data = self.cleaned_data
        team: Team | None = data.get("team")
        place = Place(self.institution, data.get("department"), data.get("staff"), team.code if team else "")
        return [
            Declared(place, key, self.span_of(key), data[VALUE + key], data["responsible"], data["note"])
            for key in self.keys
            if data[VALUE + key] is not None
        ]


class ChangeForm(forms.Form):
    """A value that is not submitted yet, or was sent back; its next evidence files."""

    def __init__(self, data: Any = None, files: Any = None, *, row: DeclaredValue, typed: str) -> None:
        super().__init__(
            data, files, initial={"value": typed, "responsible": row.responsible, "note": row.note}
        )
        self.fields["value"] = AmountField(fact=row.fact)
        self.fields["value"].required = True
        self.fields["responsible"] = forms.CharField(label=_("responsible person"), max_length=60)
        self.fields["note"] = forms.CharField(label=_("note"), max_length=300, required=False)
        self.fields["files"] = EvidenceField()


class WhyForm(forms.Form):
    """A few words."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=300)


class WatchForm(forms.Form):
    """An indicator whose facts are owed, of which kinds of institutions, from when."""

    indicator = forms.ChoiceField(label=gettext_lazy("indicator"))
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("kinds of institutions"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all."),
    )  # fmt: skip
    first = forms.ChoiceField(label=gettext_lazy("from month"))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["indicator"].choices = indicators()
        fields["kinds"].choices = [
            one for one in Institution.Kind.choices if one[0] != Institution.Kind.VILLAGE
        ]
        begin = Month.of(today).plus(-2)
        months = [begin.plus(ahead) for ahead in range(6)]
        fields["first"].choices = [(str(month), web_words.month(month)) for month in months]

    def wanted(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {"indicator": data["indicator"], "kinds": data["kinds"], "first": Month.parse(data["first"])}


class SheetForm(forms.Form):
    """A sheet of values: from where, of which month, who answers for it."""

    source = forms.CharField(
        label=gettext_lazy("source"),
        max_length=60,
        help_text=gettext_lazy(
            "The system or office it comes from; what its columns mean is kept by this name."
        ),
    )
    month = forms.ChoiceField(
        label=gettext_lazy("month that counts it"),
        help_text=gettext_lazy("A quarter or a year counts from the month in which it ends."),
    )
    institution = forms.ModelChoiceField(
        label=gettext_lazy("institution"), queryset=Institution.objects.none(), required=False,
        help_text=gettext_lazy("Only where the sheet has no column of institutions."),
    )  # fmt: skip
    responsible = forms.CharField(label=gettext_lazy("responsible person"), max_length=60)

    def __init__(self, data: Any = None, files: Any = None, *, membership: Membership, today: date) -> None:
        super().__init__(data, files, initial={"responsible": str(membership.user)})
        fields: dict[str, Any] = self.fields
        last = Month.of(today).previous()
        months = [last.plus(-back) for back in range(MONTHS)]
        fields["month"].choices = [(str(month), web_words.month(month)) for month in months]
        if membership.institution_id is None:
            fields["institution"].queryset = places()
        else:
            del fields["institution"]


class SheetUploadForm(SheetForm):
    """The same with the file."""

    def __init__(self, data: Any = None, files: Any = None, *, membership: Membership, today: date) -> None:
        super().__init__(data, files, membership=membership, today=today)
        self.fields["file"] = SheetField(label=_("workbook or CSV file"))


class FoundForm(forms.Form):
    """What a checker found in the evidence; empty: nothing could be found."""

    def __init__(self, data: Any = None, *, fact: str, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["found"] = AmountField(fact=fact)
        self.fields["found"].label = _("found in the evidence")
        self.fields["found"].help_text = _("Empty: no evidence was found.")
        self.fields["remark"] = forms.CharField(label=_("remark"), max_length=300, required=False)


class AnswerForm(forms.Form):
    """What was put right."""

    answer = forms.CharField(
        label=gettext_lazy("what was put right"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class VetoForm(forms.Form):
    """Proved falsification, and who decides about it."""

    reason = forms.CharField(
        label=gettext_lazy("what was falsified and how it is proved"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    chain = forms.ChoiceField(label=gettext_lazy("who decides"))

    def __init__(self, data: Any = None, *, chains: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["chain"].choices = list(chains)  # type: ignore[attr-defined]


class NothingForm(forms.Form):
    """A step that needs no word."""
