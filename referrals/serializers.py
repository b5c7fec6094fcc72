"""What the API of referrals takes and gives: every field named, alliance, state and times never written."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.models import Department, Institution, Membership, Person
from referrals import services
from referrals.models import FollowUp, Referral

WRITTEN = (
    "reason", "reason_text", "diagnosis_code", "diagnosis_name", "summary", "treatment", "next_plan",
    "medication", "transport", "contact_phone",
)  # fmt: skip


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


class PatientBody(serializers.Serializer[Any]):
    """Who the patient is: a name with an ID number, or with sex and date of birth."""

    name = serializers.CharField(max_length=60)
    id_number = serializers.CharField(
        max_length=30, required=False, default="", allow_blank=True, write_only=True
    )
    sex = serializers.ChoiceField(choices=Person.Sex.choices, required=False, default=int(Person.Sex.UNKNOWN))
    birth_date = serializers.DateField(required=False, default=None, allow_null=True)
    phone = serializers.CharField(
        max_length=30, required=False, default="", allow_blank=True, write_only=True
    )


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
    high_risk = serializers.BooleanField(required=False)


class LogBody(ContentBody):
    """A new referral: either `person`, known to the institution, or `patient`."""

    direction = serializers.ChoiceField(choices=Referral.Direction.choices)
    urgency = serializers.ChoiceField(choices=Referral.Urgency.choices, default=Referral.Urgency.ORDINARY)
    person = KnownPerson(required=False)
    patient = PatientBody(required=False)
    target_institution = InstitutionByCode()
    target_department = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")
    consent = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way to say who, and a department of the target by its code."""
        if ("person" in attrs) == ("patient" in attrs):
            raise serializers.ValidationError({"person": "Give either person or patient."})
        attrs["target_department"] = department(attrs["target_institution"], attrs["target_department"])
        return attrs

    def content(self) -> services.Content:
        """The body as the service takes it."""
        data = self.validated_data
        return services.Content(
            **{name: data.get(name, "") for name in WRITTEN},
            high_risk=data.get("high_risk", False),
            **{
                name: data[name]
                for name in ("direction", "urgency", "target_institution", "target_department", "consent")
            },
        )


def department(institution: Institution, code: str) -> Department | None:
    """A department of an institution by its code; None for ''. Raises ValidationError."""
    if not code:
        return None
    found = Department.objects.filter(institution=institution, code=code, is_active=True).first()
    if found is None:
        raise serializers.ValidationError({"target_department": "No such department at this institution."})
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
            **{name: data.get(name, getattr(referral, name)) for name in (*WRITTEN, "high_risk")},
        )  # fmt: skip


class VisitBody(serializers.Serializer[Any]):
    """A follow-up of the community with its three tasks."""

    seen_at = serializers.DateTimeField()
    seen_by = serializers.CharField(max_length=60)
    way = serializers.ChoiceField(choices=FollowUp.Way.choices)
    rehabilitation = serializers.ChoiceField(choices=FollowUp.Task.choices)
    medication = serializers.ChoiceField(choices=FollowUp.Task.choices)
    complications = serializers.ChoiceField(choices=FollowUp.Task.choices)
    condition = serializers.ChoiceField(choices=FollowUp.Condition.choices)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ActBody(serializers.Serializer[Any]):
    """The words of a step: declining takes decline_reason, asking a question, scheduling planned_at,
    completing a reply (ended_on, treated), following up a visit, cancelling and sending again a note.
    """

    version = serializers.IntegerField(min_value=1, required=False)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    decline_reason = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    decline_text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    reply = serializers.CharField(required=False, default="", allow_blank=True)
    ended_on = serializers.DateField(required=False, default=None, allow_null=True)
    treated = serializers.BooleanField(required=False, default=True)
    question = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    planned_at = serializers.DateTimeField(required=False)
    visit = VisitBody(required=False)

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
        return said | {name: data[name] for name in TAKEN.get(step, ("note",))}


