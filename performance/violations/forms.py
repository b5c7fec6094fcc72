"""Forms of violation cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.approvals import names
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import words
from alliance.web.form_fields import DayField, NumberField, YuanField
from alliance.web.place_fields import MemberField
from performance.agreements.models import Agreement
from performance.declared.uploads import EvidenceField
from performance.models import Statement
from performance.violations.models import Evidence, Penalty, Violation
from performance.violations.services.deciding import KIND
from performance.violations.services.table import Rule

LONG = forms.Textarea(attrs={"rows": 4})
MONTHS = 24  # offered


def month_choices(today: Any) -> list[tuple[str, str]]:
    """The months up to now, newest first."""
    last = Month.of(today)
    return [(str(one), words.month(one)) for one in (last.plus(-n) for n in range(MONTHS))]


class OpenForm(forms.Form):
    """A new case."""

    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    kind = forms.ChoiceField(label=pgettext_lazy("violation", "kind"), choices=Violation.Kind.choices)
    person = MemberField(
        label=pgettext_lazy("violation", "person"), queryset=None, required=False,
        help_text=gettext_lazy("Who did it, where known; the responsibility letter is shown beside it."),
    )  # fmt: skip
    happened_on = DayField(
        label=pgettext_lazy("violation", "happened on"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Asked for where nothing is tolerated: fictitious services, swapped drugs."),
    )  # fmt: skip
    source = forms.ChoiceField(label=pgettext_lazy("violation", "comes from"))
    title = forms.CharField(label=pgettext_lazy("violation", "title"), max_length=160)
    facts = forms.CharField(label=pgettext_lazy("violation", "facts"), max_length=4000, widget=LONG)

    def __init__(self, *args: Any, sources: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["institution"].queryset = Institution.objects.filter(is_active=True).order_by("code")
        people = Membership.objects.living().exclude(institution=None)
        fields["person"].offer(people.order_by("institution__code", "user__name", "pk"))
        fields["source"].choices = list(sources)


class EvidenceForm(forms.Form):
    """What shows it."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("evidence", "kind"),
        choices=[(one.value, one.label) for one in (Evidence.Kind.CASE, Evidence.Kind.OTHER)],
    )  # fmt: skip
    month = forms.ChoiceField(label=gettext_lazy("month"), required=False)
    record = forms.CharField(
        label=gettext_lazy("record number"), max_length=60, required=False,
        help_text=gettext_lazy("Of a case: the month of its discharge and its record number."),
    )  # fmt: skip
    text = forms.CharField(label=pgettext_lazy("evidence", "what it shows"), max_length=500, widget=LONG)

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = [("", "—"), *month_choices(today)]
        fields["files"] = EvidenceField()

    other_names = {"object_id": "record"}

    def clean_month(self) -> Month | None:
        """As a value."""
        said = self.cleaned_data["month"]
        return Month.parse(said) if said else None


class TextForm(forms.Form):
    """Words of one step."""

    text = forms.CharField(label=gettext_lazy("text"), max_length=2000, widget=LONG)


class StateForm(TextForm):
    """The institution's view, with a file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = EvidenceField()


class FindForm(forms.Form):
    """A finding with what follows."""

    violated = forms.TypedChoiceField(
        label=pgettext_lazy("violation", "violated"), coerce=lambda text: text == "yes",
        choices=[("yes", pgettext_lazy("violation", "yes, it is a violation")),
                 ("no", pgettext_lazy("violation", "no violation"))],
    )  # fmt: skip
    finding = forms.CharField(label=pgettext_lazy("violation", "finding"), max_length=4000, widget=LONG)
    measures = forms.MultipleChoiceField(
        label=pgettext_lazy("penalty", "what follows"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    percent = NumberField(
        label=pgettext_lazy("penalty", "percent"), max_digits=6, decimal_places=2, required=False
    )
    fen = YuanField(label=pgettext_lazy("penalty", "amount to repay (yuan)"), required=False)
    agreement = forms.ModelChoiceField(
        label=pgettext_lazy("agreement", "agreement"), queryset=None, required=False
    )
    chain = forms.ChoiceField(label=gettext_lazy("decided by"))

    def __init__(self, *args: Any, rule: Rule, institution: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        labels = dict(Penalty.Measure.choices)
        fields["measures"].choices = [(one, labels[one]) for one in rule.measures]
        fields["percent"].help_text = gettext_lazy("From %(low)s to %(high)s %% by the table in force.") % {
            "low": words.num(rule.low, 2), "high": words.num(rule.high, 2)
        }  # fmt: skip
        fields["agreement"].queryset = Agreement.objects.filter(institution=institution, state="in_force")
        fields["chain"].choices = names.offered(KIND)

    def follows(self) -> dict[str, Any]:
        """By measure its number or agreement."""
        said = self.cleaned_data
        named = {"deduct": said["percent"], "repay": said["fen"], "end": said["agreement"]}
        return {one: named.get(one) for one in said["measures"]}


class MonthForm(forms.Form):
    """A month."""

    month = forms.ChoiceField(label=gettext_lazy("month"))

    def __init__(self, *args: Any, months: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = list(months)

    def clean_month(self) -> Month:
        """As a value."""
        return Month.parse(self.cleaned_data["month"])


class RepayForm(MonthForm):
    """Which statement's rejections, into which open month."""

    field_order = ("statement", "month")
    statement = forms.ModelChoiceField(label=gettext_lazy("insurer's statement"), queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["statement"].queryset = Statement.objects.filter(state=Statement.State.POSTED)


class OutcomeForm(forms.Form):
    """How it was repaid."""

    outcome = forms.CharField(label=pgettext_lazy("penalty", "what came of it"), max_length=300, widget=LONG)


class DayForm(forms.Form):
    """The last day of an agreement."""

    last = DayField(
        label=pgettext_lazy("agreement", "last day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
