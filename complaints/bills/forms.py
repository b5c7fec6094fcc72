"""Forms of bills: what a patient knows of the stay, which slips are printed, the guide to reimbursement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib import identity
from alliance.lib.digits import plain_digits
from alliance.models import Institution
from alliance.web.form_fields import DayField, NumberField, RowField, Rows, YuanField
from alliance.web.plainly import SaidPlainly
from alliance.web.refused import worded

LAST_FOUR = RegexValidator(r"^[0-9]{3}[0-9Xx]$", gettext_lazy("Four characters: digits, the last may be X."))
LEVELS = 4  # rows of a guide


def day_field(**more: Any) -> DayField:
    """A day, picked or typed."""
    return DayField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class AskForm(SaidPlainly, Rows):
    """What the patient knows; nothing else opens a bill without a printed code."""

    place = RowField(label=gettext_lazy("hospital"))
    record_no = forms.CharField(
        label=gettext_lazy("record number"), max_length=40,
        help_text=gettext_lazy("On the discharge paper, beside “record number”."),
    )  # fmt: skip
    day = day_field(label=gettext_lazy("day of discharge"))
    last_four = forms.CharField(
        label=gettext_lazy("last four characters of the ID number"), max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, places: Sequence[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row("place").offer(places, lambda one: one.name)

    def clean_record_no(self) -> str:
        """Full-width digits are digits."""
        return plain_digits(self.cleaned_data["record_no"]).strip()

    def clean_last_four(self) -> str:
        """Three digits and a digit or X."""
        found = plain_digits(self.cleaned_data["last_four"]).strip().upper()
        LAST_FOUR(found)
        return found


class QuestionForm(SaidPlainly):
    """Which line, what about it, and a telephone only if one wants to be called."""

    line = forms.ChoiceField(label=gettext_lazy("which line"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("what is unclear or wrong"), min_length=2, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("telephone"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=gettext_lazy("Only if you want to be called; the complaint office alone sees it."),
    )  # fmt: skip

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = lines  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """Full-width digits are digits; the number is checked as everywhere."""
        found = plain_digits(self.cleaned_data["phone"]).strip()
        try:
            return identity.phone(found) if found else ""
        except identity.IdentityRefused as refused:
            raise forms.ValidationError(worded(refused)) from None


class PrintForm(Rows):
    """Whose discharges of which day; one record number prints one stay."""

    institution = RowField(label=gettext_lazy("institution"))
    day = day_field(label=gettext_lazy("day of discharge"))
    record_no = forms.CharField(label=gettext_lazy("record number"), max_length=40, required=False)

    def __init__(self, *args: Any, places: Sequence[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row("institution").offer(places, str)
        self.fields["institution"].label = _("institution")


class GuideForm(forms.Form):
    """The guide from a day on: scope, own pay, and a few rows of who gets how much."""

    from_date = day_field(label=gettext_lazy("in force from"))
    decided_by = forms.CharField(label=gettext_lazy("decided by, document number"), max_length=120)
    scope = forms.CharField(
        label=gettext_lazy("what is reimbursed"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    own = forms.CharField(
        label=gettext_lazy("what you pay yourself"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, LEVELS + 1):
            self.fields[f"who{n}"] = forms.CharField(
                label=_("row %(n)d: insurance and level") % {"n": n}, max_length=60, required=n == 1
            )
            self.fields[f"deductible{n}"] = YuanField(label=_("deductible, yuan"), required=False)
            self.fields[f"percent{n}"] = NumberField(
                label=_("reimbursed, %"), min_value=Decimal(0), max_value=Decimal(100), max_digits=5,
                decimal_places=2, required=n == 1,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A row that says who says how much."""
        found: dict[str, Any] = super().clean() or {}
        for n in range(2, LEVELS + 1):
            if found.get(f"who{n}") and found.get(f"percent{n}") is None and f"percent{n}" not in self.errors:
                self.add_error(f"percent{n}", _("Say how much is reimbursed."))
        return found

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        rows = [
            {
                "who": data[f"who{n}"], "deductible_fen": data[f"deductible{n}"],
                "percent": format(data[f"percent{n}"], "f"),
            }
            for n in range(1, LEVELS + 1)
            if data.get(f"who{n}")
        ]  # fmt: skip
        day: date = data["from_date"]
        return {"from_date": day, "rows": rows, **{k: data[k] for k in ("decided_by", "scope", "own")}}
