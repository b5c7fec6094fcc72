"""Forms of pay: a pool, a group's plan, answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from alliance.models import Institution, Staff
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.form_fields import NumberField, YuanField
from performance.models import PayFund, PayPot
from performance.models.pay import BETWEEN, PayKind
from performance.pay import words
from performance.pay.fields import LONG, NUMBER, day_field, month_choices, paid_places
from performance.pay.services.pots import Agreed, Proposal


class PoolForm(forms.Form):
    """A pool of a month. Below the kind, what only pools from a source account need."""

    kind = forms.ChoiceField(label=gettext_lazy("kind of pool"), choices=PayKind.choices)
    month = forms.ChoiceField(label=gettext_lazy("month"))
    fund = forms.ModelChoiceField(
        label=gettext_lazy("source account"), queryset=PayFund.objects.none(), required=False
    )
    fen = YuanField(label=gettext_lazy("amount (yuan)"), required=False)
    name = forms.CharField(label=gettext_lazy("name"), max_length=80, required=False)
    document = forms.CharField(label=gettext_lazy("decision number"), max_length=80, required=False)
    persons = forms.BooleanField(
        label=gettext_lazy("is paid on to persons"), initial=True, required=False,
        help_text=gettext_lazy("Off where the basis contains drugs, consumables, examinations or tests."),
    )  # fmt: skip
    charges = forms.MultipleChoiceField(
        label=gettext_lazy("the basis contains"), choices=list(words.CHARGES.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    institutions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("institutions"), queryset=Institution.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    FROM_FUND = ("fund", "fen", "name", "document", "persons", "charges", "institutions")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = month_choices(today)
        fields["fund"].queryset, fields["institutions"].queryset = PayFund.objects.all(), paid_places()

    def groups(self) -> list[tuple[str, list[str]]]:
        """The fields as the page lays them out."""
        return [(_("pool"), ["kind", "month"]), (_("only from a source account"), list(self.FROM_FUND))]

    def clean(self) -> dict[str, Any]:
        """A pool from a source account names it."""
        data: dict[str, Any] = super().clean() or {}
        kind = data.get("kind", "")
        if kind and kind != PayKind.BONUS and kind not in BETWEEN and not data.get("fund"):
            self.add_error("fund", _("Choose the source account."))
        return data


class PlanForm(forms.Form):
    """Points of every person of a pot, who agreed, the minutes.

    Where a sheet names each sum, the points are `fixed` and no fields: there is nothing to divide.
    """

    agreed_on = day_field(gettext_lazy("the group met on"))
    minutes = forms.CharField(label=pgettext_lazy("pay", "minutes"), max_length=2000, widget=LONG)
    zero_why = forms.CharField(
        label=gettext_lazy("why without points"), max_length=500, required=False, widget=LONG,
        help_text=gettext_lazy("Only where somebody who worked here gets 0 points; the department reads it."),
    )  # fmt: skip
    group = forms.ModelMultipleChoiceField(
        label=gettext_lazy("group that agreed"), queryset=Staff.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self, *args: Any, pot: PayPot, people: Sequence[Staff], points: Mapping[int, Decimal], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.pot, self.points = pot, points
        offered = Staff.objects.filter(pk__in=[one.pk for one in people])
        if len(people) < MANY:  # a small department asks colleagues of its institution into the group
            offered = offered | Staff.objects.filter(institution=pot.institution_id, is_active=True)
        fields: dict[str, Any] = self.fields
        if pot.by_name:
            del fields["zero_why"]
        fields["group"].queryset = offered.select_related("department").order_by("department__code", "code")
        fields["group"].label_from_instance = self._named
        for one in () if pot.by_name else people:
            fields[f"points_{one.pk}"] = NumberField(
                label=f"{one.name} {one.title}".strip(), max_digits=12, decimal_places=4, min_value=0,
                initial=web_words.plain(points.get(one.pk)).replace(",", ""),
                widget=forms.TextInput(attrs=NUMBER),
            )  # fmt: skip

    def _named(self, one: Staff) -> str:
        own = {person.pk for person in self.people}
        return one.name if one.pk in own or one.department is None else f"{one.name} ({one.department.name})"

    def groups(self) -> list[tuple[str, list[str]]]:
        """The points first, then who agreed on them."""
        points = [name for name in self.fields if name.startswith("points_")]
        points += ["zero_why"] if points else []
        agreement = (_("the group's agreement"), ["agreed_on", "group", "minutes"])
        return [(pgettext("pay", "points"), points), agreement] if points else [agreement]

    def fixed(self) -> list[parts.Fact]:
        """What the sheet gives each person by name, in yuan."""
        return [
            parts.Fact(f"{one.name} {one.title}".strip(), web_words.yuan(int(self.points[one.pk])))
            for one in self.people
            if self.pot.by_name
        ]

    def agreed(self, begun: Proposal) -> Agreed:
        """As the service takes it; `begun`: the points the form was offered with."""
        data = self.cleaned_data
        points = {
            one.pk: self.points[one.pk] if self.pot.by_name else data[f"points_{one.pk}"]
            for one in self.people
        }
        group = [one.pk for one in data["group"]]
        return Agreed(
            points, group, data["agreed_on"], data["minutes"], begun.taken(points), data.get("zero_why", "")
        )


MANY = 3


class WhyForm(forms.Form):
    """A reason."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=500, widget=LONG)


class ObjectForm(forms.Form):
    """An objection to a plan."""

    text = forms.CharField(label=gettext_lazy("what is wrong"), max_length=1000, widget=LONG)
    other_names = {"why": "text"}


class AnswerForm(forms.Form):
    """The answer to an objection."""

    upheld = forms.TypedChoiceField(
        label=pgettext_lazy("pay", "what follows of the objection"),
        coerce=lambda value: value == "yes",
        choices=[
            ("no", gettext_lazy("stays as it is")),
            ("yes", gettext_lazy("upheld: the plan is changed")),
        ],
    )
    text = forms.CharField(label=pgettext_lazy("pay", "answer"), max_length=1000, widget=LONG)
    other_names = {"why": "text"}
