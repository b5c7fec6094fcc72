"""The question: what the asking house writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib.register import Shape
from alliance.models import Department, Institution
from alliance.web.form_fields import MomentField
from alliance.web.parameter_values import text as in_words
from alliance.web.person_fields import PersonFields
from referrals.consultations import services
from referrals.consultations.models import BY_CENTRES, Consultation, Kind, Urgency
from referrals.forms import departments_of

LONG = {"rows": 3}
RULE = Shape("rule")
FILE_HELP = gettext_lazy("PDF, PNG or JPEG")
DOCTORS_OFFERED = 200


def clean_scan(file: Any) -> Any:
    """A scan by its content, not larger than the limit; None without one."""
    if file is None:
        return None
    if (file.size or 0) > scan_limit():
        raise forms.ValidationError(
            _("The file has more than %(mib)s MiB. Scan it smaller.") % {"mib": scan_limit() >> 20}
        )
    if scan_type(file) is None:
        raise forms.ValidationError(_("This is no PDF, PNG or JPEG."))
    return file


class QuestionFields(forms.Form):
    """What the asker may still change until somebody has taken it on."""

    question = forms.CharField(
        label=gettext_lazy("question for the specialist"), widget=forms.Textarea(attrs=LONG),
        help_text=gettext_lazy("What do you want to know?"),
    )  # fmt: skip
    diagnosis_name = forms.CharField(label=gettext_lazy("preliminary diagnosis"), max_length=100)
    diagnosis_code = forms.CharField(
        label=gettext_lazy("diagnosis code"), max_length=20, required=False,
        help_text=gettext_lazy("As in I50.900"),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )  # fmt: skip
    summary = forms.CharField(
        label=gettext_lazy("history and findings"), required=False, widget=forms.Textarea(attrs=LONG)
    )
    examination = forms.CharField(
        label=gettext_lazy("examination or test"), max_length=100,
        help_text=gettext_lazy("As in chest CT, plain"),
    )  # fmt: skip
    examined_at = MomentField(
        label=gettext_lazy("examined at"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    reference = forms.CharField(
        label=gettext_lazy("image or specimen number"), max_length=200, required=False,
        help_text=gettext_lazy("The number or address under which the images stand."),
    )  # fmt: skip
    impression = forms.CharField(
        label=gettext_lazy("own impression"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What you think yourself; the answer is compared with it afterwards."),
    )  # fmt: skip
    contact_phone = forms.CharField(
        label=gettext_lazy("doctor's phone"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip

    def fit(self, kind: str) -> None:
        """A consultation may come without an examination; a reading needs one."""
        self.fields["examination"].required = kind in BY_CENTRES


class AskForm(QuestionFields, PersonFields):
    """A new consultation of one kind. What may be chosen comes from the view."""

    target = forms.ChoiceField(label=gettext_lazy("who answers"))
    urgency = forms.ChoiceField(
        label=gettext_lazy("urgency"), initial=Urgency.ORDINARY, widget=forms.RadioSelect
    )
    consent = forms.BooleanField(
        label=gettext_lazy("the patient agrees to the consultation and to sharing the record"), required=False
    )
    file = forms.FileField(label=gettext_lazy("file"), required=False, help_text=FILE_HELP)

    def __init__(
        self, *, kind: str, limits: Mapping[str, str], targets: QuerySet[Institution], **more: Any
    ) -> None:
        super().__init__(**more)
        self.kind = kind
        self.fit(kind)
        self.targets = {target.pk: target for target in targets}
        self.departments: dict[int, Department] = self._departments()
        self.fields["target"].choices = self._target_choices()  # type: ignore[attr-defined]
        self.fields["urgency"].choices = [  # type: ignore[attr-defined]
            (value, _("%(urgency)s (%(limit)s)") % {"urgency": label, "limit": in_words(RULE, limits[value])})
            for value, label in Urgency.choices
        ]

    def clean_file(self) -> Any:
        """A scan by content."""
        return clean_scan(self.cleaned_data["file"])

    def content(self) -> services.Question:
        """What the asker wrote, of a valid form."""
        data = self.cleaned_data
        letter, pk = data["target"][0], int(data["target"][1:])
        department = self.departments[pk] if letter == "d" else None
        target = self.targets[department.institution_id if department else pk]
        return services.Question(
            kind=self.kind, target_institution=target, target_department=department,
            urgency=data["urgency"], consent=data["consent"], **written(data),
        )  # fmt: skip

    def _departments(self) -> dict[int, Department]:
        if self.kind == Kind.CONSULTATION:
            return departments_of(self.targets)
        served = [centre.department for centre in services.serving(self.kind)]
        return {row.pk: row for row in served if row.institution_id in self.targets}

    def _target_choices(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("", "—")]
        for target in self.targets.values():
            rooms = [
                (f"d{row.pk}", f"{target.short_name} {row.name}")
                for row in self.departments.values()
                if row.institution_id == target.pk
            ]
            if self.kind == Kind.CONSULTATION:
                any_room = _("%(place)s, any department") % {"place": target.short_name}
                rooms.insert(0, (f"i{target.pk}", any_room))
            if rooms:
                found.append((target.name, rooms))
        return found


class AmendForm(QuestionFields):
    """A question nobody has taken on yet, with the version it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *, consultation: Consultation, **more: Any) -> None:
        initial = {name: getattr(consultation, name) for name in QuestionFields.base_fields}
        super().__init__(initial=initial | {"version": consultation.version}, **more)
        self.consultation = consultation
        self.fit(consultation.kind)

    def content(self) -> services.Question:
        """The question with what was changed, of a valid form."""
        row = self.consultation
        return services.Question(
            kind=row.kind, target_institution=row.target_institution,
            target_department=row.target_department, **written(self.cleaned_data),
        )  # fmt: skip


def written(data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `QuestionFields` out of cleaned data."""
    return {name: data.get(name, "") for name in QuestionFields.base_fields}
