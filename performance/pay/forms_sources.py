"""Forms of what pay stands on: source accounts and their entries, pay totals, rules of pools."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import SERVED_YEARS, Month
from alliance.models import Institution
from alliance.services import parameters
from alliance.web.form_fields import NumberField, WholeField, YuanField
from performance.decided.forms import DecisionForm
from performance.engine.pay.flow import FlowRule
from performance.models import PayFund
from performance.models.pay import BETWEEN, PayKind, PaySource
from performance.pay.fields import NUMBER, day_field, month_choices, paid_places


def number(label: Any, initial: str, **more: Any) -> NumberField:
    """A coefficient or a percentage."""
    return NumberField(
        label=label,
        max_digits=7,
        decimal_places=3,
        initial=initial,
        widget=forms.TextInput(attrs=NUMBER),
        **more,
    )


class FundForm(forms.Form):
    """A source account."""

    code = forms.SlugField(label=gettext_lazy("code"), max_length=30)
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    source = forms.ChoiceField(
        label=gettext_lazy("kind of source"),
        choices=[one for one in PaySource.choices if one[0] != PaySource.BETWEEN],
        help_text=gettext_lazy("The insurance fund and earmarked public-health money are no source of pay."),
    )  # fmt: skip


class EntryForm(DecisionForm):
    """What a decision feeds into a source account."""

    fund = forms.ModelChoiceField(label=gettext_lazy("source account"), queryset=PayFund.objects.none())
    day = day_field(gettext_lazy("day of the decision"))
    fen = YuanField(label=gettext_lazy("amount (yuan)"))
    field_order = ("fund", "day", "fen", "document", "body", "files")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = PayFund.objects.all()  # type: ignore[attr-defined]

    def entry(self) -> dict[str, Any]:
        """As the service takes it."""
        data = dict(self.cleaned_data)
        found = data.pop("files")
        return {**data, "scan": found[0] if found else None}


class TotalForm(forms.Form):
    """An approved pay total."""

    institution = forms.ModelChoiceField(
        label=gettext_lazy("institution"), queryset=Institution.objects.none()
    )
    year = WholeField(label=gettext_lazy("year"), min_value=SERVED_YEARS[0], max_value=SERVED_YEARS[-1])
    fen = YuanField(label=gettext_lazy("approved pay total (yuan)"))
    document = forms.CharField(label=gettext_lazy("decision number"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = paid_places()  # type: ignore[attr-defined]

    def entry(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class RuleForm(forms.Form):
    """A version of how a kind of pool flows below the institution."""

    kind = forms.ChoiceField(
        label=gettext_lazy("kind of pool"), choices=[one for one in PayKind.choices if one[0] not in BETWEEN]
    )
    from_month = forms.ChoiceField(label=gettext_lazy("from month"))
    doctor = number(gettext_lazy("coefficient of doctors"), "1")
    nurse = number(gettext_lazy("coefficient of nurses"), "0.8")
    technician = number(gettext_lazy("coefficient of technicians"), "0.85")
    administration = number(gettext_lazy("administration: clinical mean ×"), "0.9")
    basis = forms.ChoiceField(
        label=gettext_lazy("weight of a department"),
        choices=[
            ("score", gettext_lazy("points by roster × score")),
            ("points", gettext_lazy("points by roster")),
        ],
    )
    unassessed = forms.ChoiceField(
        label=gettext_lazy("department without a score"),
        choices=[
            ("mean", gettext_lazy("counts with the mean of the others")),
            ("nothing", gettext_lazy("gets nothing")),
        ],
    )
    team_percent = number(gettext_lazy("to teams first (%)"), "0", min_value=0, max_value=100)
    decided_by = forms.CharField(label=gettext_lazy("decided by"), max_length=200)
    other_names = {"body": "decided_by", "team_share": "team_percent"}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_month"].choices = month_choices(today)  # type: ignore[attr-defined]
        least = parameters.in_force("fd.team_share_min", on=today)
        said = _("Of the DRG reward at least %(least)s %%; 0 where departments get all.")
        self.fields["team_percent"].help_text = said % {"least": least}

    def entry(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        groups = ("doctor", "nurse", "technician")
        rule = FlowRule(
            tuple((group, data[group]) for group in groups),  # type: ignore[misc]
            data["administration"], data["basis"], data["unassessed"], data["team_percent"],
        )  # fmt: skip
        month = Month.parse(data["from_month"])
        return {"kind": data["kind"], "from_month": month, "rule": rule, "decided_by": data["decided_by"]}
