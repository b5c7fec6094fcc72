"""Forms of a consultation: the question, and the few words of each step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.forms import scan_limit, scan_type
from alliance.lib import money
from alliance.lib.register import Shape
from alliance.models import Department, Institution, Staff
from alliance.web.parameter_values import text as in_words
from referrals.consultations import reasons, services
from referrals.consultations.models import BY_CENTRES, Concordance, Consultation, Kind, Urgency
from referrals.forms import PersonFields, departments_of

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
    examined_at = forms.DateTimeField(
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


class StepForm(forms.Form):
    """Base of the steps' forms: what may be chosen depends on the consultation."""

    def __init__(self, *args: Any, consultation: Consultation, **more: Any) -> None:
        super().__init__(*args, **more)
        self.consultation = consultation


def doctors_of(consultation: Consultation) -> list[Staff]:
    """Who may answer: doctors and technicians of the department asked, else of the institution."""
    able = Staff.objects.filter(
        institution=consultation.target_institution_id, is_active=True,
        kind__in=[Staff.Kind.DOCTOR, Staff.Kind.TECHNICIAN],
    )  # fmt: skip
    here = list(able.filter(department=consultation.target_department_id)[:DOCTORS_OFFERED])
    if consultation.target_department_id and here:
        return here
    return list(able.select_related("department")[:DOCTORS_OFFERED])


class AcceptForm(StepForm):
    """Who answers."""

    assigned_to = forms.TypedChoiceField(
        label=gettext_lazy("answering doctor"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.doctors = {doctor.pk: doctor for doctor in doctors_of(self.consultation)}
        choices = [(pk, f"{doctor.name} {doctor.title}".strip()) for pk, doctor in self.doctors.items()]
        self.fields["assigned_to"].choices = [("", _("myself")), *choices]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"doctor": self.doctors.get(self.cleaned_data["assigned_to"])}


class AnswerForm(StepForm):
    """What the answering doctor writes."""

    findings = forms.CharField(
        label=gettext_lazy("findings of the examination"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    conclusion = forms.CharField(label=gettext_lazy("conclusion"), widget=forms.Textarea(attrs=LONG))
    advice = forms.CharField(
        label=gettext_lazy("advice"), required=False, widget=forms.Textarea(attrs=LONG),
        help_text=gettext_lazy("The asking doctor reads it at once; it cannot be changed afterwards."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class MissingForm(StepForm):
    """What is missing."""

    missing = forms.CharField(
        label=gettext_lazy("what is missing"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The clock stands until it is sent again."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class DeclineForm(StepForm):
    """Why the answering side says no."""

    decline_reason = forms.ChoiceField(label=gettext_lazy("reason for saying no"))
    decline_text = forms.CharField(
        label=gettext_lazy("in words"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["decline_reason"].choices = [("", "—"), *reasons.choices("decline")]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return {"reason": self.cleaned_data["decline_reason"], "text": self.cleaned_data["decline_text"]}


class CloseForm(StepForm):
    """What became of the patient, and whether the own impression agreed with the answer."""

    outcome = forms.ChoiceField(label=gettext_lazy("what became of the patient"), widget=forms.RadioSelect)
    outcome_text = forms.CharField(label=gettext_lazy("in words"), max_length=300, required=False)
    verdict = forms.ChoiceField(
        label=gettext_lazy("own impression against the answer"), widget=forms.RadioSelect,
        choices=Concordance.Verdict.choices,
    )  # fmt: skip
    verdict_text = forms.CharField(label=gettext_lazy("what differs"), max_length=300, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["outcome"].choices = reasons.choices("outcome")  # type: ignore[attr-defined]
        if not self.consultation.impression:
            del self.fields["verdict"], self.fields["verdict_text"]

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {
            "outcome": data["outcome"], "text": data["outcome_text"], "verdict": data.get("verdict", ""),
            "verdict_text": data.get("verdict_text", ""),
        }  # fmt: skip


class NoteForm(StepForm):
    """A few words for the other side."""

    note = forms.CharField(
        label=gettext_lazy("why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The other side reads it."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


STEP_FORMS: Mapping[str, type[Any]] = {
    "accept": AcceptForm,
    "answer": AnswerForm,
    "send_back": MissingForm,
    "decline": DeclineForm,
    "close": CloseForm,
    "cancel": NoteForm,
}


class ProofForm(forms.Form):
    """The final proof that came later: operation, pathology, follow-up."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("answer against the final proof"), widget=forms.RadioSelect,
        choices=Concordance.Verdict.choices,
    )  # fmt: skip
    verdict_text = forms.CharField(
        label=gettext_lazy("what the final proof was"), max_length=300,
        help_text=gettext_lazy("As in: postoperative pathology, adenocarcinoma"),
    )  # fmt: skip


class FileForm(forms.Form):
    """One more file."""

    file = forms.FileField(label=gettext_lazy("file"), help_text=FILE_HELP)

    def clean_file(self) -> Any:
        """A scan by content."""
        return clean_scan(self.cleaned_data["file"])


class CentreForm(forms.Form):
    """Which department serves others, and what with."""

    department = forms.TypedChoiceField(label=gettext_lazy("department"), coerce=int)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("serves with"), widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, kind.label) for kind in BY_CENTRES],
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("takes orders"), required=False, initial=True)

    def __init__(self, *, departments: Mapping[int, Department], **more: Any) -> None:
        super().__init__(**more)
        self.departments = departments
        names = [(pk, f"{row.institution.short_name} {row.name}") for pk, row in departments.items()]
        self.fields["department"].choices = [("", "—"), *names]  # type: ignore[attr-defined]


class FeeForm(forms.Form):
    """What a kind costs from a day on."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=Kind.choices)
    institution = forms.TypedChoiceField(
        label=gettext_lazy("only when answered by"), coerce=int, required=False, empty_value=None
    )
    yuan = forms.CharField(
        label=gettext_lazy("fee (yuan)"), max_length=20,
        widget=forms.TextInput(attrs={"class": "num", "inputmode": "decimal"}),
    )  # fmt: skip
    from_date = forms.DateField(
        label=gettext_lazy("holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(label=gettext_lazy("document of the fee"), max_length=200)

    def __init__(self, *, institutions: Mapping[int, Institution], **more: Any) -> None:
        super().__init__(**more)
        self.institutions = institutions
        names = [(pk, row.short_name) for pk, row in institutions.items()]
        self.fields["institution"].choices = [("", _("all institutions")), *names]  # type: ignore[attr-defined]

    def clean_yuan(self) -> int:
        """Whole fen."""
        try:
            return money.fen(self.cleaned_data["yuan"])
        except money.MoneyRefused as refused:
            raise forms.ValidationError(_(refused.template) % refused.params) from None


class LinkForm(forms.Form):
    """A referral of the same patient."""

    referral = forms.TypedChoiceField(label=gettext_lazy("referral"), coerce=int)

    def __init__(self, *args: Any, referrals: Mapping[int, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["referral"].choices = list(referrals.items())  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """Where rehabilitation begins."""

    plan = forms.CharField(
        label=gettext_lazy("plan of rehabilitation"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ResultForm(forms.Form):
    """How rehabilitation went."""

    result = forms.CharField(
        label=gettext_lazy("result of rehabilitation"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("With it the line is completed."),
    )  # fmt: skip


class ClosingForm(forms.Form):
    """How the line ended without rehabilitation."""

    closing = forms.CharField(
        label=gettext_lazy("how it ended"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
