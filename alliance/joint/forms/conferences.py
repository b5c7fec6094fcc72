"""Forms about case conferences and research."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.forms import scan_limit, scan_type
from alliance.joint.forms.common import StaffField, day_field
from alliance.joint.models import Conference
from alliance.joint.services import Meeting, Question, Study
from alliance.models import Institution, Membership
from alliance.services.files import Upload
from alliance.web.form_fields import MomentField
from alliance.web.person_fields import OptionalPersonFields


class MeetingForm(forms.Form):
    """What a conference is about, when, where."""

    topic = forms.CharField(
        label=gettext_lazy("topic"), max_length=100,
        help_text=gettext_lazy("All institutions read it: no names or numbers of patients."),
    )  # fmt: skip
    starts_at = MomentField(
        label=gettext_lazy("begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    place = forms.CharField(label=gettext_lazy("place or link"), max_length=200, required=False)

    def meeting(self) -> Meeting:
        """As the service takes it."""
        return Meeting(**self.cleaned_data)


class PresentForm(forms.Form):
    """One of the own staff who takes part."""

    staff = StaffField(label=gettext_lazy("staff member"))

    def __init__(self, *args: Any, conference: Conference, here: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].offer(here)
        there = conference.participants.filter(voided_at=None).values("staff")
        self.fields["staff"].queryset = self.fields["staff"].queryset.exclude(pk__in=there)


class QuestionForm(OptionalPersonFields):
    """One case of the own institution: a record number, or who the patient is; what is asked."""

    question = forms.CharField(
        label=gettext_lazy("question"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    record_no = forms.CharField(
        label=gettext_lazy("record number"), max_length=40, required=False,
        help_text=gettext_lazy("With it, the patient need not be named."),
    )  # fmt: skip
    field_order = ("question", "record_no", "id_number", "name", "sex", "birth_date", "phone")

    def patient_wanted(self) -> bool:
        """A patient is named where anything of one is filled in."""
        return any(self.data.get(self.add_prefix(name)) for name in ("name", "id_number", "birth_date"))

    def asked(self, by: Membership) -> Question:
        """As the service takes it; stores the patient when new."""
        return Question(self.cleaned_data["question"], self.person(by), self.cleaned_data["record_no"])


class HoldForm(forms.Form):
    """When it took place, what was said."""

    held_on = day_field(gettext_lazy("held on"))
    minutes = forms.CharField(
        label=gettext_lazy("minutes of the conference"), max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip


class PaperForm(forms.Form):
    """Scanned minutes or slides."""

    paper = forms.FileField(label=gettext_lazy("scan"), help_text=gettext_lazy("PDF, PNG or JPEG"))

    def clean_paper(self) -> Any:
        """A scan by content, not larger than the limit."""
        file = self.cleaned_data["paper"]
        if (file.size or 0) > scan_limit():
            raise forms.ValidationError(
                _("The file has more than %(mib)s MiB. Scan it smaller.") % {"mib": scan_limit() >> 20}
            )
        if scan_type(file) is None:
            raise forms.ValidationError(_("This is no PDF, PNG or JPEG."))
        return file

    def scan(self) -> Upload:
        """As the service takes it."""
        file = self.cleaned_data["paper"]
        return Upload(file.name, file.chunks(), scan_type(file) or "", scan_limit())


class StudyForm(forms.Form):
    """A research project led by the own institution."""

    title = forms.CharField(label=gettext_lazy("title of the project"), max_length=150)
    number = forms.CharField(label=gettext_lazy("project number"), max_length=60)
    funded_by = forms.CharField(label=gettext_lazy("funded by"), max_length=80, required=False)
    leader = StaffField(label=gettext_lazy("leader"))
    first_day = day_field(gettext_lazy("first day"))
    last_day = day_field(gettext_lazy("last day"))
    partners = forms.ModelMultipleChoiceField(
        label=gettext_lazy("partner institutions"), queryset=Institution.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, here: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].offer(here)
        others = Institution.objects.filter(is_active=True).exclude(pk=here)
        others = others.exclude(kind=Institution.Kind.VILLAGE)
        self.fields["partners"].queryset = others.order_by("pinyin", "code")
        self.fields["partners"].label_from_instance = lambda one: one.short_name

    def study(self) -> Study:
        """As the service takes it."""
        return Study(**{**self.cleaned_data, "partners": list(self.cleaned_data["partners"])})


class EndStudyForm(forms.Form):
    """When it ended and with which result."""

    ended_on = day_field(gettext_lazy("ended on"))
    finished = forms.TypedChoiceField(
        label=gettext_lazy("state"), coerce=lambda word: word == "yes",
        choices=[("yes", gettext_lazy("finished")), ("no", gettext_lazy("stopped"))],
    )  # fmt: skip
    result = forms.CharField(
        label=gettext_lazy("result"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, today: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"ended_on": today}, **kwargs)
