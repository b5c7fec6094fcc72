"""Forms about joint projects and their steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.joint.forms.common import day_field
from alliance.joint.models import Side
from alliance.joint.services import Agreed, Terms, known_parameters
from alliance.services import parameters
from alliance.web import parameter_values as values
from alliance.web.form_fields import WholeField

MOST_STEPS = 8


class StepRow(forms.Form):
    """One agreed step; a row without a name is none."""

    name = forms.CharField(label=gettext_lazy("milestone"), max_length=60, required=False)
    side = forms.ChoiceField(label=gettext_lazy("side that does it"), choices=Side.choices)
    days = WholeField(label=gettext_lazy("days"), min_value=1, required=False)
    parameter = forms.ChoiceField(label=gettext_lazy("or a parameter"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(key, parameter_word(key)) for key in known_parameters()]
        self.fields["parameter"].choices = [("", "—"), *offered]

    def agreed(self) -> Agreed:
        """As the service takes it."""
        return Agreed(**self.cleaned_data)


def parameter_word(key: str) -> str:
    """A parameter of days in words: its label and the name of its part."""
    table, _dot, part = key.rpartition(".")
    return f"{values.label(parameters.registered()[table])} · {values.word(part)}"


StepSet = forms.formset_factory(StepRow, extra=MOST_STEPS, max_num=MOST_STEPS, absolute_max=MOST_STEPS)


def agreed_steps(rows: Any) -> list[Agreed]:
    """The steps of a valid set, rows without a name left out."""
    return [row.agreed() for row in rows if row.cleaned_data.get("name", "").strip()]


class ProjectForm(forms.Form):
    """What a project is."""

    code = forms.CharField(label=gettext_lazy("code"), max_length=20)
    name = forms.CharField(label=gettext_lazy("name"), max_length=60)
    first_day = day_field(gettext_lazy("first day"))
    purpose = forms.CharField(
        label=gettext_lazy("aim"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def terms(self, steps: list[Agreed]) -> Terms:
        """As the service takes it."""
        return Terms(steps=steps, **self.cleaned_data)


class StepsForm(forms.Form):
    """From which day other steps hold."""

    from_day = day_field(gettext_lazy("hold for first diagnoses from"))
