"""Forms of agreements, clauses and checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.roles import roles
from alliance.web import words
from alliance.web.form_fields import DayField
from alliance.web.place_fields import MemberField
from performance.agreements.models import ASSESS, SIGNED, Agreement, Clause, ClauseCheck
from performance.consequences import measures
from performance.declared.uploads import EvidenceField
from performance.meetings.forms import GiveForm
from performance.show import labels

LONG = forms.Textarea(attrs={"rows": 3})
DAY = {"type": "date"}


def day(label: Any) -> DayField:
    """A day to choose."""
    return DayField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


class AgreementForm(forms.Form):
    """An agreement as it was signed."""

    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    kind = forms.ChoiceField(label=pgettext_lazy("agreement", "kind"), choices=Agreement.Kind.choices)
    party = forms.ChoiceField(
        label=pgettext_lazy("agreement", "other party"), choices=Agreement.Party.choices
    )
    party_name = forms.CharField(label=pgettext_lazy("agreement", "name of the other party"), max_length=120)
    number = forms.CharField(label=pgettext_lazy("agreement", "number"), max_length=80)
    title = forms.CharField(label=pgettext_lazy("agreement", "title"), max_length=160)
    begins = day(pgettext_lazy("agreement", "first day"))
    ends = day(pgettext_lazy("agreement", "last day"))
    signed_on = day(pgettext_lazy("agreement", "signed on"))
    follows = forms.ModelChoiceField(
        label=pgettext_lazy("agreement", "follows"), queryset=None, required=False,
        help_text=gettext_lazy(
            "A renewal or another content: its clauses are taken over, the earlier one ends the day before."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["institution"].queryset = Institution.objects.filter(is_active=True).order_by("code")
        fields["follows"].queryset = Agreement.objects.filter(state__in=SIGNED)
        fields["files"] = EvidenceField()
        fields["files"].label = pgettext_lazy("agreement", "signed scan")


class ClauseForm(forms.Form):
    """One clause of a draft."""

    topic = forms.ChoiceField(label=pgettext_lazy("clause", "topic"), choices=Clause.Topic.choices)
    title = forms.CharField(label=pgettext_lazy("clause", "clause"), max_length=60)
    text = forms.CharField(label=pgettext_lazy("clause", "what is promised"), max_length=1000, widget=LONG)
    way = forms.ChoiceField(label=pgettext_lazy("clause", "how it is checked"), choices=Clause.Way.choices)
    per = forms.ChoiceField(label=pgettext_lazy("clause", "period"), choices=Clause.Per.choices)
    indicator = forms.ChoiceField(label=gettext_lazy("indicator"), required=False)
    bound = forms.DecimalField(
        label=pgettext_lazy("clause", "bound"), max_digits=20, decimal_places=6, required=False,
        help_text=gettext_lazy("In the unit of the indicator; at least or at most, whichever is better."),
    )  # fmt: skip
    checker = MemberField(label=pgettext_lazy("clause", "who checks it"), queryset=None, required=False)

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        known = sorted((labels.named(one), code) for code, one in measures.indicators().items())
        fields["indicator"].choices = [("", "—"), *((code, name) for name, code in known)]
        fields["checker"].offer(checkers(agreement))


class CheckerForm(forms.Form):
    """Somebody else who checks."""

    checker = MemberField(label=pgettext_lazy("clause", "who checks it"), queryset=None)

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["checker"].offer(checkers(agreement))


def checkers(agreement: Agreement) -> Any:
    """Who may check clauses and is not of the institution."""
    may = [code for code, role in roles().items() if ASSESS in role.may]
    rows = Membership.objects.filter(roles__overlap=may, is_active=True)
    return rows.filter(Q(institution=None) | ~Q(institution=agreement.institution_id)).order_by("pk")


class WhyForm(forms.Form):
    """A reason."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=500, widget=LONG)


class EndForm(WhyForm):
    """The last day, and why."""

    field_order = ("last", "why")
    last = day(pgettext_lazy("agreement", "last day"))


class CheckForm(forms.Form):
    """What a period made of a clause."""

    first = forms.ChoiceField(label=pgettext_lazy("clause", "period"))
    standing = forms.ChoiceField(
        label=pgettext_lazy("clause", "standing"), choices=ClauseCheck.Standing.choices
    )
    note = forms.CharField(label=pgettext_lazy("clause", "what was found"), max_length=1000, widget=LONG)

    def __init__(self, *args: Any, periods: Sequence[tuple[Month, ...]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["first"].choices = [(str(one[0]), span(one)) for one in reversed(periods)]
        fields["files"] = EvidenceField()

    def clean_first(self) -> Any:
        """The first day of the period."""
        return Month.parse(self.cleaned_data["first"]).first_day


def span(months: Sequence[Month]) -> str:
    """A period in words."""
    if len(months) == 1:
        return words.month(months[0])
    return f"{words.month(months[0])} – {words.month(months[-1])}"


class TaskForm(GiveForm):
    """What the institution is to put right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["institution"]