NEEDED = {"schedule": "planned_at", "follow_up": "visit"}
TAKEN = {
    "schedule": ("planned_at", "note"), "ask": ("question",), "complete": ("reply", "ended_on", "treated"),
}  # fmt: skip


class PersonShown(serializers.Serializer[Person]):
    """A patient: the name in full for the two sides only, numbers masked."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.SerializerMethodField()
    sex = serializers.IntegerField(read_only=True)
    birth_date = serializers.SerializerMethodField()
    id_number = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()

    def get_name(self, person: Person) -> str:
        return person.name if self.context.get("full") else mask_name(person.name)

    def get_birth_date(self, person: Person) -> str | None:
        return person.birth_date.isoformat() if person.birth_date and self.context.get("full") else None

    def get_id_number(self, person: Person) -> str | None:
        return mask_id(person.id_number) if person.id_number else None

    def get_phone(self, person: Person) -> str | None:
        return mask_phone(person.phone) if person.phone else None


class ReferralLine(serializers.Serializer[Referral]):
    """A referral in a list."""

    id = serializers.IntegerField(read_only=True)
    number = serializers.CharField(read_only=True)
    direction = serializers.CharField(read_only=True)
    urgency = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    patient = serializers.SerializerMethodField()
    origin_institution = serializers.CharField(source="origin_institution.code", read_only=True)
    target_institution = serializers.CharField(source="target_institution.code", read_only=True)
    target_department = serializers.CharField(source="target_department.code", read_only=True, default=None)
    diagnosis_code = serializers.CharField(read_only=True)
    diagnosis_name = serializers.CharField(read_only=True)
    logged_at = serializers.DateTimeField(read_only=True)
    answer_due_at = serializers.DateTimeField(read_only=True)
    answered_at = serializers.DateTimeField(read_only=True)
    arrived_at = serializers.DateTimeField(read_only=True)
    completed_at = serializers.DateTimeField(read_only=True)

    def get_patient(self, referral: Referral) -> str:
        return mask_name(referral.person.name)


class ReferralPage(ReferralLine):
    """A referral with everything that was written, and the steps this member may take now."""

    person = serializers.SerializerMethodField()
    reason = serializers.CharField(read_only=True)
    reason_text = serializers.CharField(read_only=True)
    summary = serializers.CharField(read_only=True)
    treatment = serializers.CharField(read_only=True)
    next_plan = serializers.CharField(read_only=True)
    medication = serializers.CharField(read_only=True)
    transport = serializers.CharField(read_only=True)
    contact_phone = serializers.CharField(read_only=True)
    consent = serializers.BooleanField(read_only=True)
    answer_rule = serializers.CharField(read_only=True)
    closed_at = serializers.DateTimeField(read_only=True)
    question = serializers.CharField(read_only=True)
    planned_at = serializers.DateTimeField(read_only=True)
    treated_at = serializers.DateTimeField(read_only=True)
    ended_on = serializers.DateField(read_only=True)
    reply_due_at = serializers.DateTimeField(read_only=True)
    high_risk = serializers.BooleanField(read_only=True)
    followup_due_at = serializers.DateTimeField(read_only=True)
    followed_up_at = serializers.DateTimeField(read_only=True)
    decline_reason = serializers.CharField(read_only=True)
    decline_text = serializers.CharField(read_only=True)
    reply = serializers.CharField(read_only=True)
    previous = serializers.IntegerField(source="previous_id", read_only=True, allow_null=True)
    steps = serializers.SerializerMethodField()

    def _member(self) -> Membership:
        member: Membership = self.context["member"]
        return member

    @extend_schema_field(PersonShown)
    def get_person(self, referral: Referral) -> dict[str, Any]:
        full = referral.side_of(self._member()) != ""
        return dict(PersonShown(referral.person, context={"full": full}).data)

    def get_steps(self, referral: Referral) -> list[str]:
        return [step.name for step in referral.steps_for(self._member())]


class Conflict(serializers.Serializer[Any]):
    """409: the row as it is now, and what was sent."""

    error = serializers.CharField()
    stored = ReferralPage()
    sent = serializers.DictField()
