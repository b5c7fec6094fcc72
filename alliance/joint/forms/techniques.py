"""Forms about techniques, their subsidies and cases."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from alliance.joint.forms.common import PlaceField, StaffField, day_field
from alliance.joint.models import Source, Technique
from alliance.joint.services import NewTechnique, Performed
from alliance.models import Institution, Membership
from alliance.web.form_fields import YuanField
from alliance.web.person_fields import OptionalPersonFields


class SubsidyForm(forms.Form):
    """What a case is paid from a day on, and who decided it."""

    fen = YuanField(label=gettext_lazy("subsidy for a case, yuan"))
    from_day = day_field(gettext_lazy("holds from"))
    decided_by = forms.CharField(label=gettext_lazy("decided by (body or document)"), max_length=80)


class TechniqueForm(SubsidyForm):
    """What a technique is and who pays."""

    code = forms.CharField(label=gettext_lazy("code"), max_length=20)
    name = forms.CharField(label=gettext_lazy("name"), max_length=60)
    note = forms.CharField(
        label=gettext_lazy("indication and conditions"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    source = forms.ChoiceField(label=gettext_lazy("paid from"), choices=Source.choices)
    payer = PlaceField(
        label=gettext_lazy("paying institution"), required=False,
        help_text=gettext_lazy("Only where an institution pays."),
    )  # fmt: skip
    field_order = ("code", "name", "source", "payer", "fen", "from_day", "decided_by", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"].queryset = Institution.objects.filter(is_active=True).order_by("pinyin", "code")

    def new(self) -> NewTechnique:
        """As the service takes it."""
        return NewTechnique(**self.cleaned_data)


class LicenceForm(forms.Form):
    """Which institution may do it, from when."""

    institution = PlaceField(label=gettext_lazy("institution"))
    from_day = day_field(gettext_lazy("holds from"))

    def __init__(self, *args: Any, technique: Technique, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = technique.licences.filter(ended_on=None).values("institution")
        rows = Institution.objects.filter(is_active=True).exclude(pk__in=there).exclude(pk=technique.payer_id)
        self.fields["institution"].queryset = rows.order_by("pinyin", "code")


class EndLicenceForm(forms.Form):
    """The last day an institution does the technique."""

    day = day_field(gettext_lazy("last day"))


class CaseForm(OptionalPersonFields):
    """One case of the own institution: a record number, or who the patient is."""

    technique = forms.ModelChoiceField(
        label=gettext_lazy("appropriate technique"), queryset=Technique.objects.none()
    )
    day = day_field(gettext_lazy("day"))
    operator = StaffField(label=gettext_lazy("operator"))
    record_no = forms.CharField(
        label=gettext_lazy("record number"), max_length=40, required=False,
        help_text=gettext_lazy("With it, the patient need not be named."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False)
    field_order = (
        "technique", "day", "operator", "record_no", "id_number", "name", "sex", "birth_date", "phone",
        "note",
    )  # fmt: skip

    def __init__(self, *args: Any, here: int, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"day": today}, **kwargs)
        self.fields["technique"].queryset = open_at(here)
        self.fields["operator"].offer(here, "doctor", "nurse", "technician")

    def patient_wanted(self) -> bool:
        """A patient is named where anything of one is filled in."""
        return any(self.data.get(self.add_prefix(name)) for name in ("name", "id_number", "birth_date"))

    def performed(self, by: Membership) -> Performed:
        """As the service takes it; stores the patient when new."""
        data = self.cleaned_data
        return Performed(data["operator"], data["day"], self.person(by), data["record_no"], data["note"])


def open_at(institution_id: int) -> QuerySet[Technique]:
    """The techniques an institution may do."""
    rows: QuerySet[Technique] = Technique.objects.filter(
        state=Technique.State.OPEN, licences__institution=institution_id
    )
    return rows.distinct().order_by("code")
