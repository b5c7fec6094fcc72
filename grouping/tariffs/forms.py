"""Forms of tariff sheets: a day, who decided, and a value for each key of the kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib import money
from alliance.lib.refusal import Refused
from alliance.models import Institution
from alliance.web.form_fields import DayField, NumberField
from alliance.web.refused import worded
from grouping import drafts
from grouping.models import TariffKind
from grouping.services import tariff
from grouping.services.tariff import Row
from grouping.tariffs import words
from grouping.versions.forms import clean_day


class SheetForm(forms.Form):
    """What all sheets have; `rows()` gives what the service keeps."""

    from_date = DayField(
        label=gettext_lazy("in force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Earlier discharges keep the values of their day."),
    )
    decided_by = forms.CharField(label=gettext_lazy("decided by"), max_length=200)
    source = forms.CharField(label=gettext_lazy("document number"), max_length=200, required=False)
    # What a draft said when this form was opened (grouping.drafts).
    read_at = forms.CharField(required=False, widget=forms.HiddenInput)
    common = ("from_date", "decided_by", "source")

    def as_read(self) -> dict[str, str]:
        """The values the form was filled with, by field."""
        names = [name for name in self.fields if name != drafts.READ]
        initial = {name: self.get_initial_for_field(self.fields[name], name) for name in names}
        return {name: _as_posted(value) for name, value in initial.items()}

    def clean_from_date(self) -> date:
        return clean_day(self.cleaned_data["from_date"])

    def groups(self) -> list[tuple[str, list[str]]]:
        """Fields by panel."""
        raise NotImplementedError

    def rows(self) -> list[Row]:
        """The rows as the service keeps them."""
        raise NotImplementedError


def _as_posted(value: Any) -> str:
    """An initial value as a browser sends it back."""
    if value is None or value is False:
        return ""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class GridForm(SheetForm):
    """One field a key; an empty one changes nothing."""

    kind = ""

    def __init__(self, *args: Any, values: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = words.places()
        self.names = {key: f"value-{number}" for number, key in enumerate(self.keys())}
        for key, name in self.names.items():
            self.fields[name] = forms.CharField(
                label=words.key(self.kind, key, places), required=False, max_length=20,
                initial=self.shown(values.get(key, "")), widget=forms.TextInput(attrs={"class": "num"}),
            )  # fmt: skip

    def keys(self) -> list[str]:
        """The keys one may enter, in the order of the page."""
        raise NotImplementedError

    def shown(self, value: str) -> str:
        """A kept value as it is entered."""
        return value

    def entered(self, text: str) -> str:
        """An entered text as it is kept; raises forms.ValidationError."""
        return text

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for name in self.names.values():
            text = str(found.get(name) or "").strip()
            if text:
                try:
                    found[name] = self.entered(text)
                except Refused as refused:
                    self.add_error(name, worded(refused))
        return found

    def groups(self) -> list[tuple[str, list[str]]]:
        return [
            (_("Decision"), list(self.common)),
            (str(TariffKind(self.kind).label), list(self.names.values())),
        ]

    def rows(self) -> list[Row]:
        return [{"key": key, "value": self.cleaned_data[name]} for key, name in self.names.items()]


class RateForm(GridForm):
    """Yuan for a unit of weight, by insurance and level."""

    kind = TariffKind.RATE

    def keys(self) -> list[str]:
        return [f"{insurance}/{level}" for insurance in tariff.INSURANCES for level in tariff.LEVELS]

    def shown(self, value: str) -> str:
        return money.yuan(int(value)) if value else ""

    def entered(self, text: str) -> str:
        """Yuan as whole fen; a refusal names the yuan typed, not the fen they make."""
        found = money.fen(text)
        if found <= 0:
            raise tariff.TariffRefused("bad_value", text=text)
        if found >= tariff.LIMIT:
            raise money.MoneyRefused("out_of_range", text=text)
        return str(found)


class CoefficientForm(GridForm):
    """Factors by level, and for single institutions."""

    kind = TariffKind.COEFFICIENT

    def keys(self) -> list[str]:
        places = Institution.objects.filter(is_active=True).exclude(kind="village").order_by("code")
        return [*(f"*{level}" for level in tariff.LEVELS), *places.values_list("code", flat=True)]


class PointForm(RateForm):
    """Yuan for a point of DIP, by insurance and level."""

    kind = TariffKind.POINT


class QualityForm(CoefficientForm):
    """Factors of quality by level, and for single institutions."""

    kind = TariffKind.QUALITY


class AdjustmentForm(SheetForm):
    """One adjustment with its conditions."""

    code = forms.RegexField(
        r"^[a-z0-9_-]{1,30}$", label=gettext_lazy("code"),
        help_text=gettext_lazy("a-z, 0-9; a later row of the same code takes its place"),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("name"), max_length=60)
    factor = NumberField(
        label=gettext_lazy("factor"), min_value=0, max_digits=8, decimal_places=4,
        help_text=gettext_lazy("1.10 adds ten percent; 1 ends the adjustment"),
    )  # fmt: skip
    most_weight = NumberField(
        label=gettext_lazy("weight at most"), required=False, min_value=0, max_digits=10, decimal_places=4
    )
    minimal = forms.BooleanField(label=gettext_lazy("with a minimally invasive operation"), required=False)
    ways = forms.TypedMultipleChoiceField(
        label=gettext_lazy("way of discharge"), required=False, coerce=int, choices=words.WAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("which count as a good outcome; none: any"),
    )  # fmt: skip
    drgs = forms.CharField(
        label=gettext_lazy("only these groups"), required=False, max_length=400,
        help_text=gettext_lazy("codes with blanks between; empty: all"),
    )  # fmt: skip

    def __init__(self, *args: Any, values: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def groups(self) -> list[tuple[str, list[str]]]:
        own = ["code", "name", "factor", "most_weight", "minimal", "ways", "drgs"]
        return [(_("Decision"), list(self.common)), (str(TariffKind.ADJUSTMENT.label), own)]

    def rows(self) -> list[Row]:
        found = self.cleaned_data
        most = found["most_weight"]
        terms = {
            "name": found["name"], "most_weight": "" if most is None else str(most),
            "minimal": found["minimal"], "ways": found["ways"], "drgs": found["drgs"].split(),
        }  # fmt: skip
        return [{"key": found["code"], "value": str(found["factor"]), "terms": terms}]


FORMS = {
    TariffKind.RATE: RateForm, TariffKind.COEFFICIENT: CoefficientForm, TariffKind.ADJUSTMENT: AdjustmentForm,
    TariffKind.POINT: PointForm, TariffKind.QUALITY: QualityForm,
}  # fmt: skip
