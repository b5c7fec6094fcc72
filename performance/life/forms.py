"""Forms of the month's life."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance import roles
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution
from alliance.web import words as web_words
from alliance.web.form_fields import DayField, WholeField, YuanField
from performance.models import CalendarStep, Statement
from performance.models.calendar import LAST_DAY

LONG = forms.Textarea(attrs={"rows": 3})
MOST_WORKDAYS = 60  # what escalates later belongs to a later month
MONTHS = 15  # that can be chosen as the first


class NoteForm(forms.Form):
    """What was done, and where it is written down."""

    note = forms.CharField(label=gettext_lazy("note"), max_length=300, widget=LONG)


class StepForm(forms.Form):
    """When a step is due and whose it is, from a month on."""

    from_month = forms.ChoiceField(label=gettext_lazy("from month"))
    day = WholeField(
        label=gettext_lazy("day of the following month"), min_value=1, max_value=LAST_DAY,
        error_messages={"max_value": gettext_lazy("No month has such a day. Write 1 to %(limit_value)s.")},
        help_text=gettext_lazy("1 to 31; where the following month is shorter, its last day."),
    )  # fmt: skip
    shift = forms.ChoiceField(label=gettext_lazy("on a holiday"), choices=CalendarStep.Shift.choices)
    owner = forms.ChoiceField(label=pgettext_lazy("step", "owner"))
    escalate_workdays = WholeField(
        label=gettext_lazy("escalates after working days"), min_value=0, max_value=MOST_WORKDAYS
    )
    escalate_to = forms.ChoiceField(label=gettext_lazy("escalates to"))

    def __init__(self, *args: Any, first: Month, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(role.code, role.name) for role in roles.roles().values()]
        months = [first.plus(place) for place in range(MONTHS)]
        fields: Any = self.fields
        fields["owner"].choices = fields["escalate_to"].choices = known
        fields["from_month"].choices = [(str(one), web_words.month(one)) for one in months]

    def clean_from_month(self) -> Month:
        """As a month."""
        return Month.parse(self.cleaned_data["from_month"])


class ExceptionForm(forms.Form):
    """Whose data may be corrected, why, until when."""

    institution = forms.ModelChoiceField(
        label=gettext_lazy("institution"), queryset=Institution.objects.none()
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300, widget=LONG)
    until = DayField(
        label=gettext_lazy("until the end of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
        fields: Any = self.fields
        fields["institution"].queryset = places.order_by("code")

    def terms(self) -> dict[str, Any]:
        """As the service takes them."""
        day = self.cleaned_data["until"] + timedelta(days=1)
        return {**self.cleaned_data, "until": datetime.combine(day, time(), SHANGHAI)}


class StatementForm(forms.Form):
    """A statement of the insurer: its file, the month it is of, what stands on its cover."""

    file = forms.ChoiceField(
        label=gettext_lazy("file of the statement"),
        help_text=gettext_lazy("Delivered under Central groups, with amount, rejection and its reason."),
    )
    month = forms.ChoiceField(label=gettext_lazy("belongs to"))
    into = forms.ChoiceField(label=gettext_lazy("post into"))
    stage = forms.ChoiceField(label=gettext_lazy("stage"), choices=Statement.Stage.choices)
    document = forms.CharField(label=gettext_lazy("number of the statement"), max_length=80)
    total_fen = YuanField(label=gettext_lazy("total of the statement (yuan)"))
    other_why = forms.CharField(
        label=gettext_lazy("what the total holds beside its cases"), max_length=300, required=False
    )

    def __init__(
        self, *args: Any, files: list[tuple[int, str]], months: list[Month], into: list[Month], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["file"].choices = files
        fields["month"].choices = [(str(one), web_words.month(one)) for one in months]
        fields["into"].choices = [(str(one), web_words.month(one)) for one in into]

    def terms(self) -> dict[str, Any]:
        """As the service takes them."""
        data = self.cleaned_data
        return {
            **data, "file": int(data["file"]), "month": Month.parse(data["month"]),
            "into": Month.parse(data["into"]),
        }  # fmt: skip


class ClawbackForm(forms.Form):
    """Which rejections are confirmed, into which open month, and why."""

    lines = forms.MultipleChoiceField(
        label=gettext_lazy("confirmed rejections"), widget=forms.CheckboxSelectMultiple
    )
    into = forms.ChoiceField(label=gettext_lazy("post into"))
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300, widget=LONG)

    def __init__(self, *args: Any, lines: list[tuple[int, str]], into: list[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["lines"].choices = lines
        fields["into"].choices = [(str(one), web_words.month(one)) for one in into]


class IntoForm(forms.Form):
    """The open month whose pay bears what the floor left."""

    into = forms.ChoiceField(label=gettext_lazy("from the pay of"))

    def __init__(self, *args: Any, into: list[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["into"].choices = [(str(one), web_words.month(one)) for one in into]
