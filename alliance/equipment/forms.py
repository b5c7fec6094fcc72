"""Forms of equipment: who the patient is, what is booked, and the few words of each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.equipment.models import Booking, Device, ExamItem, Outage
from alliance.equipment.services.steps import CancelReason
from alliance.models import Department, Institution, Membership, Staff
from alliance.web.form_fields import LocalTime, RowField, Rows, WholeField, YuanField
from alliance.web.person_fields import OptionalPersonFields


class DeviceFields(OptionalPersonFields, Rows):
    """Item, operator and safety questions of a device; what may be chosen comes from the device."""

    item = RowField(label=gettext_lazy("examination item"), required=False)
    operator = RowField(label=gettext_lazy("operator"), required=False)

    def __init__(self, *, device: Device, by: Membership, items: Sequence[ExamItem], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.device = device
        self.items = items
        self.row("item").offer(
            items, lambda one: _("%(name)s (%(n)d min)") % {"name": one.name, "n": one.minutes}
        )
        if device.skill:
            places = Q(institution=by.institution_id) | Q(institution=device.institution_id)
            self.row("operator").offer(list(Staff.objects.filter(places, is_active=True)), str)
            self.fields["operator"].required = device.operated_by == Device.Operator.USER
        else:
            del self.fields["operator"]
        for number, question in enumerate(device.questions):
            self.fields[f"safety_{number}"] = forms.BooleanField(label=question, required=False)

    @property
    def safety_names(self) -> list[str]:
        """The fields of the safety questions."""
        return [name for name in self.fields if name.startswith("safety_")]

    def clean(self) -> dict[str, Any]:
        """For a patient every safety question is confirmed, one by one."""
        data = super().clean()
        open_ones = [name for name in self.safety_names if self.patient_wanted() and not data.get(name)]
        for name in open_ones:
            self.add_error(name, _("Confirm this with the patient."))
        data["safety_confirmed"] = bool(self.safety_names) and not open_ones
        return data


class BookForm(DeviceFields):
    """A booking at a time that was chosen in the calendar."""

    starts_at = LocalTime(label=gettext_lazy("from"), widget=forms.HiddenInput)
    purpose = forms.ChoiceField(
        label=gettext_lazy("what for"), choices=Booking.Purpose.choices, initial=Booking.Purpose.PATIENT,
        required=False,
    )  # fmt: skip
    minutes = WholeField(
        label=gettext_lazy("minutes (teaching, maintenance)"), min_value=1, max_value=720, required=False
    )
    note = forms.CharField(label=gettext_lazy("note"), max_length=200, required=False)

    def __init__(self, *, device: Device, by: Membership, **kwargs: Any) -> None:
        super().__init__(device=device, by=by, **kwargs)
        if device.institution_id != by.institution_id:
            kept = [pair for pair in Booking.Purpose.choices if pair[0] != Booking.Purpose.MAINTENANCE]
            self.fields["purpose"].choices = kept  # type: ignore[attr-defined]

    def patient_wanted(self) -> bool:
        """Teaching and maintenance name nobody."""
        return (self.data.get("purpose") or Booking.Purpose.PATIENT) == Booking.Purpose.PATIENT

    def clean(self) -> dict[str, Any]:
        """The form speaks of the local clock. Without a patient there is no examination, but a length."""
        data = super().clean()
        data["purpose"] = data.get("purpose") or Booking.Purpose.PATIENT
        if not self.patient_wanted():
            data["item"] = None
            if not data.get("minutes") and "minutes" not in self.errors:
                self.add_error("minutes", _("Say how many minutes are needed, from 1 to 720."))
        return data


class WaitForm(DeviceFields):
    """A place in the queue between two times."""

    other_names = {"starts_at": "earliest"}
    earliest = LocalTime(label=gettext_lazy("not before"))
    latest = LocalTime(label=gettext_lazy("not after"))
    note = forms.CharField(label=gettext_lazy("note"), max_length=200, required=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["item"].required = True


class OutageForm(forms.Form):
    """From when to when a device is out, why, and what happens to the bookings inside."""

    kind = forms.ChoiceField(label=gettext_lazy("reason"), choices=Outage.Kind.choices)
    starts_at = LocalTime(label=gettext_lazy("from"))
    ends_at = LocalTime(label=gettext_lazy("until"))
    text = forms.CharField(label=gettext_lazy("in words"), max_length=200, required=False)
    move = forms.BooleanField(
        label=gettext_lazy("move the bookings inside to the next free time"), required=False, initial=True,
        help_text=gettext_lazy("Otherwise, and where nothing is free, their institutions are asked."),
    )  # fmt: skip


class CancelForm(forms.Form):
    """Why a booking is given up."""

    reason = forms.ChoiceField(label=gettext_lazy("reason"), choices=[("", "—"), *CancelReason.choices])
    text = forms.CharField(label=gettext_lazy("in words"), max_length=200, required=False)


class ShortenForm(forms.Form):
    """The earlier end."""

    ends_at = LocalTime(label=gettext_lazy("new end"))


class MoveForm(forms.Form):
    """The other time."""

    starts_at = LocalTime(label=gettext_lazy("from"))


class UseFields(Rows):
    """When a use began and ended, what was charged, who read it."""

    other_names = {"ends_at": "ended_at"}
    started_at = LocalTime(label=gettext_lazy("started"))
    ended_at = LocalTime(label=gettext_lazy("ended"))
    fee = YuanField(label=gettext_lazy("charged (yuan)"), required=False)
    result_ref = forms.CharField(label=gettext_lazy("result reference"), max_length=80, required=False)
    reader = RowField(label=gettext_lazy("reading institution"), required=False)
    collected_by = RowField(label=gettext_lazy("fee collected by"), required=False)

    def __init__(self, *args: Any, places: Sequence[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reader", "collected_by"):
            self.row(name).offer(places, lambda place: place.short_name)

    def log(self) -> dict[str, Any]:
        """The fields as the service takes them."""
        data = self.cleaned_data
        names = ("started_at", "ended_at", "result_ref", "reader", "collected_by")
        return {name: data[name] for name in names} | {"fee_fen": data["fee"]}


class UseForm(UseFields):
    """A use without a booking."""

    institution = RowField(label=gettext_lazy("using institution"))
    item = RowField(label=gettext_lazy("examination item"), required=False)
    item_name = forms.CharField(label=gettext_lazy("or what was done"), max_length=80, required=False)
    log_number = forms.CharField(label=gettext_lazy("number in the log"), max_length=60, required=False)
    field_order = ["institution", "item", "item_name", "started_at", "ended_at", "fee", "log_number"]

    def __init__(self, *args: Any, items: Sequence[ExamItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row("institution").offer(kwargs["places"], lambda place: place.short_name)
        self.row("item").offer(items, lambda one: one.name)


class RequestForm(Rows):
    """What an institution asks to buy, and why."""

    kind = forms.ChoiceField(label=gettext_lazy("kind of equipment"), choices=Device.Kind.choices)
    name = forms.CharField(label=gettext_lazy("device wanted"), max_length=80)
    estimate = YuanField(label=gettext_lazy("estimated cost (yuan)"))
    uses_a_month = WholeField(label=gettext_lazy("uses expected a month"), min_value=1, max_value=100_000)
    department = RowField(label=gettext_lazy("department"), required=False)
    shared = forms.BooleanField(
        label=gettext_lazy("will be open to other members"), required=False, initial=True
    )
    reason = forms.CharField(
        label=gettext_lazy("why it is needed"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, departments: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row("department").offer(departments, lambda one: one.name)


class TextForm(forms.Form):
    """A few words for the other side."""

    text = forms.CharField(
        label=gettext_lazy("why"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The other side reads it."),
    )  # fmt: skip
