"""Forms of evaluations: a round, and a sheet to fill in on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web.form_fields import DayField, NumberField
from alliance.web.place_fields import MembersField
from performance.drafting.forms import TermsForm
from performance.engine.dictionary import shipped_dictionary
from performance.evaluations.services import OUTSIDE, Raters, Terms, indicators
from performance.models import EvaluatorKind, Invitation
from performance.show import labels

# Patients are asked by survey and never sign in.
ASKED = [kind for kind in EvaluatorKind if kind != EvaluatorKind.PATIENT]


def day_field(label: Any) -> forms.DateField:
    """A day."""
    return DayField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class RoundForm(forms.Form):
    """A round: what, when, who is rated, who rates by kind."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    indicator = forms.ChoiceField(label=gettext_lazy("indicator of opinion"))
    month = forms.CharField(
        label=gettext_lazy("counts for the month"), max_length=7,
        widget=forms.TextInput(attrs={"placeholder": "2026-10", "autocomplete": "off"}),
    )  # fmt: skip
    opens_on = day_field(gettext_lazy("first day of rating"))
    closes_on = day_field(gettext_lazy("last day of rating"))
    subjects = forms.ModelMultipleChoiceField(
        label=gettext_lazy("who is rated"), queryset=Institution.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = shipped_dictionary()
        choices = [(code, labels.named(entries[code].indicator)) for code in indicators()]
        self.fields["indicator"].choices = choices  # type: ignore[attr-defined]
        places = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
        self.fields["subjects"].queryset = places  # type: ignore[attr-defined]
        people = Membership.objects.living().order_by("institution__code", "user__name")
        for kind in ASKED:
            own = kind in (EvaluatorKind.PEER, EvaluatorKind.INTERNAL)
            rows = people.filter(institution__isnull=not own)
            if kind in OUTSIDE:
                rows = rows.filter(roles__contains=[OUTSIDE[kind]])
            field = MembersField(
                label=kind.label,
                queryset=None,
                required=False,
                widget=forms.SelectMultiple(attrs={"size": 6}),
            )
            field.offer(rows)
            self.fields[f"raters_{kind}"] = field

    def clean_month(self) -> Month:
        """A month as pages write it."""
        return TermsForm.clean_month(self)  # type: ignore[arg-type]

    def terms(self) -> Terms:
        """As the service takes it."""
        data = self.cleaned_data
        return Terms(data["name"], data["indicator"], data["month"], data["opens_on"], data["closes_on"])

    def raters(self) -> Raters:
        """Who was chosen, by kind."""
        return {kind.value: list(self.cleaned_data[f"raters_{kind}"]) for kind in ASKED}


class SheetForm(forms.Form):
    """One number for every institution that is still to be rated; an empty one is left for later."""

    def __init__(self, *args: Any, invitations: Sequence[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in invitations:
            self.fields[f"points_{row.pk}"] = NumberField(
                label=row.subject.name, min_value=0, max_value=100, max_digits=5, decimal_places=2,
                required=False, widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )  # fmt: skip

    def points(self) -> dict[int, Decimal]:
        """What was given, by invitation."""
        return {
            int(name.removeprefix("points_")): value
            for name, value in self.cleaned_data.items()
            if value is not None
        }


def given_again(posted: Mapping[str, str], rows: Sequence[Invitation]) -> list[str]:
    """The institutions rated before for which points were typed once more."""
    return [
        row.subject.short_name
        for row in rows
        if row.submitted_at is not None and posted.get(f"points_{row.pk}")
    ]
