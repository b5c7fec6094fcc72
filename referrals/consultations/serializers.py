"""What the API of consultations takes and gives; alliance, state and times are never written."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.lib.identity import mask_name
from alliance.models import Membership, Staff
from alliance.web.form_fields import served
from alliance.web.person_body import PatientBody
from referrals.consultations import services
from referrals.consultations.models import Concordance, Consultation, Kind, Urgency
from referrals.serializers import InstitutionByCode, department
from referrals.shown import PersonShown

TEXTS = (
    "question", "diagnosis_name", "diagnosis_code", "summary", "examination", "reference", "impression",
    "contact_phone",
)  # fmt: skip


class QuestionBody(serializers.Serializer[Any]):
    """What the asker writes."""

    question = serializers.CharField()
    diagnosis_name = serializers.CharField(max_length=100)
    diagnosis_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    summary = serializers.CharField(required=False, allow_blank=True)
    examination = serializers.CharField(max_length=100, required=False, allow_blank=True)
    examined_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, validators=[served]
    )
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True)
    impression = serializers.CharField(required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=20, required=False, allow_blank=True)


class AskBody(QuestionBody):
    """A new consultation: of whom, for which patient."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    urgency = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.ORDINARY)
    patient = PatientBody()
    target_institution = InstitutionByCode()
    target_department = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")
    consent = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A department of the target by its code."""
        attrs["target_department"] = department(attrs["target_institution"], attrs["target_department"])
        return attrs

    def content(self) -> services.Question:
        """The body as the service takes it."""
        data = self.validated_data
        whole = ("kind", "urgency", "target_institution", "target_department", "consent", "examined_at")
        return services.Question(
            **{name: data.get(name, "") for name in TEXTS}, **{name: data[name] for name in whole}
        )


class ChangeBody(QuestionBody):
    """Fields to change; what is not sent stays. `version` is the one that was read."""

    version = serializers.IntegerField(min_value=1)
    question = serializers.CharField(required=False)
    diagnosis_name = serializers.CharField(max_length=100, required=False)
    examined_at = serializers.DateTimeField(required=False, allow_null=True, validators=[served])

    def over(self, row: Consultation) -> services.Question:
        """The stored question with the sent fields put over it."""
        data = self.validated_data
        return services.Question(
            kind=row.kind, target_institution=row.target_institution,
            target_department=row.target_department,
            **{name: data.get(name, getattr(row, name)) for name in (*TEXTS, "examined_at")},
        )  # fmt: skip


class StepBody(serializers.Serializer[Any]):
    """The words of a step; each takes those that belong to it."""

    version = serializers.IntegerField(min_value=1, required=False)
    doctor = serializers.CharField(
        max_length=20, required=False, default="", help_text="accept: staff number of who answers"
    )
    findings = serializers.CharField(required=False, default="", allow_blank=True)
    conclusion = serializers.CharField(required=False, default="", allow_blank=True)
    advice = serializers.CharField(required=False, default="", allow_blank=True)
    missing = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    decline_reason = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    decline_text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    outcome = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    outcome_text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    verdict = serializers.CharField(max_length=8, required=False, default="", allow_blank=True)
    verdict_text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)

    def arguments(self, step: str, row: Consultation) -> dict[str, Any]:
        """The arguments of the step's service."""
        data = self.validated_data
        said = {"version": data.get("version")}
        if step == "accept":
            return said | {"doctor": _doctor(row, data["doctor"])}
        if step == "answer":
            return said | {name: data[name] for name in ("findings", "conclusion", "advice")}
        if step == "decline":
            return said | {"reason": data["decline_reason"], "text": data["decline_text"]}
        if step == "close":
            return said | {
                "outcome": data["outcome"], "text": data["outcome_text"], "verdict": data["verdict"],
                "verdict_text": data["verdict_text"],
            }  # fmt: skip
        name = "missing" if step == "send_back" else "note"
        return said | {name: data[name]}


def _doctor(row: Consultation, code: str) -> Staff | None:
    if not code:
        return None
    found = Staff.objects.filter(institution=row.target_institution_id, code=code, is_active=True).first()
    if found is None:
        sentence = _("Nobody with the staff number “%(code)s” works at your institution.")
        raise serializers.ValidationError({"doctor": [sentence % {"code": code}]})
    return found


class ConcordanceShown(serializers.Serializer[Concordance]):
    """One comparison."""

    basis = serializers.CharField(read_only=True)
    verdict = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    recorded_at = serializers.DateTimeField(read_only=True)


class ConsultationLine(serializers.Serializer[Consultation]):
    """A consultation in a list."""

    id = serializers.IntegerField(read_only=True)
    number = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    urgency = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    patient = serializers.SerializerMethodField()
    origin_institution = serializers.CharField(source="origin_institution.code", read_only=True)
    target_institution = serializers.CharField(source="target_institution.code", read_only=True)
    target_department = serializers.CharField(source="target_department.code", read_only=True, default=None)
    assigned_to = serializers.CharField(source="assigned_to.code", read_only=True, default=None)
    examination = serializers.CharField(read_only=True)
    asked_at = serializers.DateTimeField(read_only=True)
    answer_due_at = serializers.DateTimeField(read_only=True)
    answered_at = serializers.DateTimeField(read_only=True)

    def get_patient(self, row: Consultation) -> str:
        return mask_name(row.person.name)


class ConsultationPage(ConsultationLine):
    """A consultation with everything that was written, and the steps this member may take now."""

    person = serializers.SerializerMethodField()
    question = serializers.CharField(read_only=True)
    diagnosis_code = serializers.CharField(read_only=True)
    diagnosis_name = serializers.CharField(read_only=True)
    summary = serializers.CharField(read_only=True)
    examined_at = serializers.DateTimeField(read_only=True)
    reference = serializers.CharField(read_only=True)
    impression = serializers.CharField(read_only=True)
    contact_phone = serializers.CharField(read_only=True)
    consent = serializers.BooleanField(read_only=True)
    answer_rule = serializers.CharField(read_only=True)
    missing = serializers.CharField(read_only=True)
    decline_reason = serializers.CharField(read_only=True)
    decline_text = serializers.CharField(read_only=True)
    findings = serializers.CharField(read_only=True)
    conclusion = serializers.CharField(read_only=True)
    advice = serializers.CharField(read_only=True)
    outcome = serializers.CharField(read_only=True)
    outcome_text = serializers.CharField(read_only=True)
    concordances = ConcordanceShown(many=True, read_only=True)
    steps = serializers.SerializerMethodField()

    def _member(self) -> Membership:
        member: Membership = self.context["member"]
        return member

    @extend_schema_field(PersonShown)
    def get_person(self, row: Consultation) -> dict[str, Any]:
        full = row.side_of(self._member()) != ""
        return dict(PersonShown(row.person, context={"full": full}).data)

    def get_steps(self, row: Consultation) -> list[str]:
        return [step.name for step in row.steps_for(self._member())]


class ConsultationConflict(serializers.Serializer[Any]):
    """409: the row as it is now, and what was sent."""

    error = serializers.CharField()
    stored = ConsultationPage()
    sent = serializers.DictField()
