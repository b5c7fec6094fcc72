"""Forms of a posting and of its days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month, PeriodRefused
from alliance.models import Department, Institution, Staff
from alliance.postings.models import Posting, Visit
from alliance.postings.services import Figures, Terms
from alliance.web.form_fields import DayField, WholeField, YuanField
from alliance.web.place_fields import StaffField
from alliance.web.refused import worded

WEEKDAYS = [
    (1, gettext_lazy("Mon")), (2, gettext_lazy("Tue")), (3, gettext_lazy("Wed")), (4, gettext_lazy("Thu")),
    (5, gettext_lazy("Fri")), (6, gettext_lazy("Sat")), (7, gettext_lazy("Sun")),
]  # fmt: skip
DAY = {"type": "date"}
POINTS = [(n, str(n)) for n in range(1, 6)]


def day_field(label: Any) -> forms.DateField:
    """A day, with the browser's calendar."""
    return DayField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


class ProposeForm(forms.Form):
    """What the sender offers."""

    staff = StaffField(label=gettext_lazy("expert"), queryset=Staff.objects.none())
    kind = forms.ChoiceField(
        label=gettext_lazy("kind of posting"), choices=Posting.Kind.choices, widget=forms.RadioSelect,
        initial=Posting.Kind.VISITING,
    )  # fmt: skip
    backbone = forms.BooleanField(
        label=gettext_lazy("backbone doctor: months of dispatch are counted"), required=False
    )
    host = forms.ModelChoiceField(label=gettext_lazy("posted to"), queryset=Institution.objects.none())
    host_department = forms.ModelChoiceField(
        label=gettext_lazy("department of the host"), queryset=Department.objects.none(), required=False
    )
    purpose = forms.CharField(label=gettext_lazy("purpose"), max_length=300)
    first_day = day_field(gettext_lazy("first day"))
    last_day = day_field(gettext_lazy("last day"))
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("weekdays"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    morning = forms.BooleanField(label=gettext_lazy("morning"), required=False, initial=True)
    afternoon = forms.BooleanField(label=gettext_lazy("afternoon"), required=False, initial=True)
    kept_salary_fen = YuanField(
        label=gettext_lazy("pay kept by the sender, yuan a month"), required=False,
        help_text=gettext_lazy("Seen by your own administration and the alliance's office only."),
    )  # fmt: skip
    allowance_fen = YuanField(label=gettext_lazy("local allowance, yuan for half a day"), required=False)

    def __init__(self, *, sender: Institution, data: Any = None) -> None:
        super().__init__(data)
        hosts = Institution.objects.filter(is_active=True).exclude(pk=sender.pk)
        self.fields["staff"].queryset = staff_of(sender.pk)
        self.fields["host"].queryset = hosts
        rooms = Department.objects.filter(is_active=True, institution__in=hosts)
        self.fields["host_department"].queryset = rooms.select_related("institution")
        self.fields["host_department"].label_from_instance = lambda room: (
            f"{room.institution.short_name} · {room.name}"
        )

    def terms(self) -> Terms:
        """The terms as the service takes them."""
        data = {name: self.cleaned_data[name] for name in Terms.__dataclass_fields__}
        data["weekdays"] = tuple(data["weekdays"])
        return Terms(**data | {"allowance_fen": data["allowance_fen"] or 0})


def staff_of(institution: int) -> QuerySet[Staff]:
    """Who works at an institution, with department."""
    rows = Staff.objects.filter(institution=institution, is_active=True)
    return rows.select_related("department").order_by("department__code", "code")


class WhyForm(forms.Form):
    """A few words for the other side."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=300)


class EndForm(WhyForm):
    """The last day of service, and why."""

    ended_on = day_field(gettext_lazy("last day of service"))
    field_order = ["ended_on", "why"]


class FiguresForm(forms.Form):
    """What was done on the day."""

    patients_seen = WholeField(label=gettext_lazy("patients seen"), min_value=0, max_value=999)
    teaching_minutes = WholeField(
        label=gettext_lazy("teaching, minutes"), min_value=0, max_value=1440, initial=0
    )
    retained = WholeField(
        label=gettext_lazy("patients kept instead of referred"), min_value=0, max_value=999, initial=0
    )
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False)

    def figures(self) -> Figures:
        """As the service takes them."""
        return Figures(**self.cleaned_data)


class AbsentForm(forms.Form):
    """Why the day did not take place."""

    absence = forms.ChoiceField(label=gettext_lazy("reason"), choices=Visit.Absence.choices)
    why = forms.CharField(label=gettext_lazy("in words"), max_length=300, required=False)


class SwapForm(forms.Form):
    """Another day, another expert, or both."""

    day = day_field(gettext_lazy("new day"))
    staff = StaffField(label=gettext_lazy("expert"), queryset=Staff.objects.none(), empty_label=None)
    why = forms.CharField(label=gettext_lazy("why"), max_length=300)

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, initial={"day": visit.day, "staff": visit.staff_id}, **kwargs)
        self.fields["staff"].queryset = staff_of(visit.posting.sender_id)


class EvaluationForm(forms.Form):
    """One to five points for a month."""

    month = forms.CharField(label=gettext_lazy("month"), widget=forms.DateInput(attrs={"type": "month"}))
    attendance = forms.TypedChoiceField(
        label=gettext_lazy("attendance"), choices=POINTS, coerce=int, initial=5
    )
    service = forms.TypedChoiceField(label=gettext_lazy("service"), choices=POINTS, coerce=int, initial=5)
    teaching = forms.TypedChoiceField(label=gettext_lazy("teaching"), choices=POINTS, coerce=int, initial=5)
    words = forms.CharField(label=gettext_lazy("in words"), max_length=300, required=False)

    def clean_month(self) -> Month:
        """The month, of its text."""
        try:
            return Month.parse(self.cleaned_data["month"])
        except PeriodRefused as error:
            raise forms.ValidationError(worded(error)) from None


def asked_week(text: str, today: date) -> date:
    """The Monday of the week that holds the day in the address; of this week without a readable one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    day = min(max(day, date(2000, 1, 3)), date(2099, 12, 20))
    return date.fromordinal(day.toordinal() - day.weekday())
