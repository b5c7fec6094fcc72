"""What the API of referrals takes: every field named, alliance, state and times never written."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.models import Department, Institution, Person
from alliance.web.form_fields import served
from alliance.web.person_body import PatientBody
from referrals import services
from referrals.models import FollowUp, Referral

WRITTEN = (
    "reason",
    "reason_text",
    "diagnosis_code",
    "diagnosis_name",
    "summary",
    "past_history",
    "findings",
    "treatment",
    "cautions",
    "next_plan",
    "medication",
    "discharge_summary",
    "follow_up_plan",
    "record_no",
    "ehr_number",
    "insurance",
    "insurance_no",
    "address",
    "target_doctor",
    "transport",
    "contact_phone",
    "consent_by",
)
# What is no text, with the value of what is not sent.
PLAIN = {"high_risk": False, "green_channel": False, "expected_at": None}


@extend_schema_field(OpenApiTypes.STR)
class InstitutionByCode(serializers.SlugRelatedField[Institution]):
    """An institution of the alliance by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", **kwargs)

    def get_queryset(self) -> QuerySet[Institution]:
        return Institution.objects.filter(is_active=True)


@extend_schema_field(OpenApiTypes.INT)
class KnownPerson(serializers.PrimaryKeyRelatedField[Person]):
    """A patient the member's institution has sent or received before; others do not even seem to exist."""

    def get_queryset(self) -> QuerySet[Person]:
        seen = Referral.objects.visible_to(self.context["member"]).values("person")
        return Person.objects.filter(pk__in=seen)


class ContentBody(serializers.Serializer[Any]):
    """What the sender writes."""

    reason = serializers.CharField(max_length=24)
    reason_text = serializers.CharField(max_length=300, required=False, allow_blank=True)
    diagnosis_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    diagnosis_name = serializers.CharField(max_length=100)
    summary = serializers.CharField(required=False, allow_blank=True)
    treatment = serializers.CharField(required=False, allow_blank=True)
    next_plan = serializers.CharField(required=False, allow_blank=True)
    medication = serializers.CharField(required=False, allow_blank=True)
    transport = serializers.ChoiceField(choices=Referral.Transport.choices, required=False, allow_blank=True)
    contact_phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
    past_history = serializers.CharField(required=False, allow_blank=True)
    findings = serializers.CharField(required=False, allow_blank=True)
    cautions = serializers.CharField(required=False, allow_blank=True)
    discharge_summary = serializers.CharField(required=False, allow_blank=True)
    follow_up_plan = serializers.CharField(max_length=200, required=False, allow_blank=True)
    record_no = serializers.CharField(max_length=40, required=False, allow_blank=True)
    ehr_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    insurance = serializers.ChoiceField(choices=Referral.Insurance.choices, required=False, allow_blank=True)
    insurance_no = serializers.CharField(max_length=40, required=False, allow_blank=True, write_only=True)
    address = serializers.CharField(max_length=120, required=False, allow_blank=True, write_only=True)
    expected_at = serializers.DateTimeField(required=False, allow_null=True)
    target_doctor = serializers.CharField(max_length=60, required=False, allow_blank=True)
    consent_by = serializers.ChoiceField(choices=Referral.Consent.choices, required=False, allow_blank=True)
    green_channel = serializers.BooleanField(required=False)
    high_risk = serializers.BooleanField(required=False)


