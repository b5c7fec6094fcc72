"""Forms of training."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Staff
from alliance.training.models import Attendance, Session
from alliance.training.services import Plan, Presence
from alliance.web.form_fields import DayField, MomentField, WholeField, YuanField
from alliance.web.place_fields import StaffField


def moment_field(label: Any) -> forms.DateTimeField:
    """A day and a time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return MomentField(label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


class PlanForm(forms.Form):
    """What a session is."""

    title = forms.CharField(label=gettext_lazy("title of the session"), max_length=100)
    topic = forms.CharField(label=gettext_lazy("topic"), max_length=60, required=False)
    tier = forms.ChoiceField(
        label=pgettext_lazy("training", "policy training for"), required=False,
        choices=[("", pgettext_lazy("training", "no policy training")), *Session.Tier.choices],
    )  # fmt: skip
    course = forms.ChoiceField(
        label=pgettext_lazy("training", "kind of course"), required=False,
        choices=[("", pgettext_lazy("training", "another course")), *Session.Course.choices],
    )  # fmt: skip
    teacher = forms.CharField(label=gettext_lazy("teacher"), max_length=60)
    mode = forms.ChoiceField(
        label=gettext_lazy("mode of training"), choices=Session.Mode.choices, widget=forms.RadioSelect,
        initial=Session.Mode.ONSITE,
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("place or link"), max_length=200, required=False)
    starts_at = moment_field(gettext_lazy("begins"))
    ends_at = moment_field(gettext_lazy("ends"))
    pass_mark = WholeField(
        label=gettext_lazy("pass mark of 100"), min_value=0, max_value=100, required=False,
        help_text=gettext_lazy("Empty: without an examination."),
    )  # fmt: skip

    def plan(self) -> Plan:
        """As the service takes it."""
        return Plan(**self.cleaned_data)


class AttendForm(forms.Form):
    """One of the own staff."""

    staff = StaffField(label=gettext_lazy("staff member"), queryset=Staff.objects.none())
    minutes = WholeField(label=gettext_lazy("minutes"), min_value=1)
    way = forms.ChoiceField(label=gettext_lazy("way"), choices=Attendance.Way.choices)
    points = WholeField(label=gettext_lazy("points of 100"), min_value=0, max_value=100, required=False)

    def __init__(self, *args: Any, session: Session, institution: int, **kwargs: Any) -> None:
        usual = "online" if session.mode == Session.Mode.ONLINE else "onsite"
        super().__init__(*args, initial={"minutes": session.minutes, "way": usual}, **kwargs)
        there = session.attendances.filter(voided_at=None).values("staff")
        own = Staff.objects.filter(institution=institution, is_active=True).exclude(pk__in=there)
        fields: dict[str, Any] = self.fields
        fields["staff"].offer(own)
        if session.mode != Session.Mode.BOTH:
            self.fields["way"].widget = forms.HiddenInput()
        if session.pass_mark is None:
            del self.fields["points"]

    def presence(self) -> Presence:
        """As the service takes it."""
        return Presence(**self.cleaned_data)


class SheetForm(forms.Form):
    """A sheet with the own staff."""

    sheet = forms.FileField(
        label=gettext_lazy("sheet (csv, xlsx)"),
        help_text=gettext_lazy("Columns: staff number, minutes; way and points where they apply."),
    )


class WhyForm(forms.Form):
    """A few words."""

    why = forms.CharField(label=gettext_lazy("why"), max_length=300)


class SpendForm(forms.Form):
    """A payment of the fund."""

    day = DayField(
        label=gettext_lazy("day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    fen = YuanField(label=gettext_lazy("amount, yuan"))
    purpose = forms.CharField(label=pgettext_lazy("training fund", "purpose"), max_length=200)
    voucher = forms.CharField(label=gettext_lazy("voucher number"), max_length=40)
    staff = StaffField(label=gettext_lazy("for"), queryset=Staff.objects.none(), required=False)

    def __init__(self, *args: Any, institution: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["staff"].offer(Staff.objects.filter(institution=institution, is_active=True))
