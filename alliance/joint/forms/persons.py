"""Forms about persons of joint projects."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.joint.forms.common import PlaceField, StaffField, WhyForm, day_field
from alliance.joint.models import Enrolment, Milestone
from alliance.joint.services import Entry
from alliance.models import Institution, Membership
from alliance.web.person_fields import PersonFields


class EnrolForm(PersonFields):
    """Who is looked after together with whom, since when."""

    other_names = {"hospital": "other", "primary": "other"}

    first_day = day_field(gettext_lazy("day of the first diagnosis"))
    other = PlaceField(label=gettext_lazy("other institution"))
    doctor = StaffField(label=gettext_lazy("our doctor"), required=False)

    def __init__(self, *args: Any, here: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.here, self.is_primary = here, here.level == Institution.Level.PRIMARY
        others = Institution.objects.filter(is_active=True).exclude(pk=here.pk)
        primary = {"level": Institution.Level.PRIMARY}
        found = others.exclude(**primary) if self.is_primary else others.filter(**primary)
        self.fields["other"].queryset = found.order_by("pinyin", "code")
        if self.is_primary:
            self.fields["other"].label = gettext_lazy("hospital")
        else:
            self.fields["other"].label = gettext_lazy("primary institution")
        self.fields["doctor"].offer(here.pk, "doctor")

    def entry(self, by: Membership) -> Entry:
        """As the service takes it; stores the patient when new."""
        person, data = self.named_person(by), self.cleaned_data
        pair = (data["other"], self.here) if self.is_primary else (self.here, data["other"])
        return Entry(person, *pair, data["first_day"], data["doctor"])


class SheetForm(forms.Form):
    """A sheet of persons."""

    sheet = forms.FileField(
        label=gettext_lazy("sheet (csv, xlsx)"),
        help_text=gettext_lazy(
            "Columns: name, ID number (or sex and date of birth), day of the first diagnosis, code of the "
            "other institution; phone and staff number of our doctor where known."
        ),
    )


class FinishForm(forms.Form):
    """When a step was done, by whom, what came of it."""

    day = day_field(gettext_lazy("done on"))
    doctor = StaffField(label=gettext_lazy("done by"))
    note = forms.CharField(
        label=gettext_lazy("plan or result"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, milestone: Milestone, today: date, **kwargs: Any) -> None:
        doctor = getattr(milestone.enrolment, f"{milestone.side}_doctor_id")
        kwargs.setdefault("auto_id", f"step-{milestone.pk}-%s")
        super().__init__(*args, initial={"day": today, "doctor": doctor}, **kwargs)
        self.fields["doctor"].offer(milestone.at_id, "doctor", "nurse")


class DoctorForm(forms.Form):
    """The own side's doctor."""

    doctor = StaffField(label=gettext_lazy("our doctor"))

    def __init__(self, *args: Any, here: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doctor"].offer(here, "doctor")


class WithdrawForm(WhyForm):
    """Why and when a person leaves."""

    reason = forms.ChoiceField(label=gettext_lazy("reason"), choices=Enrolment.Reason.choices)
    withdrawn_on = day_field(gettext_lazy("left the project on"))
    field_order = ("reason", "withdrawn_on", "why")