class LogBody(ContentBody):
    """A new referral: either `person`, known to the institution, or `patient`."""

    direction = serializers.ChoiceField(choices=Referral.Direction.choices)
    urgency = serializers.ChoiceField(choices=Referral.Urgency.choices, default=Referral.Urgency.ORDINARY)
    person = KnownPerson(required=False)
    patient = PatientBody(required=False)
    target_institution = InstitutionByCode(required=False)
    outside_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    target_department = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")
    consent = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way to say who, and a department of the target by its code."""
        if ("person" in attrs) == ("patient" in attrs):
            raise serializers.ValidationError({"person": _("Give either person or patient.")})
        if ("target_institution" in attrs) == bool(attrs.get("outside_name")):
            raise serializers.ValidationError(
                {"target_institution": _("Give either target_institution or outside_name.")}
            )
        place = attrs.get("target_institution")
        attrs["target_department"] = department(place, attrs["target_department"]) if place else None
        return attrs

    def content(self) -> services.Content:
        """The body as the service takes it."""
        data = self.validated_data
        return services.Content(
            **{name: data.get(name, "") for name in WRITTEN},
            **{name: data.get(name, empty) for name, empty in PLAIN.items()},
            outside_name=data.get("outside_name", ""),
            **{name: data[name] for name in ("direction", "urgency", "target_department", "consent")},
            target_institution=data.get("target_institution"),
        )


def department(institution: Institution, code: str) -> Department | None:
    """A department of an institution by its code; None for ''. Raises ValidationError."""
    if not code:
        return None
    found = Department.objects.filter(institution=institution, code=code, is_active=True).first()
    if found is None:
        raise serializers.ValidationError({"target_department": _("No such department at this institution.")})
    return found


class AmendBody(ContentBody):
    """Fields to change; what is not sent stays. `version` is the one that was read."""

    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=24, required=False)
    diagnosis_name = serializers.CharField(max_length=100, required=False)

    def over(self, referral: Referral) -> services.Content:
        """The stored content with the sent fields put over it."""
        data = self.validated_data
        return services.Content(
            direction=referral.direction, target_institution=referral.target_institution,
            target_department=referral.target_department,
            **{name: data.get(name, getattr(referral, name)) for name in (*WRITTEN, *PLAIN)},
        )  # fmt: skip


class VisitBody(serializers.Serializer[Any]):
    """A follow-up of the community with its three tasks."""

    seen_at = serializers.DateTimeField(validators=[served])
    seen_by = serializers.CharField(max_length=60)
    way = serializers.ChoiceField(choices=FollowUp.Way.choices)
    rehabilitation = serializers.ChoiceField(choices=FollowUp.Task.choices)
    medication = serializers.ChoiceField(choices=FollowUp.Task.choices)
    complications = serializers.ChoiceField(choices=FollowUp.Task.choices)
    condition = serializers.ChoiceField(choices=FollowUp.Condition.choices)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ActBody(serializers.Serializer[Any]):
    """The words of a step: declining takes decline_reason, asking a question, scheduling planned_at,
    completing a reply (ended_on, treated), following up a visit, diverting `to` a hospital of the alliance or
    `outside_name`, cancelling and sending again a note.
    """

    version = serializers.IntegerField(min_value=1, required=False)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    decline_reason = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    decline_text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    reply = serializers.CharField(required=False, default="", allow_blank=True)
    ended_on = serializers.DateField(required=False, default=None, allow_null=True, validators=[served])
    treated = serializers.BooleanField(required=False, default=True)
    question = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    planned_at = serializers.DateTimeField(required=False)
    visit = VisitBody(required=False)
    to = InstitutionByCode(required=False)
    agreed_by = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    outside_name = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)

    def arguments(self, step: str) -> dict[str, Any]:
        """The arguments of the step's service."""
        data = self.validated_data
        said: dict[str, Any] = {"version": data.get("version")}
        if step == "decline":
            return said | {"reason": data["decline_reason"], "text": data["decline_text"]}
        if step in NEEDED and NEEDED[step] not in data:
            raise serializers.ValidationError({NEEDED[step]: self.error_messages["required"]})
        if step == "follow_up":
            return said | {"visit": services.Visit(**data["visit"])}
        return said | {name: data.get(name) for name in TAKEN.get(step, ("note",))}


NEEDED = {"schedule": "planned_at", "follow_up": "visit"}
TAKEN = {
    "schedule": ("planned_at", "note"), "ask": ("question",),
    "divert": ("to", "outside_name", "agreed_by", "note"),
    "complete": ("reply", "ended_on", "treated"),
}  # fmt: skip
