"""Forms of improvement items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership
from alliance.web import words
from alliance.web.place_fields import DepartmentField
from performance.improvement import origins
from performance.improvement.models import Item
from performance.meetings.forms import GiveForm


def _text(label: Any, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": 3}), **more)


class MonthForm(forms.Form):
    """A month that has a result."""

    month = forms.ChoiceField(label=gettext_lazy("month"))

    def __init__(self, *args: Any, months: Iterable[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = [(str(one), words.month(one.first_day)) for one in months]

    def clean_month(self) -> Month:
        """As a value."""
        return Month.parse(self.cleaned_data["month"])


class OpenForm(MonthForm):
    """A new item: the figure, the month of its baseline, the goal."""

    field_order = (
        "institution", "department", "indicator", "month", "title", "wanted", "source", "source_text",
        "source_id",
    )  # fmt: skip
    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    department = DepartmentField(label=gettext_lazy("department"), queryset=None, required=False)
    indicator = forms.ChoiceField(label=gettext_lazy("indicator"))
    title = forms.CharField(label=pgettext_lazy("improvement", "title"), max_length=160)
    wanted = forms.DecimalField(
        label=pgettext_lazy("improvement", "goal"), max_digits=20, decimal_places=6,
        help_text=gettext_lazy("In the unit of the indicator; the baseline is what the month computed."),
    )  # fmt: skip
    source = forms.ChoiceField(
        label=pgettext_lazy("improvement", "follows from"), choices=Item.Source.choices
    )
    source_text = forms.CharField(
        label=pgettext_lazy("improvement", "what showed it"), max_length=300, required=False
    )

    source_id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, by: Membership, indicators: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        self.by, here = by, by.institution_id
        places = Institution.objects.filter(is_active=True).order_by("code")
        fields["institution"].queryset = places if here is None else places.filter(pk=here)
        units = Department.objects.all()
        fields["department"].offer(units if here is None else units.filter(institution=here))
        fields["indicator"].choices = list(indicators)

    def clean(self) -> dict[str, Any]:
        """What an item follows from is there and the member may know it: the link carries only its number."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        number = given.get("source_id")
        if number is not None and origins.named(self.by, given.get("source", ""), number) is None:
            raise forms.ValidationError(
                gettext("What this item follows from is not there. Open that page and use its button.")
            )
        return given


class CauseForm(forms.Form):
    """The cause."""

    cause = _text(pgettext_lazy("improvement", "cause"), 2000)


class ActionForm(GiveForm):
    """An action: a task of the item's own institution, done by one of it or of the alliance office."""

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        del fields["institution"]
        here = Q(institution=item.institution_id)
        fields["owner"].queryset = fields["owner"].queryset.filter(here | Q(institution=None))
        fields["department"].queryset = fields["department"].queryset.filter(here)


class ConclusionForm(forms.Form):
    """What was learned."""

    conclusion = _text(pgettext_lazy("improvement", "conclusion"), 2000)
